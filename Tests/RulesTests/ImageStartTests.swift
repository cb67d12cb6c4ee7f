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
      // These lead nowhere.
      ("", "/no/../pfx", "no/../pfx"), ("/no", "../pfx", "no/../pfx"), ("", "/f/../pfx", "f/../pfx"),
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
}
