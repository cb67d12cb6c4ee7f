internal import Caches
internal import Glibc
internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

@Suite struct WorkTreeSurroundingsTests {
  @Test func noLinkIsFollowed() throws {
    let directory = try TemporaryDirectory()
    let tree = WorkTreeSurroundings(root: Path(directory.path.utf8))
    try directory.write("text", to: "a/b/file")
    try directory.write(String(repeating: "x", count: 10_000), to: "large")
    #expect(unsafe symlink("a", directory.path + "/link") == 0)
    #expect(unsafe symlink("loop", directory.path + "/loop") == 0)
    #expect(unsafe mkfifo(directory.path + "/pipe", 0o600) == 0)
    _ = try run(["git", "init", "-q", "inner"], in: directory.path)
    #expect(tree.entry(at: .root) == .directory)
    #expect(tree.entry(at: "a/b") == .directory)
    #expect(tree.entry(at: "a/b/file") == .file)
    #expect(tree.entry(at: "a/b/none") == nil)
    #expect(tree.entry(at: "large/x") == nil)
    #expect(tree.entry(at: "link") == .link)
    #expect(tree.entry(at: "link/b") == nil)
    #expect(tree.entry(at: "loop/b") == nil)
    #expect(tree.entry(at: "a/../large") == nil)
    #expect(tree.entry(at: "../x") == nil)
    #expect(tree.entry(at: "pipe") == .other)
    #expect(tree.entry(at: "inner") == .other)
    #expect(tree.head(of: "a/b/file") == Array("text".utf8))
    #expect(tree.head(of: "large")?.count == headLimit)
    #expect(tree.head(of: "link/b/file") == nil)
    #expect(tree.head(of: "pipe") == nil)
    #expect(tree.head(of: "link") == nil)
    #expect(tree.target(of: "link") == Array("a".utf8))
    #expect(tree.target(of: "large") == nil)
    #expect(tree.anyChild(of: "a") { name, kind in name.elementsEqual("b".utf8) && kind == .directory })
    #expect(!tree.anyChild(of: "a") { _, kind in kind == .file })
    #expect(!tree.anyChild(of: "link") { _, _ in true })
    #expect(tree.anyChild(of: .root) { name, kind in name.elementsEqual("link".utf8) && kind == .link })
  }

  @Test func proofReadsAWorkTree() throws {
    let directory = try TemporaryDirectory()
    try directory.write("", to: "crate/Cargo.toml")
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# made by cargo\n"
    try directory.write(tag, to: "crate/target/CACHEDIR.TAG")
    try directory.write("", to: "plain/target/x")
    let tree = WorkTreeSurroundings(root: Path(directory.path.utf8))
    var prover = CacheProver()
    let proven = prover.prove("crate/target", isDirectory: true, in: tree)
    #expect(proven.map { Catalogue.id(of: $0.kind) }?.hasPrefix("rust.") == true)
    #expect(prover.prove("plain/target", isDirectory: true, in: tree) == nil)
  }
}
