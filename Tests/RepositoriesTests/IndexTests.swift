internal import Digests
internal import Files
internal import Glibc
internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

/// A repository that git has made, for the reader to be judged by git.
final class Sample: Sendable {
  let directory: TemporaryDirectory
  var root: Path { Path(directory.path.utf8) }

  init(_ options: [String] = []) throws {
    directory = try TemporaryDirectory()
    try git(["init", "-q"] + options + ["."])
  }

  @discardableResult
  func git(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@a.test", "-c", "protocol.file.allow=always"]
    let result = try run(["git"] + identity + arguments, in: directory.path, input: input)
    #expect(result.status == 0, "git \(arguments): \(String(decoding: result.errors, as: UTF8.self))")
    return result.output
  }

  var repository: Repository {
    get throws { try #require(try Repository.find(from: root, environment: UserEnvironment())) }
  }

  /// The lines of `git ls-files -s -z`, as git and as the reader have them.
  func compare(_ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let expected = try git(["ls-files", "-s", "-z"] + options).split(separator: 0).map(Array.init)
    let index = try repository.readIndex()
    let actual = index.entries.map { entry in
      let text = "\(padded(entry.mode)) \(hexadecimal(index.id(of: entry))) \(entry.stage)\t"
      return Array(text.utf8) + index.path(of: entry)
    }
    #expect(actual == expected, sourceLocation: sourceLocation)
    for (position, entry) in index.entries.enumerated() {
      let path = index.path(of: entry)
      #expect(index.contains(path))
      if entry.stage == 0 { #expect(index.position(of: path) == position) }
      #expect(!index.contains(path + [UInt8(ascii: "x")]))
    }
  }

  private func padded(_ mode: UInt16) -> String {
    let text = String(mode, radix: 8)
    return String(repeating: "0", count: 6 - text.count) + text
  }
}

@Suite struct IndexTests {
  /// A repository with names that are not UTF-8, links, executables, long and deep paths.
  private func filled(_ options: [String] = []) throws -> Sample {
    let sample = try Sample(options)
    for name in ["a.txt", "b/c.txt", "b/d/e.txt", "b.txt", "b0", "new\nline", "tab\t\"quote\"", ".dot/x", "..two"] {
      try sample.directory.write("content of \(name)", to: name)
    }
    try sample.directory.write(
      "long", to: (1...30).map { "component-number-\($0)/" }.joined() + String(repeating: "n", count: 200))
    for number in 0..<300 { try sample.directory.write("\(number)", to: "many/sub\(number % 7)/file\(number)") }
    #expect(unsafe symlink("a.txt", sample.directory.path + "/link") == 0)
    #expect(unsafe chmod(sample.directory.path + "/a.txt", 0o755) == 0)
    try sample.git(["add", "-A"])
    let id = String(decoding: try sample.git(["hash-object", "-w", "a.txt"]).dropLast(), as: UTF8.self)
    try sample.git(
      ["update-index", "-z", "--index-info"],
      input: Array("100644 \(id) 0\t".utf8) + [0xFF, 0xFE, UInt8(ascii: "/"), 0x80, 0])
    return sample
  }

  @Test(arguments: ["2", "3", "4"], ["sha1", "sha256"])
  func versionsAndDigests(version: String, format: String) throws {
    let sample = try filled(["--object-format=\(format)"])
    try sample.git(["update-index", "--index-version", version])
    try sample.compare()
    try sample.directory.write("later", to: "later")
    try sample.git(["add", "-N", "later"])
    try sample.git(["update-index", "--skip-worktree", "b.txt"])
    try sample.git(["update-index", "--assume-unchanged", "b0"])
    try sample.compare()
    let index = try sample.repository.readIndex()
    #expect(index.entries.filter(\.isIntentToAdd).map { Array(index.path(of: $0)) } == [Array("later".utf8)])
    #expect(index.entries.filter(\.isSkippedInWorkTree).map { Array(index.path(of: $0)) } == [Array("b.txt".utf8)])
    #expect(index.entries.filter(\.isAssumedUnchanged).map { Array(index.path(of: $0)) } == [Array("b0".utf8)])
    #expect(index.entry(at: Array("b/c.txt".utf8))?.size == 18)
    #expect(index.entry(at: Array("link".utf8))?.kind == .symbolicLink)
    #expect(index.entry(at: Array("a.txt".utf8))?.kind == .executable)
  }

  @Test func directories() throws {
    let sample = try filled()
    let index = try sample.repository.readIndex()
    func below(_ directory: String) -> [String] {
      index.positions(below: Array(directory.utf8)).map { String(decoding: index.path(at: $0), as: UTF8.self) }
    }
    #expect(below("b") == ["b/c.txt", "b/d/e.txt"])
    #expect(below("b/d") == ["b/d/e.txt"])
    #expect(below("b/c.txt") == [])
    #expect(below("").count == index.count)
    #expect(index.isDirectory(Array("b".utf8)))
    #expect(!index.isDirectory(Array("b0".utf8)))
    #expect(!index.isDirectory(Array("man".utf8)))
    #expect(index.isDirectory([]))
    #expect(!Index().isDirectory([]))
  }

  @Test func conflictsAndSubmodules() throws {
    let sample = try Sample()
    try sample.directory.write("base", to: "file")
    try sample.git(["add", "-A"])
    try sample.git(["commit", "-qm", "base"])
    try sample.git(["checkout", "-qb", "other"])
    try sample.directory.write("theirs", to: "file")
    try sample.git(["commit", "-qam", "theirs"])
    try sample.git(["checkout", "-q", "-"])
    try sample.directory.write("ours", to: "file")
    try sample.git(["commit", "-qam", "ours"])
    _ = try run(
      ["git", "-c", "user.name=a", "-c", "user.email=a@a", "merge", "-q", "other"], in: sample.directory.path)
    try sample.git(["init", "-q", "module"])
    try sample.git(["-C", "module", "commit", "-q", "--allow-empty", "-m", "x"])
    try sample.git(["add", "module"])
    try sample.compare()
    let index = try sample.repository.readIndex()
    #expect(index.entries.map(\.stage) == [1, 2, 3, 0])
    #expect(index.entry(at: Array("module".utf8))?.kind == .repository)
  }

  @Test(arguments: ["2", "4"])
  func splitIndexes(version: String) throws {
    let sample = try filled()
    try sample.git(["update-index", "--index-version", version])
    try sample.git(["config", "splitIndex.maxPercentChange", "100"])
    try sample.git(["update-index", "--split-index"])
    try sample.compare()
    try sample.git(["rm", "-q", "--cached", "b0", "many/sub3/file3"])
    try sample.directory.write("changed", to: "many/sub4/file4")
    try sample.directory.write("new", to: "many/new")
    try sample.directory.write("new", to: "aaa")
    try sample.git(["add", "-A", "many/sub4", "many/new", "aaa"])
    let names = try listDirectory(at: sample.root.appending(".git"))
    #expect(names.entries.contains { names.name(of: $0).starts(with: Array("sharedindex.".utf8)) })
    try sample.compare()
    try sample.git(["rm", "-rq", "--cached", "many/sub1", "many/sub2"])
    try sample.compare()
    // Without the shared part there is no answer, only an error.
    for entry in names.entries where names.name(of: entry).starts(with: Array("sharedindex.".utf8)) {
      #expect(
        unsafe unlink(sample.directory.path + "/.git/" + String(decoding: names.name(of: entry), as: UTF8.self)) == 0)
    }
    #expect(throws: RepositoryError.self) { try sample.repository.readIndex() }
  }

  @Test func sparseIndexes() throws {
    let sample = try filled()
    try sample.git(["commit", "-qm", "x"])
    try sample.git(["sparse-checkout", "set", "--cone", "--sparse-index", "b"])
    try sample.compare(["--sparse"])
    let index = try sample.repository.readIndex()
    #expect(index.isSparse)
    let directories = index.entries.filter { $0.kind == .sparseDirectory }.map { Path(index.path(of: $0)) }
    #expect(directories.contains("many"))
    #expect(index.isDirectory(Array("many".utf8)))
  }

  @Test func anIndexWithoutDigest() throws {
    let sample = try filled()
    var bytes = try sample.directory.read(".git/index")
    bytes.replaceSubrange((bytes.count - 20)..., with: [UInt8](repeating: 0, count: 20))
    try sample.directory.write(bytes, to: ".git/index")
    try sample.compare()
  }

  @Test func aRepositoryWithoutIndex() throws {
    #expect(try Sample().repository.readIndex().count == 0)
  }
}

@Suite struct DamagedIndexTests {
  private func small(_ version: String) throws -> [UInt8] {
    let sample = try Sample()
    for name in ["a", "b/c", "b/d", "e"] { try sample.directory.write(name, to: name) }
    try sample.git(["add", "-A"])
    try sample.git(["add", "-N", "e"])
    try sample.git(["update-index", "--index-version", version])
    return try sample.directory.read(".git/index")
  }

