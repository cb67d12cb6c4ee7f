internal import SourceText
internal import Testing
internal import Versions

@testable import Bytecode

@Suite("Names of bytecode files")
struct NameTests {
  private func form(_ path: String) -> BytecodeName.Form? { BytecodeName(Path(path.utf8))?.form }

  private func tag(_ text: String) -> CacheTag {
    guard let tag = CacheTag(text.utf8) else { preconditionFailure("\(text) is no tag") }
    return tag
  }

  private static let named: [(path: String, tag: String, optimisation: Int, source: String)] = [
    ("a/__pycache__/m.cpython-311.pyc", "cpython-311", 0, "a/m.py"),
    ("__pycache__/m.cpython-38.opt-1.pyc", "cpython-38", 1, "m.py"),
    ("__pycache__/m.cpython-38.opt-12.pyc", "cpython-38", 12, "m.py"),
    ("__pycache__/m.cpython-311.opt-2147483647.pyc", "cpython-311", 2_147_483_647, "m.py"),
    ("__pycache__/m.pypy39.pyc", "pypy39", 0, "m.py"),
    ("__pycache__/m.graalpy-311.pyc", "graalpy-311", 0, "m.py"),
    ("__pycache__/a.b.cpython-311.pyc", "cpython-311", 0, "a.b.py"),
    ("__pycache__/a.opt-1.cpython-311.pyc", "cpython-311", 0, "a.opt-1.py"),
    ("/x/__pycache__/__init__.cpython-313.pyc", "cpython-313", 0, "/x/__init__.py"),
    ("__pycache__/.hidden.cpython-311.pyc", "cpython-311", 0, ".hidden.py"),
  ]

  @Test("in the folder for bytecode a name tells tag, level and source", arguments: named)
  func cached(path: String, tag: String, optimisation: Int, source: String) throws {
    let name = try #require(BytecodeName(Path(path.utf8)))
    #expect(name.form == .cached(self.tag(tag), optimisation: optimisation))
    #expect(name.source == Path(source.utf8))
    #expect(BytecodeName.path(of: name.source, for: self.tag(tag), optimisation: optimisation) == name.path)
    #expect(name.isInCacheDirectory)
  }

  private static let prefixed: [(path: String, form: BytecodeName.Form?, source: String)] = {
    guard let new = CacheTag("cpython-311".utf8), let old = CacheTag("cpython-37".utf8),
      let other = CacheTag("graalpy-311".utf8)
    else { return [] }
    return [
      ("var/pyc/app/m.cpython-311.pyc", .cached(new, optimisation: 0), "app/m.py"),
      ("var/pyc/m.cpython-311.opt-2.pyc", .cached(new, optimisation: 2), "m.py"),
      ("var/pyc/usr/lib/a.b.cpython-311.pyc", .cached(new, optimisation: 0), "usr/lib/a.b.py"),
      ("var/pyc/t/test_x.cpython-311-pytest-8.0.pyc", .pytest(new, version: Array("8.0".utf8)), "t/test_x.py"),
      ("var/pyc/app/m.cpython-311.pyc.123", .leftover, "app/m.py"),
      ("var/pyc/app/m.graalpy-311.pyc", .cached(other, optimisation: 0), "app/m.py"),
      // Only since 3.8 is there a prefix.
      ("var/pyc/app/m.cpython-37.pyc", .misnamed, "app/m.py"),
      ("app/__pycache__/m.cpython-37.pyc", .cached(old, optimisation: 0), "app/m.py"),
      ("app/__pycache__/m.cpython-311.pyc", .outsidePrefix(new), "app/m.py"),
      ("app/__pycache__/m.cpython-311.opt-1.pyc", .outsidePrefix(new), "app/m.py"),
      ("app/__pycache__/t.cpython-311-pytest-8.0.pyc", .outsidePrefix(new), "app/t.py"),
      ("app/__pycache__/m.cpython-311.opt1.pyc", .misnamed, "app/m.py"),
      ("var/pyc/__pycache__/m.cpython-311.pyc", .outsidePrefix(new), "var/pyc/m.py"),
      ("app/m.cpython-311.pyc", .misnamed, "app/m.py"),
      ("var/pycs/m.cpython-311.pyc", .misnamed, "var/pycs/m.py"),
      // Nobody looks for a tag in the name of a module without its source.
      ("var/pyc/app/m.pyc", .besideSource, "var/pyc/app/m.py"),
    ]
  }()

