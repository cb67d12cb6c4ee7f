internal import SourceText
internal import Testing

@testable import Bytecode

@Suite("The interpreters of a target")
struct InterpreterTests {
  @Test(
    "programs, libraries and standard libraries show them",
    arguments: [
      ("usr/local/bin/python3.11", "cpython-311"), ("bin/python2.7", "cpython-27"), ("/bin/python3.6m", "cpython-36"),
      ("opt/python/bin/python3.13t", "cpython-313"), (".venv/bin/python3.12", "cpython-312"),
      ("opt/pypy/bin/pypy3.9", "pypy39"), ("usr/lib/python3.11/os.py", "cpython-311"),
      ("usr/lib64/python3.6/os.pyc", "cpython-36"), ("usr/lib/pypy3.9/os.py", "pypy39"),
      ("usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "cpython-311"), ("lib/libpython3.7m.so", "cpython-37"),
      ("opt/pypy/bin/libpypy3.9-c.so", nil),
    ] as [(String, String?)])
  func shown(path: String, tag: String?) {
    #expect(Interpreters.tag(shownBy: Path(path.utf8))?.description == tag)
  }

  @Test(
    "other paths show nothing",
    arguments: [
      "usr/bin/python3", "usr/bin/python", "usr/bin/python3.11-config", "usr/share/python3.11",
      "usr/local/lib/python3.11/dist-packages", "usr/lib/python3.11/site.py", "usr/lib/python3/os.py",
      "app/python3.11/os.py", "home/x/.pyenv/shims/python3.6", "bin/python3.11.4", "bin/python3.", "bin/pythonx.y",
      "bin/python30.1", "bin/python3.99999999999", "bin/pypy3", "python3.11", "os.py", "libpython3.11.a", "lib/os.py",
      "",
    ])
  func notShown(path: String) {
    #expect(Interpreters.tag(shownBy: Path(path.utf8)) == nil)
  }

  @Test(
    "a link shows what it leads to",
    arguments: [
      ("v/bin/python3.11", "usr/local/bin/python3.13", "cpython-313"), ("v/bin/python3.11", nil, nil),
      ("usr/bin/python3.11", "opt/python/bin/python", "cpython-311"), ("v/bin/python", "usr/bin/python3.13", nil),
    ] as [(String, String?, String?)])
  func link(path: String, target: String?, tag: String?) {
    var interpreters = Interpreters()
    interpreters.note(Path(path.utf8), leadingTo: target.map { Path($0.utf8) })
    #expect(interpreters.tags.map(\.description) == (tag.map { [$0] } ?? []))
  }

  @Test("what the user names is added, and each is there once, in order")
  func named() {
    let named = ["cpython-38", "pypy39", "cpython-311"].compactMap { CacheTag($0.utf8) }
    let interpreters = Interpreters(
      paths: ["usr/bin/python3.11", "usr/lib/python3.11/os.py", "usr/bin/python3.9", "etc/passwd"], named: named)
    #expect(interpreters.tags.map(\.description) == ["cpython-38", "cpython-39", "cpython-311", "pypy39"])
    #expect(Interpreters(paths: ["etc/passwd"]).isEmpty)
    #expect(interpreters.hashKeys.map(\.magic.number) == [3413, 3425, 3495, 336])
    #expect(interpreters.hashKeys.map(\.variant) == [.twoFour, .twoFour, .oneThree, .twoFour])
  }
}
