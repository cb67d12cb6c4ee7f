import Facts
import Findings
import SourceText
import Testing

@Suite("The environment of an image against what the policy wants written")
struct ImageEnvironmentTests {
  private func told(
    _ environment: [String], entrypoint: [String]? = nil, command: [String]? = ["python", "app.py"],
    files: [Entry] = [.file("usr/local/bin/python3.12", 1)], policy: String = "extends: builtin:recommended\n"
  ) throws -> [String] {
    var sample = ImageSample()
    sample.layers = [files]
    sample.environment = environment
    sample.entrypoint = entrypoint
    sample.command = command
    return try sample.told(policy, only: "CP404")
  }

  private let unset =
    "CP404 info Env PYTHONDONTWRITEBYTECODE: PYTHONDONTWRITEBYTECODE is not set in the image: Python may write "
    + "python.bytecode"

  @Test("where Python is started, its variable must be set to what it heeds")
  func python() throws {
    #expect(try told([]) == [unset])
    #expect(try told(["PYTHONDONTWRITEBYTECODE=1"]) == [])
    #expect(try told(["PYTHONDONTWRITEBYTECODE=false"]) == [])
    #expect(
      try told(["PYTHONDONTWRITEBYTECODE=0"]) == [
        "CP404 info Env PYTHONDONTWRITEBYTECODE: Python ignores PYTHONDONTWRITEBYTECODE=`0` and writes python.bytecode"
      ])
    // The last one counts, as it does for a process.
    #expect(try told(["PYTHONDONTWRITEBYTECODE=0", "PYTHONDONTWRITEBYTECODE=1"]) == [])
    // Python 3.6 takes any text; of two versions nobody knows which one reads it.
    #expect(try told(["PYTHONDONTWRITEBYTECODE=0"], files: [.file("usr/bin/python3.6", 1)]) == [])
    let two: [Entry] = [.file("usr/bin/python3.6", 1), .file("usr/local/bin/python3.12", 1)]
    #expect(try told(["PYTHONDONTWRITEBYTECODE=0"], files: two) == [])
    #expect(try told(["PYTHONDONTWRITEBYTECODE=0", "PYTHON_VERSION=3.12.4"], files: two).count == 1)
  }

  @Test("flags of the interpreter count")
  func flags() throws {
    #expect(try told([], command: ["python", "-B", "app.py"]) == [])
    #expect(
      try told(["PYTHONDONTWRITEBYTECODE=1"], entrypoint: ["python3", "-I"], command: ["app.py"]) == [
        "CP404 info Entrypoint: Python is started with -E or -I, which heed no variable, and writes bytecode"
      ])
    #expect(try told([], entrypoint: ["/bin/sh", "-c", "exec python3 -B app.py"], command: nil) == [])
    #expect(try told([], entrypoint: ["/bin/sh", "-c", "exec gunicorn app:app"], command: nil) == [unset])
  }

  @Test("an image that does not run Python is left alone")
  func others() throws {
    #expect(try told([], command: ["nginx"]) == [])
    #expect(try told([], command: nil) == [])
    #expect(try told([], command: ["bash"], files: [.file("usr/bin/python3.11", 1)]) == [])
    // An image of Python's own says its version.
    #expect(try told(["PYTHON_VERSION=3.12.4"], command: ["bash"]) == [unset])
    // A program that is not known prepares something, and starts what CMD says.
    #expect(try told([], entrypoint: ["/entry"], command: ["python", "app.py"]) == [unset])
  }

  @Test("the first line of a script tells what runs it")
  func scripts() throws {
    let script = Entry.script("usr/local/bin/serve", "#!/usr/local/bin/python3.12\nimport x\n")
    let python = Entry.file("usr/local/bin/python3.12", 1)
    #expect(try told([], command: ["serve"], files: [script, python]) == [unset])
    let link = Entry.link("srv/run", "/usr/local/bin/serve")
    #expect(try told([], command: ["/srv/run"], files: [script, python, link]) == [unset])
    let quiet = Entry.script("usr/local/bin/serve", "#!/usr/local/bin/python3.12 -B\n")
    #expect(try told([], command: ["serve"], files: [quiet, python]) == [])
    let isolated = Entry.script("usr/local/bin/serve", "#!/usr/bin/env python3\n")
    #expect(try told([], command: ["serve"], files: [isolated, python]) == [unset])
    let shell = Entry.script("usr/local/bin/serve", "#!/bin/sh\n")
    #expect(try told([], command: ["serve"], files: [shell, python]) == [])
  }

  @Test(
    "a script is found as the runtime finds it",
    arguments: [
      (["serve"], ["PATH=/opt/bin:/usr/bin"], true), (["serve"], ["PATH=/usr/bin:/opt/bin"], false),
      (["serve"], [], false),
      (["serve"], ["PATH=/none:/srv/bin"], true), (["serve"], ["PATH=srv/bin:bin"], false), (["bin/serve"], [], true),
      (["./bin/serve"], [], true), (["../srv/bin/serve"], [], true), (["/srv/bin/serve"], [], true),
      (["/usr/bin/serve"], [], false), (["/data/serve"], ["PATH=/data"], false),
      (["serve"], ["PATH=/data:/srv/bin"], true),
      (["env", "serve"], ["PATH=/opt/bin"], true), (["env", "A=1", "serve"], ["PATH=/opt/bin"], true),
      (["env", "-S", "A=1 serve -x"], ["PATH=/opt/bin"], true),
      (["/bin/sh", "-c", "a; exec serve"], ["PATH=/opt/bin"], true),
      (["tini", "--", "serve"], ["PATH=/opt/bin"], true), (["/opt/bin/linked"], [], true), (["/opt/bin/py"], [], true),
      (["/opt/bin/outer"], [], true), (["/opt/bin/deep"], [], true), (["/opt/bin/deeper"], [], false),
      (["/opt/bin/loop"], [], false), ([""], [], false),
      (["/opt/bin/split"], [], true),
    ])
  func search(command: [String], environment: [String], runsPython: Bool) throws {
    var sample = ImageSample()
    let python = "#!/usr/bin/python3\n"
    var data = Entry.script("data/serve", python)
    data.mode = 0o644
    sample.layers = [
      [
        .file("usr/bin/python3.12", 1), .script("usr/bin/serve", "#!/bin/sh\n"),
        .script("srv/bin/serve", "#!/bin/sh\n"),
        data,
      ],
      [
        .script("srv/bin/serve", python), .link("opt/bin/serve", "../../srv/bin/serve"),
        .link("opt/bin/linked", "serve"),
        .link("opt/bin/py", "/usr/bin/python3.12"), .script("opt/bin/outer", "#!/opt/bin/linked -x\n"),
        .script("opt/bin/split", "#!/usr/bin/env -S A=1 /srv/bin/serve\n"),
        .script("opt/bin/loop", "#!/opt/bin/loop\n"),
        .script("opt/bin/2", "#!/opt/bin/outer\n"), .script("opt/bin/3", "#!/opt/bin/2\n"),
        .script("opt/bin/deep", "#!/opt/bin/3\n"),
        .script("opt/bin/deeper", "#!/opt/bin/deep\n"),
      ],
    ]
    sample.workingDirectory = "/srv"
    sample.environment = environment
    sample.command = command
    #expect(try sample.told(only: "CP404") == (runsPython ? [unset] : []))
  }

  @Test(
    "what gives Python a variable of its own counts",
    arguments: [
      (["env", "PYTHONDONTWRITEBYTECODE=1", "python3", "a"], nil),
      (["env", "-S", "PYTHONDONTWRITEBYTECODE=1 serve"], nil),
      (
        ["env", "-u", "PYTHONDONTWRITEBYTECODE", "serve"],
        "Cmd: PYTHONDONTWRITEBYTECODE is set in the image, but taken away"
      ),
      (["env", "PYTHONDONTWRITEBYTECODE=0", "serve"], "Cmd: Python ignores PYTHONDONTWRITEBYTECODE=`0`"),
      (["sh", "-c", "PYTHONDONTWRITEBYTECODE=$X python3 a"], "Cmd: PYTHONDONTWRITEBYTECODE is emptied where"),
      (["sh", "-c", "PYTHONDONTWRITEBYTECODE=$(cat x) python3 a"], nil), (["serve"], nil),
    ] as [([String], String?)])
  func own(command: [String], expected: String?) throws {
    let files: [Entry] = [.script("usr/bin/serve", "#!/usr/bin/python3\n"), .file("usr/bin/python3.12", 1)]
    let told = try told(["PYTHONDONTWRITEBYTECODE=1"], command: command, files: files)
    #expect(told.count == (expected == nil ? 0 : 1))
    if let expected { #expect(told.first?.contains(expected) ?? false, "\(told)") }
  }

  @Test(
    "what the start itself decides is repaired there",
    arguments: [
      (["sh", "-c", "unset PYTHONDONTWRITEBYTECODE; exec python3 x"], "1", "is set in the image, but taken away"),
      (["env", "-u", "PYTHONDONTWRITEBYTECODE", "python3", "x"], "0", "is set in the image, but taken away"),
      (["cleared"], "1", "is set in the image, but taken away"),
      (["cleared"], nil, "is not set in the image, and would be taken away"),
      (["env", "PYTHONDONTWRITEBYTECODE=", "python3", "x"], "1", "is emptied"),
      (["env", "PYTHONDONTWRITEBYTECODE=", "python3", "x"], "", "is emptied"),
      (["sh", "-c", "PYTHONDONTWRITEBYTECODE=1; python3 x"], nil, "is not exported"),
    ] as [([String], String?, String)])
  func decided(command: [String], image: String?, words: String) throws {
    var sample = ImageSample()
    sample.layers = [[.script("usr/bin/cleared", "#!/usr/bin/env -iS python3\n"), .file("usr/bin/python3.12", 1)]]
    sample.environment = image.map { ["PYTHONDONTWRITEBYTECODE=\($0)"] } ?? []
    for (entrypoint, key) in [(nil, "Cmd"), (command, "Entrypoint")] as [([String]?, String)] {
      sample.entrypoint = entrypoint
      sample.command = entrypoint == nil ? command : nil
      let finding = try #require(try sample.findings(only: "CP404").first)
      #expect(
        line(finding)
          == "CP404 info \(key): PYTHONDONTWRITEBYTECODE \(words) where Python is started: it may write python.bytecode"
      )
      #expect(finding.fix?.title == "let what \(key.uppercased()) starts give Python PYTHONDONTWRITEBYTECODE=1")
    }
  }

  @Test("what the start leaves alone is repaired in the image") func left() throws {
    var sample = ImageSample()
    sample.layers = [[.file("usr/bin/python3.12", 1)]]
    for (value, command) in [("0", ["env", "A=", "python3"]), ("", ["sh", "-c", "A=1 python3 -m x"])] {
      sample.environment = ["PYTHONDONTWRITEBYTECODE=\(value)"]
      sample.command = command
      let finding = try #require(try sample.findings(only: "CP404").first)
      #expect(line(finding).hasPrefix("CP404 info Env PYTHONDONTWRITEBYTECODE: Python ignores"))
      #expect(finding.fix?.title == "set PYTHONDONTWRITEBYTECODE=1 in the image")
    }
  }

  @Test("what a policy does not want is taken out where it is said") func required() throws {
    var sample = ImageSample()
    sample.layers = [[.file("usr/bin/python3.12", 1)]]
    sample.environment = ["PYTHONDONTWRITEBYTECODE=1"]
    for (command, fix) in [
      (["python3", "x"], "take PYTHONDONTWRITEBYTECODE out of the image"),
      (["env", "PYTHONDONTWRITEBYTECODE=1", "python3"], "take PYTHONDONTWRITEBYTECODE out of what CMD starts"),
    ] {
      sample.command = command
      let policy = "caches: {python.bytecode: {production: {write: require}}}\n"
      #expect(try sample.findings(policy, only: "CP404").map { $0.fix?.title } == [fix])
    }
  }

  @Test("a script that prepares something starts what CMD says, which may be a script, too")
  func prepared() throws {
    let entry = Entry.script("usr/local/bin/docker-entrypoint.sh", "#!/bin/sh\n")
    let script = Entry.script("usr/local/bin/serve", "#!/usr/local/bin/python3 -I\n")
    let told = try told(
      [], entrypoint: ["docker-entrypoint.sh"], command: ["serve"],
      files: [entry, script, .file("usr/local/bin/python3.12", 1)])
    #expect(told == ["CP404 info Cmd: Python is started with -E or -I, which heed no variable, and writes bytecode"])
  }

  @Test("a policy may require what a variable stops")
  func require() throws {
    let policy = "caches: {python.bytecode: {production: {write: require}}}\n"
    #expect(
      try told(["PYTHONDONTWRITEBYTECODE=1"], policy: policy) == [
        "CP404 warning Env PYTHONDONTWRITEBYTECODE: PYTHONDONTWRITEBYTECODE=`1` keeps Python from writing what the "
          + "policy requires"
      ])
    #expect(try told(["PYTHONDONTWRITEBYTECODE=0"], policy: policy) == [])
    #expect(
      try told([], command: ["python", "-B", "a"], policy: policy) == [
        "CP404 warning Cmd: Python is started with -B, which writes no bytecode; the policy requires it"
      ])
    #expect(
      try told(["PYTHONDONTWRITEBYTECODE=1"], policy: "caches: {python.bytecode: {production: {write: allow}}}\n") == []
    )
  }

  @Test("other tools are judged where the image has them")
  func tools() throws {
    let policy = "caches: {python.pip: {\"*\": {write: deny}}}\n"
    let pip: [Entry] = [.file("usr/local/bin/pip", 1)]
    #expect(try told([], files: [], policy: policy) == [])
    #expect(
      try told([], files: pip, policy: policy) == [
        "CP404 warning Env PIP_NO_CACHE_DIR: PIP_NO_CACHE_DIR is not set in the image: pip may write python.pip"
      ])
    #expect(try told(["PIP_NO_CACHE_DIR=0"], files: pip, policy: policy) == [])
    #expect(
      try told(["PIP_NO_CACHE_DIR=2"], files: pip, policy: policy) == [
        "CP404 warning Env PIP_NO_CACHE_DIR: pip fails with PIP_NO_CACHE_DIR=`2`"
      ])
    #expect(try told(["PATH=/opt/bin"], files: pip, policy: policy) == [])
    var sample = ImageSample()
    sample.layers = [pip + [.file("etc/pip.conf", 1)]]
    let unsure = try sample.findings(policy, only: "CP404")
    #expect(unsure.map(\.confidence) == [.low])
    #expect(unsure[0].notes.last == "not sure: /etc/pip.conf may say otherwise")
  }

  @Test("values are shown, not obeyed")
  func hostile() throws {
    let policy = "caches: {python.pip: {\"*\": {write: deny}}}\n"
    var sample = ImageSample()
    sample.layers = [[.file("usr/bin/pip", 1)]]
    sample.environment = ["PIP_NO_CACHE_DIR=\u{1B}[2J\n" + String(repeating: "x", count: 100_000)]
    let finding = try #require(try sample.findings(policy, only: "CP404").first)
    #expect(finding.message == "pip fails with PIP_NO_CACHE_DIR=`\\x1b[2J\\x0a\(String(repeating: "x", count: 35))…`")
    let value = try #require(finding.evidence.first { $0.key == "value" }).value
    #expect(value.count == 301 && value.hasPrefix("\\x1b[2J\\x0axxx"))
  }

  @Test("a lone layer has no environment")
  func layers() throws {
    var sample = ImageSample()
    sample.kind = .layer
    sample.layers = [[.file("usr/local/bin/python3.12", 1)]]
    #expect(try sample.told(only: "CP404") == [])
  }
}
