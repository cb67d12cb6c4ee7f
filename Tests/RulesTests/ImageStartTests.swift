import Facts
import SourceText
import Testing

@testable import Images

@Suite("What an image starts, and where its programs find what they look for")
struct ImageStartTests {
  private func start(
    _ files: [Entry], environment: [String] = [], entrypoint: [String]? = nil, command: [String]? = nil,
    workingDirectory: String = ""
  ) throws -> ImageStart {
    var sample = ImageSample()
    sample.layers = [files]
    sample.environment = environment
    sample.entrypoint = entrypoint
    sample.command = command
    sample.workingDirectory = workingDirectory
    return try #require(try sample.facts().image.flatMap(ImageStart.init))
  }

  private static let tree: [Entry] = [
    .link("w", "/deep/er"), .file("deep/er/f", 1), .file("deep/pfx/f", 1), .file("pfx/f", 1), .file("f", 1),
    .link("loop", "loop"), .script("s", "#!/usr/bin/python3 -O\n"), .script("deep/s", "#!/usr/bin/python3 -OO\n"),
  ]

  @Test(
    "`..` leads up from where links have led",
    arguments: [
      ("", "/w/../pfx", "deep/pfx"), ("/w", "../pfx", "deep/pfx"), ("", "/pfx", "pfx"), ("", "/../pfx", "pfx"),
      ("", "/pfx/./../pfx/", "pfx"), ("w/..", "pfx", "deep/pfx"),
      // The runtime makes the working directory.
      ("/no", "../pfx", "pfx"), ("/no", "x", "no/x"),
      // These lead nowhere.
      ("", "/no/../pfx", "no/../pfx"), ("", "/f/../pfx", "f/../pfx"),
      ("", "/pfx/f/.", "pfx/f"), ("", "/f/./../pfx", "f/../pfx"), ("", "/loop/../pfx", "loop/../pfx"),
      ("", "/loop", "loop"), ("", "/w/none", "w/none"), ("", "/none", "none"),
    ])
  func place(directory: String, path: String, expected: String) throws {
    let start = try start(Self.tree, workingDirectory: directory)
    #expect(start.place(Array(path.utf8)) == Path(expected.utf8))
  }

  @Test("nothing lies below a path that is too long, whatever it is without its dots") func longPath() throws {
    let start = try start(Self.tree)
    let place = start.place(Array((String(repeating: "/.", count: 40_000) + "/pfx").utf8))
    #expect(!Path("pfx/f".utf8).isWithin(place))
  }

  @Test(
    "programs are found through links as Linux finds them",
    arguments: [
      (["/w/../s"], "", 2), (["../s"], "/w", 2), (["/s"], "", 1), (["/w/../../s"], "", 1), (["/no/../s"], "", nil),
      (["/f/../s"], "", nil), (["/s/"], "", nil), (["/s/."], "", nil),
    ] as [([String], String, Int?)])
  func program(command: [String], directory: String, level: Int?) throws {
    let start = try start(Self.tree, command: command, workingDirectory: directory)
    #expect(start.pythons.first?.optimization == level)
  }

  private static let programs: [Entry] = [
    .script("a/serve", "#!/usr/bin/python3 -O\n"), .script("b/serve", "#!/usr/bin/python3 -OO\n"),
    .link("l", "/b/sub"), .file("b/sub/f", 1), .script("c/moves", "#!/usr/bin/env -S -C /b ./serve\n"),
    .script("c/finds", "#!/usr/bin/env -S PATH=/b serve\n"), .file("pfx/f", 1),
  ]

