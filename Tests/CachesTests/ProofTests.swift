internal import SourceText
internal import TestSupport
internal import Testing

@testable import Caches

/// What proves a cache, on a tree and on a list of paths alike.
@Suite struct ProofTests {
  @Test func everyProofOfTheCatalogueIsRead() throws {
    for kind in Catalogue.all {
      #expect(throws: Never.self, "\(kind.id)") { try Proof(kind.proof) }
    }
  }

  @Test(arguments: [
    "in", "in:", "near:x", "nam", "", "magic:\\q", "magic:\\x9", "name & ", "root:", "root:/", "root:bin/x",
  ])
  func whatIsNoTermIsAnError(text: String) {
    #expect(throws: ProofError.self) { try Proof([text]) }
  }

  struct Case: Sendable {
    let term: String
    let path: Path
    let holds: Bool
    let tree: [String]

    init(_ term: String, _ path: Path, _ holds: Bool, _ tree: String...) {
      self.term = term
      self.path = path
      self.holds = holds
      self.tree = tree
    }
  }

  static let cases: [Case] = [
    Case("name", "x", true),
    Case("at", "x", false),
    Case("is:*.o", "a/b.o", true, "a/b.o"),
    Case("is:*.o", "a/b.c", false, "a/b.c"),
    Case("in:*.pyc", "p/__pycache__", true, "p/__pycache__/a.pyc"),
    Case("in:*.pyc", "p/__pycache__", false, "p/__pycache__/a.nbi", "p/a.pyc"),
    Case("in:debug/", "target", true, "target/debug/x"),
    Case("in:debug/", "target", false, "target/debug"),
    Case("in:debug", "target", true, "target/debug"),
    Case("in:v/cache/", "c", true, "c/v/cache/x"),
    Case("in:*/*", "c", true, "c/v/x"),
    Case("in:*/*", "c", false, "c/v"),
    Case("in:**/*.pom", "r", true, "r/a/b/c.pom"),
    Case("in:**/*.pom", "r", true, "r/c.pom"),
    Case("in:**/*.pom", "r", false, "r/a/b/c.jar", "s/c.pom"),
    Case("by:Cargo.toml", "w/target", true, "w/Cargo.toml", "w/target/x"),
    Case("by:Cargo.toml", "w/target", false, "Cargo.toml", "w/target/x"),
    Case("by:Cargo.toml", "target", true, "Cargo.toml", "target/x"),
    Case("by:*.tf", ".terraform", true, "main.tf", ".terraform/x"),
    Case("by:../package.json", ".next/cache", true, "package.json", ".next/cache/x"),
    Case("by:../package.json", "cache", false, "package.json", "cache/x"),
    Case("by:SAME_STEM.py", "a/m.pyc", true, "a/m.py", "a/m.pyc"),
    Case("by:SAME_STEM.py", "a/m.pyc", false, "m.py", "a/m.pyc"),
    Case("by:SAME_STEM", "a/m.c.orig", true, "a/m.c", "a/m.c.orig"),
    Case("by:SAME_STEM", ".orig", false, ".orig"),
    Case("up:turbo.json", "a/b/.turbo", true, "turbo.json", "a/b/.turbo/x"),
    Case("up:turbo.json", "a/b/.turbo", true, "a/b/turbo.json", "a/b/.turbo/x"),
    Case("up:turbo.json", "a/b/.turbo", false, "a/c/turbo.json", "a/b/.turbo/x"),
    Case("up:*.sln", "a/.vs", true, "x.sln", "a/.vs/x"),
    Case("name & up:__pycache__", "p/__pycache__/a.nbi", true, "p/__pycache__/a.nbi"),
    Case("name & up:__pycache__", "p/a.nbi", false, "p/a.nbi"),
    Case("root:/bin/x", "a", false, "a/b", "bin/x"),
    Case("link", "r", true, "r -> /nix/store/x"),
    Case("link:/nix/store/", "r", true, "r -> /nix/store/x"),
    Case("link:/nix/store/", "r", false, "r -> /usr/x"),
    Case("link", "r", false, "r"),
    Case("by:Cargo.toml & in:debug/", "target", false, "Cargo.toml", "target/x"),
    Case("by:a-b", "a", true, "a-b", "a/x", "a.b", "a0"),
    Case("in:x", "a", false, "a-b/x", "a.b/x", "a0/x"),
  ]

  @Test(arguments: cases)
  func aTermHolds(test: Case) throws {
    let proof = try Proof([test.term])
    let tree = MemoryTree(test.tree)
    #expect((proof.prove(test.path, in: tree) != nil) == test.holds)
    for withDirectories in [false, true] {
      let list = tree.asList(withDirectories: withDirectories)
      #expect((proof.prove(test.path, in: list) != nil) == test.holds)
    }
  }

