import TestSupport
import Testing

@Suite("--limit")
struct LimitOptionTests {
  private func sandbox() throws -> CommandSandbox {
    let sandbox = try CommandSandbox()
    var writer = TarWriter()
    for name in ["a", "b", "c"] { writer.add(name, content: [1]) }
    try sandbox.directory.write(gzipStored(writer.finished), to: "layer.tgz")
    return sandbox
  }

  @Test(
    "sets how much of an image is read",
    arguments: [
      ("entries=3", 0), ("entries=2", 3), ("uncompressed-size=1MiB", 0), ("uncompressed-size=1KiB", 3),
      ("uncompressed-size=4096", 0), ("uncompressed-size=1099511627776", 0), ("zstd-window=2GiB", 0), ("ratio=5", 0),
    ])
  func sets(limit: String, status: Int) throws {
    let sandbox = try sandbox()
    let check = try sandbox.cachepolicy("check", "layer:layer.tgz", "--limit", limit)
    #expect(check.status == status, "\(check.all)")
    let facts = try sandbox.cachepolicy("facts", "layer.tgz", "--limit", limit)
    #expect(facts.status == status, "\(facts.all)")
    if status == 3 {
      let name = limit.prefix { $0 != "=" }
      #expect((check.text + check.errorText).contains("the limit"), "\(check.all)")
      #expect((check.text + check.errorText).contains("raise it with --limit \(name)="), "\(check.all)")
    }
    // The last of a name counts.
    #expect(try sandbox.cachepolicy("check", "layer.tgz", "--limit", "entries=1", "--limit", "entries=9").status == 0)
  }

  @Test("means nothing where no image is examined")
  func withoutImage() throws {
    let result = try sandbox().cachepolicy("check", ".", "--limit", "ratio=5")
    #expect(result.status == 2, "\(result.all)")
    #expect(result.errorText.contains("--limit is for images, and none is examined"), "\(result.all)")
  }

  @Test(
    "is refused with what to write instead",
    arguments: [
      ("zstd-windw=1", "there is no limit 'zstd-windw'; did you mean zstd-window? (there are bytecode-size, entries,"),
      ("x", "there is no limit 'x' (there are"), ("=5", "there is no limit ''"),
      ("entries", "write entries= and a whole number, above 0"), ("entries=", "write entries= and"),
      ("entries=0", "write entries= and"), ("entries=-1", "write entries= and"), ("entries=5MiB", "write entries= and"),
      ("entries=99999999999999999999", "write entries= and"), ("entries=20000001", "entries can be 20000000 at most"),
      ("xz-memory=much", "write xz-memory= and a size such as 64MiB, 1.5GB or 4096, above 0"),
      ("xz-memory=0", "write xz-memory= and a size"), ("zstd-window=4GiB", "zstd-window can be 2.0 GiB at most"),
    ])
  func refuses(limit: String, words: String) throws {
    let sandbox = try sandbox()
    for arguments in [["check", "layer.tgz"], ["facts", "layer.tgz"], ["check", "."]] {
      let result = try sandbox.cachepolicy(arguments + ["--limit=" + limit])
      #expect(result.status == 2, "\(result.all)")
      #expect(result.errorText.contains(words), "\(result.all)")
    }
  }
}