  @Test(
    "a program is looked for where the shell has gone, and in the PATH that it has there",
    arguments: [
      ("serve", 1), ("./serve", 1), ("PATH=/b exec serve", 2), ("PATH=/b serve", 2), ("export PATH=/b:/a; serve", 2),
      ("cd /b; ./serve", 2), ("cd /b && exec ./serve", 2), ("cd ../b; ./serve", 2), ("(cd /b); ./serve", 1),
      ("env -C /b ./serve", 2), ("env -C /b serve", 1), ("env -C ../b ./serve", 2), ("env PATH=/b serve", 2),
      ("env -i PATH=/b serve", 2), ("PATH=/none:/b; exec env serve", 2), ("PATH=/b:$PATH exec serve", 2),
      ("cd /b; PATH=.:/a exec serve", 2), ("cd /b; PATH=:/a exec serve", 2), ("PATH=../b exec serve", 2),
      ("cd /l/; ../serve", 2), ("/c/moves", 2), ("/c/finds", 2), ("env -C /b /a/serve", 1),
      // Where it is not known, nothing is told.
      ("cd $(x); ./serve", nil), ("PATH=$(x) serve", nil), ("cd /none; ./serve", nil), ("unset PATH; serve", nil),
      ("cd $(x); PATH=.:/a exec serve", nil), ("cd /l/..; ./serve", nil), ("env -C $(x) ./serve", nil),
      ("cd; ./serve", nil), ("cd /b/serve; ./serve", nil), ("if a; then cd /b; fi; ./serve", nil),
    ] as [(String, Int?)])
  func scope(script: String, level: Int?) throws {
    let start = try start(
      Self.programs, environment: ["PATH=/a"], command: ["sh", "-c", script], workingDirectory: "/a")
    #expect(start.pythons.map(\.optimization) == [level].compactMap(\.self))
  }

  @Test("where the image says no PATH, the runtime sets one") func usualPath() throws {
    let files: [Entry] = [.script("usr/bin/serve", "#!/usr/bin/python3 -O\n")]
    let start = try start(files, command: ["sh", "-c", "PATH=/b:$PATH exec serve"])
    #expect(start.pythons.map(\.optimization) == [1])
  }

  @Test(
    "a relative path is one from where Python is started",
    arguments: [
      ("python3 m", "a/pfx"), ("cd /pfx/..; python3 m", "pfx"), ("cd /b; python3 m", "b/pfx"),
      ("cd $(x); python3 m", nil),
      ("env -C / python3 m", "pfx"),
    ] as [(String, String?)])
  func relative(script: String, place: String?) throws {
    let start = try start(Self.programs, command: ["sh", "-c", script], workingDirectory: "/a")
    let python = try #require(start.pythons.first)
    #expect(start.place(Array("pfx".utf8), for: python) == place.map { Path($0.utf8) })
    #expect(start.place(Array("/pfx".utf8), for: python) == "pfx")
  }

  @Test(
    "words for a program that is not known may be what it starts",
    arguments: [
      (["/e.sh", "python3", "-OO", "m"], nil, ["Entrypoint 2"]), (["/e.sh"], ["python3", "-O", "m"], ["Cmd 1"]),
      (["/e.sh", "python3"], ["-O", "m"], ["Entrypoint 1"]), (nil, ["/e.sh", "python3", "-O", "m"], ["Cmd 1"]),
      (["tini", "--", "/e.sh", "--", "python3", "-O"], nil, ["Entrypoint 1"]),
      (["sh", "-e", "/e.sh", "python3", "-O"], nil, ["Entrypoint 1"]), (["/e.sh", "/a/serve"], nil, ["Entrypoint 1"]),
      (["/e.sh", "sh", "-c", "exec python3 -O m"], nil, ["Entrypoint 1"]),
      (["/e.sh", "-x"], ["python3", "m"], ["Cmd 0"]),
      (["/e.sh", "install", "python3"], nil, []), (["/e.sh"], nil, []), (nil, ["sh", "-c", "/e.sh python3"], []),
      (["python3", "-O", "m"], nil, ["Entrypoint 1 surely"]), (nil, ["sh", "-c", "python3 m"], ["Cmd 0 surely"]),
      (nil, ["/a/serve"], ["Cmd 1 surely"]), (nil, ["sh", "-c", "if a; then python3 m; fi"], ["Cmd 0"]),
    ] as [([String]?, [String]?, [String])])
  func given(entrypoint: [String]?, command: [String]?, expected: [String]) throws {
    let start = try start(Self.programs, entrypoint: entrypoint, command: command)
    let told = start.pythons.map { "\($0.key) \($0.optimization)\($0.isCertain ? " surely" : "")" }
    #expect(told == expected)
  }

  @Test("of too many starts some are told, and none for sure", arguments: [0, 1, 10_000])
  func limit(more: Int) throws {
    let count = ImageStart.pythonLimit + more
    let script = (0..<count).map { "V\($0)=1 python3 -O m" }.joined(separator: "\n")
    let pythons = try start([], command: ["sh", "-c", script]).pythons
    #expect(pythons.count == ImageStart.pythonLimit && pythons.allSatisfy { $0.isCertain == (more == 0) })
  }
}