  private func read(_ bytes: [UInt8], shared: [UInt8]? = nil) throws(RepositoryError) -> Index {
    try Index(bytes, format: .sha1, path: "index") { name throws(RepositoryError) in
      guard let shared else { throw .file(FileError(path: Path(name.utf8), reason: .missing)) }
      return shared
    }
  }

  /// A split index and its shared part.
  private func split(_ version: String) throws -> (index: [UInt8], shared: [UInt8]) {
    let sample = try Sample()
    for number in 0..<20 { try sample.directory.write("\(number)", to: "file\(number)") }
    try sample.git(["add", "-A"])
    try sample.git(["update-index", "--index-version", version])
    try sample.git(["config", "splitIndex.maxPercentChange", "100"])
    try sample.git(["update-index", "--split-index"])
    try sample.git(["rm", "-q", "--cached", "file1", "file7"])
    try sample.directory.write("other", to: "file3")
    try sample.directory.write("new", to: "a")
    try sample.git(["add", "file3", "a"])
    let listing = try listDirectory(at: sample.root.appending(".git"))
    let names = listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
    let name = try #require(names.first { $0.hasPrefix("sharedindex.") })
    return (try sample.directory.read(".git/index"), try sample.directory.read(".git/" + name))
  }

  @Test(arguments: ["2", "4"])
  func damageOfASplitIndexNeverCrashes(version: String) throws {
    let (bytes, shared) = try split(version)
    #expect(try read(bytes, shared: shared).count == 19)
    for position in bytes.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[position] ^ 1, bytes[position] ^ 0x40] as [UInt8] {
        var damaged = bytes
        damaged[position] = value
        _ = try? read(resealed(damaged), shared: shared)
      }
    }
    #expect(throws: RepositoryError.self) { try read(bytes, shared: bytes) }
  }

  /// Gives damaged bytes the digest that fits them, so that what is behind the digest is reached.
  private func resealed(_ bytes: [UInt8]) -> [UInt8] {
    let content = Array(bytes.dropLast(20))
    return content + digest(.sha1, of: content)
  }

  @Test(arguments: ["2", "4"])
  func anIndexCutAnywhereIsAnError(version: String) throws {
    let bytes = try small(version)
    #expect(try read(bytes).count == 4)
    for length in 0..<bytes.count {
      do throws(RepositoryError) {
        _ = try read(Array(bytes[..<length]))
        Issue.record("an index cut at \(length) was read")
      } catch {
        guard case .index("index", let offset, _) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(offset <= bytes.count)
      }
      // The same with a digest that fits: an error, or what the extensions were is gone.
      if length >= 20 { _ = try? read(resealed(Array(bytes[..<length]))) }
    }
  }

  @Test(arguments: ["2", "4"])
  func damageNeverCrashes(version: String) throws {
    let bytes = try small(version)
    for position in bytes.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[position] ^ 1, bytes[position] ^ 0x40] as [UInt8] {
        var damaged = bytes
        damaged[position] = value
        if position < bytes.count - 20, value != bytes[position] {
          #expect(throws: RepositoryError.self) { try read(damaged) }
        }
        _ = try? read(resealed(damaged))
      }
    }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        damaged[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: .min ... .max, using: &random)
      }
      _ = try? read(resealed(damaged))
    }
  }

  @Test func whatIsRefusedIsNamed() throws {
    let bytes = try small("2")
    func reason(_ change: (inout [UInt8]) -> Void) -> String {
      var changed = bytes
      change(&changed)
      do throws(RepositoryError) {
        _ = try read(resealed(changed))
        return ""
      } catch {
        return error.description
      }
    }
    #expect(reason { $0[7] = 9 } == "index: is an index of version 9; 2, 3 and 4 are known (byte 4)")
    #expect(reason { $0[8] = 0xFF }.contains("more than its size can hold"))
    let name = 12 + 62
    #expect(reason { $0[name] = UInt8(ascii: "/") }.contains("no work tree can hold: /"))
    #expect(reason { $0[name] = UInt8(ascii: "z") }.contains("out of order"))
    let extended = Array("abcd".utf8) + [0, 0, 0, 0]
    #expect(reason { $0.insert(contentsOf: extended, at: $0.count - 20) }.contains("the extension `abcd`"))
  }

  @Test(arguments: ["..", ".", ".git", ".GiT", "a/../b", "a/.git/config", "/a", "a//b", "a/", "a/."])
  func pathsThatLeadElsewhereAreRefused(path: String) throws {
    // One entry of version 2, made by hand.
    var bytes = Array("DIRC".utf8) + [0, 0, 0, 2, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 24)
    bytes += [0, 0, 0x81, 0xA4] + [UInt8](repeating: 0, count: 12 + 20) + [0, UInt8(path.utf8.count)]
    bytes += Array(path.utf8)
    repeat { bytes.append(0) } while (bytes.count - 12) % 8 != 0
    bytes += [UInt8](repeating: 0, count: 20)
    #expect(throws: RepositoryError.self) { try read(bytes) }
  }
}
