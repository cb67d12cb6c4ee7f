import JSON
import TestSupport
import Testing

@Suite("Exit codes and what commands print")
struct ExitCodeTests {
  static let clean = [
    "Dockerfile": "FROM python:3.12-slim\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]\n",
    ".gitignore": "__pycache__/\n*.py[cod]\n", "main.py": "print(1)\n",
  ]

  static let committed = clean.merging(
    ["pkg/__pycache__/main.cpython-312.pyc": "x", "pkg/main.py": "x = 1\n"]
  ) { $1 }

  @Test("check: clean, findings, thresholds")
  func check() throws {
    let clean = try CommandSandbox(Self.clean)
    let first = try clean.cachepolicy("check")
    #expect(first.status == 0, "\(first.all)")
    let committed = try CommandSandbox(Self.committed)
    let found = try committed.cachepolicy("check")
    #expect(found.status == 1 && found.text.contains("CP101"), "\(found.all)")
    for (options, status) in [
      (["--fail-on", "never"], 0), (["--fail-on", "error"], 1), (["--fail-on", "info"], 1), (["--exit-zero"], 0),
      (["--ignore", "CP101"], 0), (["--select", "CP101"], 1), (["--select", "CP2"], 0),
      (["--format", "json"], 1), (["--format", "concise"], 1), (["--exclude", "pkg/"], 0), (["--quiet"], 1),
      (["--select", "committed-cache"], 1), (["missing"], 3), (["missing", "--exit-zero"], 3), (["missing", "."], 3),
    ] {
      let result = try committed.cachepolicy(["check"] + options)
      #expect(result.status == status, "\(options) \(result.all)")
    }
    let both = try committed.cachepolicy("check", "missing", ".")
    #expect(both.text.contains("CP101") && both.errorText.contains("missing"), "\(both.all)")
  }

  @Test("an info finding fails a run only where it is asked for")
  func infos() throws {
    let sandbox = try CommandSandbox(Self.clean.merging([".gitignore": "__pycache__/\n*.py[cod]\nx\nx\n"]) { $1 })
    #expect(try sandbox.cachepolicy("check").status == 0)
    #expect(try sandbox.cachepolicy("check", "--fail-on", "info").status == 1)
    #expect(try sandbox.cachepolicy("check", "--verbose").text.contains("CP203"))
  }

  @Test(
    "usage errors",
    arguments: [
      ["check", "--no-such-option"], ["chekc"], ["check", "--select", "CP999x"], ["check", "--ignore", "no-such-rule"],
      ["check", "--today", "tomorrow"], ["check", "--today", "2027-02-30"],
      ["check", "--format", "json", "--format", "human"], ["check", "--format", "xml"], ["check", "--format", "json="],
      ["check", "--fail-on", "fatal"], ["check", "--profile", "prodution"], ["check", "-", "."],
      ["check", "--stdin-filename", "Dockerfile"], ["check", "--policy", "missing.yaml"],
      ["fix", "--no-such-option"], ["turn"], ["turn", "of", "python.bytecode"], ["turn", "off", "python.bytecod"],
      ["explain"], ["explain", "CP1O1"], ["explain", "DL3008"], ["rules", "--format", "xml"], ["policy", "chek"],
      ["policy", "check", "a", "-x"],
      ["policy", "test", "--nothing"], ["why"], ["--no-such-option"], [],
    ])
  func usage(arguments: [String]) throws {
    let sandbox = try CommandSandbox(Self.committed)
    let result = try sandbox.cachepolicy(arguments)
    #expect(result.status == 2, "\(arguments) \(result.all)")
    #expect(result.output.isEmpty, "\(arguments) \(result.all)")
    #expect(!result.errors.isEmpty, "\(arguments)")
  }

  @Test(
    "what was probably meant",
    arguments: [
      (["chekc"], "check"), (["check", "--select", "commited-cache"], "committed-cache"),
      (["turn", "off", "python.bytecod"], "python.bytecode"), (["explain", "python.bytecod"], "python.bytecode"),
      (["check", "--profile", "prodution"], "production"), (["check", "--verbos"], "--verbose"),
      (["policy", "chek"], "check"), (["explain", "DL3024"], "DL3042"),
    ])
  func suggestions(arguments: [String], word: String) throws {
    let result = try CommandSandbox().cachepolicy(arguments)
    #expect(result.status == 2)
    #expect(result.errorText.contains("did you mean") || result.errorText.contains("Did you mean"), "\(result.all)")
    #expect(result.errorText.contains(word), "\(result.all)")
  }