  @Test func textAndMagicAreSoughtInTheFirstBytes() throws {
    let tag = Array("Signature: 8a477f597d28d172789f06886806bc55\n# made by PyTest\n".utf8)
    let late = [UInt8](repeating: 0x20, count: headLimit) + Array("mypy".utf8)
    let tree = MemoryTree(["d/x"], contents: ["c/CACHEDIR.TAG": tag, "l/CACHEDIR.TAG": late, "u": [0x56, 0x9F]])
    func holds(_ term: String, _ path: Path) throws -> Bool {
      let proof = try Proof([term])
      let onList = proof.prove(path, in: tree.asList(withDirectories: false)) != nil
      #expect((proof.prove(path, in: tree) != nil) == onList)
      return onList
    }
    #expect(try holds("in:CACHEDIR.TAG~pytest", "c"))
    #expect(try holds("in:CACHEDIR.TAG~ruff or pytest", "c"))
    #expect(try !holds("in:CACHEDIR.TAG~mypy", "c"))
    #expect(try !holds("in:CACHEDIR.TAG~mypy", "l"))
    #expect(try !holds("in:CACHEDIR.TAG~pytest", "d"))
    #expect(try holds("magic:Signature: 8a477f597d28d172789f06886806bc55", "c/CACHEDIR.TAG"))
    #expect(try holds("magic:V\\x9f", "u"))
    #expect(try !holds("magic:W", "u"))
  }

  @Test func theEvidenceTellsWhatProvedIt() throws {
    let proof = try Proof(["in:.rustc_info.json", "by:Cargo.toml & in:debug/"])
    let tree = MemoryTree(["Cargo.toml", "target/debug/app"])
    let evidence = try #require(proof.prove("target", in: tree))
    #expect(evidence.alternative == "by:Cargo.toml & in:debug/")
    #expect(evidence.words == "Cargo.toml lies beside it, and debug/ lies in it")
    #expect(!evidence.isNameOnly)
  }

  @Test func aHostileTreeEndsTheSearch() throws {
    let deep = (0..<300).map { String(repeating: "d/", count: $0) + "x\($0)" }
    let wide = (0..<6000).map { "w/\($0)/f" }
    let list = MemoryTree(deep + wide).asList(withDirectories: false)
    #expect(try Proof(["in:**/no-such"]).prove("d", in: list) == nil)
    #expect(try Proof(["in:**/**/**/no-such"]).prove("w", in: list) == nil)
  }

  @Test func aHostilePathEndsTheSearch() throws {
    let deep = [UInt8](repeatElement(Array("d/".utf8), count: 5000).joined()) + [UInt8(ascii: "x")]
    let doubled = Array("a//b".utf8)
    let paths = [doubled, deep]
    let list = PathListSurroundings(count: 2, path: { paths[$0][...] })
    #expect(try Proof(["in:**/no-such"]).prove("d", in: list) == nil)
    #expect(try Proof(["in:**/no-such"]).prove("a", in: list) == nil)
    #expect(try Proof(["up:no-such"]).prove(Path(deep), in: list) == nil)
    #expect(try Proof(["in:*/*"]).prove("a", in: list) == nil)
    // A list that is not sorted gives wrong answers, but it gives them.
    let unsorted = PathListSurroundings(
      count: 3, path: { [Array("c/x".utf8), Array("a".utf8), Array("b/y".utf8)][$0][...] })
    _ = try Proof(["in:*", "by:*", "in:**/q"]).prove("b", in: unsorted)
  }

  /// Both providers say the same of random trees.
  @Test func treeAndListAgree() throws {
    var random = SeededGenerator(seed: 7)
    let names = ["a", "a-b", "a.b", "a0", "b", "b.py", "b.pyc", "target", "Cargo.toml"]
    let terms = ["in:a", "in:*", "in:a/", "in:*/b.py", "in:**/b.pyc", "by:a.b", "by:SAME_STEM.py", "up:Cargo.toml"]
    let proofs = try terms.map { try Proof([$0]) }
    for _ in 0..<300 {
      let paths = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        (0..<Int.random(in: 1...4, using: &random)).map { _ in names.randomElement(using: &random) ?? "a" }
          .joined(separator: "/")
      }
      // A path that is a file cannot be a directory as well.
      let files = Set(paths).filter { file in !paths.contains { $0.hasPrefix(file + "/") } }
      let tree = MemoryTree(Array(files))
      let list = tree.asList(withDirectories: Bool.random(using: &random))
      let place = Path((paths.randomElement(using: &random) ?? "a").utf8)
      for proof in proofs {
        #expect((proof.prove(place, in: tree) != nil) == (proof.prove(place, in: list) != nil), "\(files) \(place)")
      }
    }
  }
}
