internal import Testing

@testable import Caches

/// Globs over names, one by one and many at once.
@Suite struct NameGlobTests {
  static let cases: [(glob: String, name: String, matches: Bool)] = [
    ("a", "a", true), ("a", "ab", false), ("", "", true), ("*", "", true), ("*", "abc", true),
    ("*.py", "a.py", true), ("*.py", ".py", true), ("*.py", "a.pyc", false), ("?", "a", true), ("?", "", false),
    ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("[ab]", "b", true), ("[a-c]x", "bx", true),
    ("[!a]", "b", true), ("[!a]", "a", false), ("[]]", "]", true), ("[", "[", true), ("[a", "[a", true),
    ("\\*", "*", true), ("\\*", "a", false), ("\\#*\\#", "#a#", true), ("[._]*.s[a-v][a-z]", ".a.sap", true),
    ("[._]*.s[a-v][a-z]", ".a.swp", false),
    ("*-pytest-*.pyc", "t.cpython-312-pytest-8.pyc", true), ("**", "a", true), ("[z-a]", "m", false),
    ("*.py[cod]", "a.pyo", true), ("[Dd]esktop.ini", "desktop.ini", true), ("x*", "x", true), ("*~", "a~", true),
  ]

  @Test(arguments: cases)
  func aGlobMatches(test: (glob: String, name: String, matches: Bool)) {
    let glob = NameGlob(test.glob.utf8)
    let name = Array(test.name.utf8)[...]
    #expect(glob.matches(name) == test.matches)
    var table = NameTable()
    table.add(test.glob, 1)
    if !test.name.isEmpty { #expect(table.payloads(for: name) == (test.matches ? [1] : [])) }
  }

  @Test func manyStarsTakeNoTime() {
    let glob = NameGlob(String(repeating: "*a", count: 100).utf8)
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: 255) + [UInt8(ascii: "b")]
    #expect(!glob.matches(name[...]))
  }

  /// A table has room for 64 globs that are neither names nor endings; the catalogue keeps within.
  @Test func theCatalogueFitsTheTable() {
    var patterns: [String] = []
    for kind in Catalogue.all {
      for pattern in kind.repositoryFiles + kind.repositoryDirectories {
        patterns.append(String(pattern.split(separator: "/").last ?? ""))
      }
    }
    let markers = Catalogue.all.flatMap(\.usedWhen).map(\.name)
    for texts in [patterns, markers] {
      #expect(texts.flatMap { NameForm.forms(of: $0) }.filter { $0.comparison == .glob }.count < 60)
    }
  }

  /// The index finds for any name what trying all patterns finds.
  @Test func theTableAgreesWithItsGlobs() {
    let kinds = Catalogue.all
    let patterns = kinds.flatMap { $0.repositoryFiles + $0.repositoryDirectories }
      .map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    var table = NameTable()
    for (number, pattern) in patterns.enumerated() { table.add(pattern, number) }
    let names =
      patterns + kinds.flatMap(\.samples).flatMap { $0.split(separator: "/").map(String.init) }
      + ["main.py", "README.md", "x", "a.o", ".x.swp", "~", ".", "..", "é.pyc"]
    for name in Set(names) where !name.isEmpty {
      let bytes = Array(name.utf8)[...]
      let expected = patterns.indices.filter { NameGlob(patterns[$0].utf8).matches(bytes) }
      #expect(table.payloads(for: bytes) == expected, "\(name)")
    }
  }
}

extension NameTable {
  /// Registers a glob in all its forms.
  fileprivate mutating func add(_ glob: String, _ payload: Int) {
    for form in NameForm.forms(of: glob) { add(form.comparison, Array(form.text.utf8)[...], payload) }
  }
}