  @Test("with a prefix the names below it are those that are looked for", arguments: prefixed)
  func prefix(path: String, form: BytecodeName.Form?, source: String) throws {
    let name = try #require(
      BytecodeName(Path(path.utf8), lookup: BytecodeLookup(prefixes: ["var/pyc"], usesCacheDirectory: false)))
    #expect(name.form == form)
    #expect(name.source == Path(source.utf8))
  }

  @Test("the root may be the prefix: bytecode lies beside its source then")
  func rootAsPrefix() throws {
    let name = try #require(BytecodeName("app/m.cpython-311.pyc", lookup: BytecodeLookup(prefixes: [.root])))
    #expect(name.form == .cached(tag("cpython-311"), optimisation: 0))
    #expect(name.source == "app/m.py")
  }

  private static let wrongNames = [
    "__pycache__/m.pyc", "__pycache__/m.cpython-311.opt1.pyc", "__pycache__/m.cpython-311.opt-0.pyc",
    "__pycache__/m.cpython-311.opt-01.pyc", "__pycache__/m.cpython-311.opt-.pyc", "__pycache__/m.cpython-311.opt-x.pyc",
    "__pycache__/m..cpython-311.pyc", "__pycache__/m.opt-1.pyc", "__pycache__/m.cpython-27.pyc",
    "__pycache__/cpython-311.pyc", "__pycache__/.cpython-311.pyc", "m.cpython-311.pyc", "m.cpython-311.opt-1.pyc",
    "m.opt-1.pyc", "a.b.pyc", "m.cpython-311-pytest-9.0.1.pyc", "__pycache__/m.CPython-311.pyc",
  ]

  @Test("any other name is looked for by nothing", arguments: wrongNames)
  func misnamed(path: String) {
    #expect(form(path) == .misnamed)
  }

  @Test(
    "a misnamed file still leads to the source that it was likely made of",
    arguments: [
      ("__pycache__/m.pyc", "m.py"), ("__pycache__/m.cpython-311.opt1.pyc", "m.py"), ("m.cpython-311.pyc", "m.py"),
      ("__pycache__/m..cpython-311.pyc", "m.py"), ("__pycache__/m.cpython-27.pyc", "m.py"),
      ("m.cpython-311.opt-1.pyc", "m.py"),
    ])
  func likelySource(path: String, source: String) {
    #expect(BytecodeName(Path(path.utf8))?.source == Path(source.utf8))
  }

  @Test("pytest's names have a version with dots, and end in o under -O")
  func pytest() {
    for (path, version) in [
      ("a/__pycache__/t.cpython-311-pytest-9.0.1.pyc", "9.0.1"),
      ("a/__pycache__/t.cpython-311-pytest-9.1.0.dev12+gabc.pyo", "9.1.0.dev12+gabc"),
    ] {
      #expect(form(path) == .pytest(tag("cpython-311"), version: Array(version.utf8)))
      #expect(BytecodeName(Path(path.utf8))?.source == "a/t.py")
    }
    #expect(form("__pycache__/t.cpython-311-pytest-.pyc") == .misnamed)
  }

  @Test("what an interrupted write leaves ends in a number")
  func leftovers() {
    for path in [
      "__pycache__/m.cpython-311.pyc.140234", "m.pyc.1", "__pycache__/t.cpython-311-pytest-9.0.1.pyc.77", "m.pyo.3",
    ] {
      #expect(form(path) == .leftover)
    }
    #expect(BytecodeName("a/__pycache__/m.cpython-311.pyc.140234")?.source == "a/m.py")
    #expect(BytecodeName("a/__pycache__/m.cpython-311.opt-2.pyc.9")?.source == "a/m.py")
  }

  @Test("beside the source, and what Python before 3.5 wrote to be optimised")
  func beside() {
    #expect(form("a/m.pyc") == .besideSource)
    #expect(form("a/__init__.pyc") == .besideSource)
    #expect(form("a/m.pyo") == .optimised(nil))
    #expect(form("__pycache__/m.cpython-34.pyo") == .optimised(tag("cpython-34")))
    #expect(BytecodeName("a/__pycache__/m.cpython-34.pyo")?.source == "a/m.py")
  }

  @Test(
    "what is no bytecode has no such name",
    arguments: [
      "m.py", "__pycache__/m.so", "__pycache__/f-2.py311.nbi", ".pyc", "pyc", "__pycache__", "m.pyc.", "m.pyc.1a",
      "m.pycx", "m.pyd", "", "1", ".1", "m.pyc.1.2",
    ])
  func others(path: String) {
    #expect(form(path) == nil)
    #expect(!BytecodeName.isBytecode(Path(path.utf8).name))
  }

  @Test("names are bytes in no encoding")
  func bytes() {
    let name = BytecodeName(Path(Array("__pycache__/".utf8) + [0xFF, 0x2E, 0x80] + Array(".cpython-311.pyc".utf8)))
    #expect(name?.source == Path([0xFF, 0x2E, 0x80] + Array(".py".utf8)))
  }

  @Test(
    "tags", arguments: [("cpython-311", 3, 11), ("cpython-27", 2, 7), ("pypy310", 3, 10), ("cpython-3100", 3, 100)])
  func tags(text: String, major: Int, minor: Int) {
    #expect(tag(text).version?.major == major)
    #expect(tag(text).version?.minor == minor)
    #expect(tag(text).version.flatMap(CacheTag.init(_:)) == tag(text))
  }

  @Test(
    "tags of implementations that are not known here",
    arguments: ["cpython311", "pypy-39", "cpython-3", "cpython-301", "graalpy-24", "cpython-31234567890"])
  func unknownTags(text: String) {
    #expect(tag(text).version == nil)
  }

  @Test("what is no tag", arguments: ["", "cpython-", "311", "-311", "opt-1", "opt1", "cpython-311x", "cpython--311"])
  func noTags(text: String) {
    #expect(CacheTag(text.utf8) == nil)
  }

  @Test("tags are ordered by version")
  func order() {
    let tags = ["pypy39", "xpython-1", "cpython-311", "cpython-39", "cpython-27"].map(tag)
    #expect(tags.sorted().map(\.description) == ["cpython-27", "cpython-39", "cpython-311", "pypy39", "xpython-1"])
  }
}