  @Test(
    "a rule of hadolint leads to ours, in any case, with what differs",
    arguments: [("DL1000", "CP001", "heredocs"), ("dl3061", "CP001", "above FROM"), ("Dl3042", "CP310", "sudo")])
  func hadolint(code: String, rule: String, difference: String) throws {
    let result = try CommandSandbox().cachepolicy("explain", code)
    #expect(result.status == 0, "\(result.all)")
    #expect(result.text.hasPrefix("\(code.uppercased()) is hadolint's; here it is \(rule). What differs: "))
    #expect(result.text.contains(difference), "\(result.all)")
    let page = try CommandSandbox().cachepolicy("explain", rule)
    if page.status == 0 { #expect(result.text.hasSuffix(page.text)) }
    let other = try CommandSandbox().cachepolicy("explain", "SC2086")
    #expect(other.status == 2 && other.errorText.contains("DL3042"), "\(other.all)")
  }

  @Test("--version and help")
  func version() throws {
    let sandbox = try CommandSandbox(isRepository: false)
    let version = try sandbox.cachepolicy("--version")
    #expect(version.status == 0 && version.text.hasPrefix("cachepolicy "))
    for arguments in [
      ["--help"], ["check", "--help"], ["help", "fix"], ["policy", "--help"], ["policy", "test", "-h"],
    ] {
      let help = try sandbox.cachepolicy(arguments)
      #expect(help.status == 0 && help.text.contains("cachepolicy"), "\(arguments) \(help.all)")
    }
  }

  @Test("an error in a policy: everything wrong is told, nothing is scanned")
  func policyErrors() throws {
    let policy = "version: 1\nrulez: {}\ncaches:\n  python.bytecod:\n    '*': {commit: deny}\nrules:\n  CP101: eror\n"
    let sandbox = try CommandSandbox(Self.committed.merging([".cachepolicy.yaml": policy]) { $1 })
    for arguments in [
      ["check"], ["fix"], ["fix", "--diff"], ["policy", "check"], ["policy", "check", ".cachepolicy.yaml"],
    ] {
      let result = try sandbox.cachepolicy(arguments)
      #expect(result.status == 2, "\(arguments) \(result.all)")
      #expect(result.output.isEmpty, "\(arguments) \(result.all)")
      for word in [
        ".cachepolicy.yaml:2:1", ".cachepolicy.yaml:4:3", ".cachepolicy.yaml:7:10", "rules", "python.bytecode", "error",
        "^",
      ] {
        #expect(result.errorText.contains(word), "\(word): \(result.all)")
      }
    }
    #expect(try sandbox.cachepolicy("check", "--no-policy").status == 1)
    #expect(try sandbox.cachepolicy("policy", "check", "missing.yaml").status >= 2)
  }

  @Test("fix: what it changes is changed once")
  func fix() throws {
    let sandbox = try CommandSandbox(Self.clean.merging([".gitignore": "__pycache__/\n*.py[cod]\nx\nx\n"]) { $1 })
    let diff = try sandbox.cachepolicy("fix", "--diff")
    #expect(diff.status == 1 && diff.text.contains("-x"), "\(diff.all)")
    let first = try sandbox.cachepolicy("fix")
    #expect(first.status == 0, "\(first.all)")
    let text = try sandbox.directory.read(".gitignore")
    let second = try sandbox.cachepolicy("fix")
    #expect(second.status == 0, "\(second.all)")
    #expect(try sandbox.directory.read(".gitignore") == text)
    let none = try sandbox.cachepolicy("fix", "--diff")
    #expect(none.status == 0 && none.output.isEmpty, "\(none.all)")
    #expect(try sandbox.cachepolicy("fix", "missing").status == 3)
    let committed = try CommandSandbox(Self.committed)
    #expect(try committed.cachepolicy("fix").status == 0)
    #expect(try committed.cachepolicy("fix", "--exit-on-remaining").status == 1)
  }

  @Test(
    "turn off and on gives the bytes back",
    arguments: [
      "FROM python:3.12\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]\n",
      "FROM python:3.12\r\nCOPY . /app\r\nCMD [\"python\", \"/app/main.py\"]\r\n",
      "FROM python:3.12\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]",
      "FROM python:3.12", "FROM python:3.12\r\n",
      "# syntax=docker/dockerfile:1\n\nFROM python:3.12 AS a\nRUN pip install x\n\nFROM a\nENV A=1 \\\n    B=2\n",
      "# escape=`\nFROM python:3.12\nENV A=1 `\n    B=2\n", "FROM python:3.12\nENV A 1\n",
      "\u{FEFF}FROM python:3.12\nRUN <<EOF\nENV X=1\nEOF\n",
    ])
  func turn(text: String) throws {
    let sandbox = try CommandSandbox(["Dockerfile": text], isRepository: false)
    let diff = try sandbox.cachepolicy("turn", "off", "python.bytecode", "--diff")
    #expect(diff.status == 1, "\(diff.all)")
    let off = try sandbox.cachepolicy("turn", "off", "python.bytecode", "Dockerfile")
    #expect(off.status == 0, "\(off.all)")
    let changed = try sandbox.directory.read("Dockerfile")
    #expect(String(decoding: changed, as: UTF8.self).contains("PYTHONDONTWRITEBYTECODE"), "\(off.all)")
    let again = try sandbox.cachepolicy("turn", "off", "pycache", "Dockerfile")
    #expect(again.status == 0, "\(again.all)")
    #expect(try sandbox.directory.read("Dockerfile") == changed)
    let on = try sandbox.cachepolicy("turn", "on", "python.bytecode", "Dockerfile")
    #expect(on.status == 0, "\(on.all)")
    #expect(try sandbox.directory.read("Dockerfile") == Array(text.utf8), "\(String(decoding: changed, as: UTF8.self))")
    #expect(try sandbox.cachepolicy("turn", "on", "python.bytecode", "Dockerfile").status == 0)
  }

  @Test("turn: a missing path, and a cache that it cannot turn")
  func turnErrors() throws {
    let sandbox = try CommandSandbox(Self.clean)
    #expect(try sandbox.cachepolicy("turn", "off", "python.bytecode", "missing").status == 3)
    #expect(try sandbox.cachepolicy("turn", "off", "os.mac-ds-store").status == 2)
  }

  @Test("every rule and some caches have a page")
  func explain() throws {
    let sandbox = try CommandSandbox(isRepository: false)
    let rules = try JSONReader().read(sandbox.cachepolicy("rules", "--format", "json").output)
    let entries = rules.array ?? rules["rules"]?.array ?? []
    #expect(entries.count >= 10)
    for entry in entries {
      let code = try #require(entry["code"]?.string)
      let page = try sandbox.cachepolicy("explain", code)
      #expect(page.status == 0 && page.text.contains(code), "\(page.all)")
      let name = try #require(entry["name"]?.string)
      #expect(try sandbox.cachepolicy("explain", name).output == page.output, "\(name)")
    }
    let caches = try JSONReader().read(sandbox.cachepolicy("caches", "--format", "json").output)
    let kinds = caches.array ?? caches["caches"]?.array ?? []
    #expect(kinds.count >= 200)
    for name in ["python.pip", "python.bytecode", "pycache", "deb.apt-lists", "pip", "npm", "apt"] {
      let page = try sandbox.cachepolicy("explain", name)
      #expect(page.status == 0 && !page.output.isEmpty, "\(name) \(page.all)")
    }
  }

  @Test("facts is a document")
  func facts() throws {
    let sandbox = try CommandSandbox(Self.committed)
    for target in [".", "Dockerfile", "pkg"] {
      let result = try sandbox.cachepolicy("facts", target)
      #expect(result.status == 0, "\(result.all)")
      #expect(try JSONReader().read(result.output)["schema"]?.string == "cachepolicy.facts/1")
    }
    #expect(try sandbox.cachepolicy("facts", "missing").status == 3)
  }

  @Test("a policy's test may describe the layers of an image")
  func layerTests() throws {
    func policy(_ expected: String) -> String {
      """
      version: 1
      extends: [builtin:recommended]
      tests:
        - name: a cache that a later layer deletes
          rules: [CP401, CP402]
          layers:
            - add: {/root/.cache/pip/http-v2/a/b/c: {size: 50000000}, /app/main.py: "print()"}
            - remove: [/root/.cache/pip]
          expect: [\(expected)]

      """
    }
    let sandbox = try CommandSandbox([
      "good.yaml": policy("{rule: CP402, severity: warning, path: root/.cache/pip, cache: python.pip}"),
      "bad.yaml": policy("{rule: CP401, cache: python.pip}"),
    ])
    let good = try sandbox.cachepolicy("policy", "test", "good.yaml")
    #expect(good.status == 0, "\(good.all)")
    let bad = try sandbox.cachepolicy("policy", "test", "bad.yaml")
    #expect(bad.status == 1 && bad.all.contains("CP402"), "\(bad.all)")
  }

  @Test("policy test, show, schema and init")
  func policies() throws {
    let test = """
      version: 1
      extends: [builtin:recommended]
      tests:
        - name: duplicates
          rules: [CP203]
          files: {.gitignore: "x\\nx\\n"}
          expect: [{rule: CP203, line: 2}]

      """
    let sandbox = try CommandSandbox(["good.yaml": test, "bad.yaml": test.replacing("line: 2", with: "line: 1")])
    let good = try sandbox.cachepolicy("policy", "test", "good.yaml")
    #expect(good.status == 0, "\(good.all)")
    let bad = try sandbox.cachepolicy("policy", "test", "bad.yaml")
    #expect(bad.status == 1, "\(bad.all)")
    #expect(try sandbox.cachepolicy("policy", "check", "good.yaml").status == 0)
    #expect(try sandbox.cachepolicy("policy", "show", "--origin").status == 0)
    #expect(try JSONReader().read(sandbox.cachepolicy("policy", "schema").output)["$schema"] != nil)
    let start = try sandbox.cachepolicy("policy", "init")
    #expect(start.status == 0)
    try sandbox.directory.write(start.output, to: "started.yaml")
    let started = try sandbox.cachepolicy("policy", "check", "started.yaml")
    #expect(started.status == 0, "\(started.all)")
    #expect(try sandbox.cachepolicy("policy", "init", "--write").status == 0)
    let written = try sandbox.directory.read(".cachepolicy.yaml")
    _ = try sandbox.cachepolicy("policy", "init", "--write")
    #expect(try sandbox.directory.read(".cachepolicy.yaml") == written)
  }
}
