import JSON
import TestSupport
import Testing

@Suite("Bytecode in directories and repositories")
struct BytecodeCommandTests {
  private static let files = [
    "app/a.py": "x = 1\n", "app/__pycache__/a.cpython-311.pyc": "", "app/__pycache__/gone.cpython-38.pyc": "x",
    "app/b.py": "x = 1\n", ".gitignore": "__pycache__/\n*.py[cod]\n",
  ]

  private func verdicts(_ result: ProcessResult) throws -> [String: String] {
    let document = try JSONReader().read(result.output)
    return Dictionary(
      uniqueKeysWithValues: (document["bytecode"]?.array ?? []).map { file in
        let loaded = file["loaded"]?.bool.map { $0 ? "loaded" : "not loaded" } ?? "unknown"
        return (file["path"]?.string ?? "", "\(file["verdict"]?.string ?? "") \(loaded) \(file["tag"]?.string ?? "")")
      })
  }

  @Test("facts gives each file with its verdict, and the interpreters")
  func facts() throws {
    let sandbox = try CommandSandbox(Self.files.filter { $0.key != ".gitignore" }, isRepository: false)
    #expect(
      try verdicts(try sandbox.cachepolicy("facts")) == [
        "app/__pycache__/a.cpython-311.pyc": "corrupt-header unknown cpython-311",
        "app/__pycache__/gone.cpython-38.pyc": "orphan unknown cpython-38",
      ])
    let named = try sandbox.cachepolicy("facts", "--interpreters", "cpython-311,pypy39")
    #expect(
      try verdicts(named) == [
        "app/__pycache__/a.cpython-311.pyc": "corrupt-header not loaded cpython-311",
        "app/__pycache__/gone.cpython-38.pyc": "foreign not loaded cpython-38",
      ])
    let interpreters = try JSONReader().read(named.output)["interpreters"]?.array?.compactMap(\.string)
    #expect(interpreters == ["cpython-311", "pypy39"])
    try sandbox.directory.write("", to: "lib/python3.8/os.py")
    #expect(
      try verdicts(try sandbox.cachepolicy("facts"))["app/__pycache__/a.cpython-311.pyc"]
        == "foreign not loaded cpython-311")
  }

  @Test("a repository is asked about what is tracked, unless the rules are asked for")
  func tracked() throws {
    let sandbox = try CommandSandbox(["app/a.py": "x = 1\n", ".gitignore": "__pycache__/\n*.py[cod]\n"])
    for (name, text) in Self.files { try sandbox.directory.write(text, to: name) }
    let plain = try sandbox.cachepolicy("check", "--fail-on", "info")
    #expect(plain.status == 0, "\(plain.all)")
    let asked = try sandbox.cachepolicy("check", "--select", "CP501")
    #expect(asked.status == 1 && asked.text.contains("CP501"), "\(asked.all)")
    #expect(try sandbox.cachepolicy("check", "--select", "CP").status == 0)
    #expect(try sandbox.cachepolicy("check", "--select", "stale-bytecode", "--exclude", "app/").status == 0)
  }

  @Test("a tag that is none of a known interpreter is a wrong usage, with what was meant")
  func tags() throws {
    let sandbox = try CommandSandbox(Self.files)
    for (name, meant) in [
      ("python3.11", "cpython-311"), ("3.12", "cpython-312"), ("cpyton-311", "cpython-311"), ("pypy3.9", "pypy39"),
    ] {
      for command in ["check", "facts"] {
        let result = try sandbox.cachepolicy(command, "--interpreters", "cpython-38,\(name)")
        #expect(result.status == 2 && result.errorText.contains("did you mean \(meant)?"), "\(result.all)")
      }
    }
    #expect(try sandbox.cachepolicy("check", "--interpreters", "opt-1").status == 2)
  }

  @Test("a virtual environment has the interpreter that its links lead to", arguments: ["rootfs:.", "."])
  func virtualEnvironment(target: String) throws {
    let sandbox = try CommandSandbox(
      ["venv/lib/python3.11/site-packages/__pycache__/m.cpython-311.pyc": "", "usr/bin/python3.13": ""],
      isRepository: false)
    let links = try run(
      [
        "sh", "-ec",
        """
        mkdir -p venv/bin gone/bin; ln -s python3.13 usr/bin/python; ln -s ../../usr/bin/python venv/bin/python
        ln -s python venv/bin/python3.11; ln -s python gone/bin/python3.12
        """,
      ], in: sandbox.path)
    #expect(links.status == 0)
    let document = try JSONReader().read(try sandbox.cachepolicy("facts", target).output)
    #expect(document["interpreters"]?.array?.compactMap(\.string) == ["cpython-313"])
    #expect(document["bytecode"]?.array?.first?["verdict"]?.string == "foreign")
  }

  /// The tag of the machine's Python, with which it is also run; nil where there is none.
  private static let tag: String? = {
    let script = "import sys; sys.stdout.write(sys.implementation.cache_tag)"
    let result = try? run(["python3", "-c", script], in: "/")
    return result?.status == 0 ? result?.text : nil
  }()

  @Test("what lies behind a link named __pycache__ is judged as the interpreter finds it", .enabled(if: tag != nil))
  func linkedCaches() throws {
    let tag = try #require(Self.tag)
    let sandbox = try CommandSandbox(
      [
        "app/a.py": "x = 1\n", "app/b.py": "x = 1\n", "lib/c.py": "x = 1\n", "own/d.py": "x = 1\n",
        "alias/e.py": "x = 1\n",
      ],
      isRepository: false)
    let made = try run(
      [
        "sh", "-ec",
        """
        mkdir -p var/pyc own/__pycache__ other; ln -s /var/none other/__pycache__
        ln -s ../var/pyc app/__pycache__; ln -s ../var/pyc lib/__pycache__; ln -s ../own/__pycache__ alias/__pycache__
        python3 -m py_compile app/a.py lib/c.py own/d.py alias/e.py
        python3 -c 'import py_compile as p; p.compile("app/b.py", invalidation_mode=p.PycInvalidationMode.CHECKED_HASH)'
        cp var/pyc/a.\(tag).pyc var/pyc/plain.pyc
        cp var/pyc/a.\(tag).pyc var/pyc/gone.\(tag).pyc
        cp var/pyc/a.\(tag).pyc own/__pycache__/gone.\(tag).pyc
        cp var/pyc/a.\(tag).pyc own/__pycache__/d.\(tag).pyc.1234
        """,
      ], in: sandbox.path, environment: ["PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": ""])
    #expect(made.status == 0, "\(made.all)")
    let result = try sandbox.cachepolicy("facts", "rootfs:.", "--interpreters", tag)
    // Each file once, by the path that has a source for it.
    #expect(
      try verdicts(result) == [
        "app/__pycache__/a.\(tag).pyc": "fresh loaded \(tag)",
        "app/__pycache__/b.\(tag).pyc": "fresh-checked-hash loaded \(tag)",
        "lib/__pycache__/c.\(tag).pyc": "fresh loaded \(tag)",
        "own/__pycache__/d.\(tag).pyc": "fresh loaded \(tag)",
        "own/__pycache__/d.\(tag).pyc.1234": "temp-leftover not loaded ",
        "alias/__pycache__/e.\(tag).pyc": "fresh loaded \(tag)",
        "app/__pycache__/gone.\(tag).pyc": "orphan not loaded \(tag)",
        "own/__pycache__/gone.\(tag).pyc": "orphan not loaded \(tag)",
        // In `__pycache__` nothing would look for it; here it is a module without its source.
        "var/pyc/plain.pyc": "legacy-loaded loaded ",
      ], "\(result.all)")
  }

  @Test("a rule finds the same whether it is selected alone or not")
  func selection() throws {
    let sandbox = try CommandSandbox(
      [
        ".cachepolicy.yaml": """
        version: 1
        extends: [builtin:recommended]
        caches: {python.bytecode: {production: {ship: precompiled}}}
        """, "tree/usr/bin/python3.11": "", "tree/usr/lib/python3.11/site-packages/a.py": "x = 1\n",
        "tree/usr/lib/python3.11/os.py": "x = 1\n",
      ], isRepository: false)
    // An image, for a root file system starts nothing.
    let made = try run(
      [
        "python3", "-c",
        """
        import hashlib, io, json, os, tarfile
        def blob(b):
            d = hashlib.sha256(b).hexdigest(); open('image/blobs/sha256/' + d, 'wb').write(b); return 'sha256:' + d, len(b)
        os.makedirs('image/blobs/sha256')
        f = io.BytesIO(); t = tarfile.open(fileobj=f, mode='w'); t.add('tree', arcname='.'); t.close()
        l, n = blob(f.getvalue())
        c, m = blob(json.dumps({'os': 'linux', 'architecture': 'amd64', 'config': {'Cmd': ['python3.11', '-m', 'a'],
          'Env': ['PYTHONDONTWRITEBYTECODE=0']}, 'rootfs': {'type': 'layers', 'diff_ids': [l]}}).encode())
        t = 'application/vnd.oci.image.'
        x, k = blob(json.dumps({'schemaVersion': 2, 'config': {'mediaType': t + 'config.v1+json', 'digest': c, 'size': m},
          'layers': [{'mediaType': t + 'layer.v1.tar', 'digest': l, 'size': n}]}).encode())
        open('image/oci-layout', 'w').write('{"imageLayoutVersion": "1.0.0"}')
        json.dump({'schemaVersion': 2, 'manifests': [{'mediaType': t + 'manifest.v1+json', 'digest': x, 'size': k}]},
          open('image/index.json', 'w'))
        """,
      ], in: sandbox.path)
    #expect(made.status == 0, "\(made.all)")
    func codes(_ arguments: [String]) throws -> Set<String> {
      let report = try sandbox.report(["check", "oci:image", "--platform", "linux/amd64"] + arguments)
      return Set((report["findings"]?.array ?? []).compactMap { $0["code"]?.string })
    }
    let all = try codes([])
    #expect(all.isSuperset(of: ["CP315", "CP404"]), "\(all)")
    for code in all { #expect(try codes(["--select", code]) == [code]) }
    #expect(try codes(["--ignore", "CP5"]) == all.filter { !$0.hasPrefix("CP5") })
  }

  @Test("pipes with the names of bytecode and of sources are not waited for")
  func pipes() throws {
    let sandbox = try CommandSandbox(Self.files, isRepository: false)
    let made = try run(["mkfifo", "app/__pycache__/b.cpython-311.pyc", "app/gone.py"], in: sandbox.path)
    #expect(made.status == 0)
    let result = try sandbox.cachepolicy("check", "--select", "CP5", "--verbose")
    #expect(result.status == 1 && result.text.contains("gone.cpython-38.pyc"), "\(result.all)")
    #expect(!result.text.contains("b.cpython-311.pyc"))
  }
}
