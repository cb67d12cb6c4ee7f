internal import Files
internal import Glibc
internal import SourceText
internal import TestSupport
internal import Testing

@Suite struct ReplaceFileTests {
  let directory: TemporaryDirectory
  var root: Path { Path(directory.path.utf8) }
  let old = Array("old\n".utf8)
  let new = Array("new and longer\n".utf8)

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(old, to: "file")
  }

  private func reason(_ body: () throws(FileError) -> Void) -> FileError.Reason? {
    do throws(FileError) {
      try body()
      return nil
    } catch {
      return error.reason
    }
  }

  private func replace(_ name: String, expecting: [UInt8]? = nil, in place: Path? = nil) -> FileError.Reason? {
    reason { () throws(FileError) in
      try replaceFile(at: root.appending(name), in: place ?? root, expecting: expecting ?? old, with: new)
    }
  }

  /// The names in the directory, to see that nothing stays behind.
  private func names() throws -> Set<String> {
    let listing = try listDirectory(at: root)
    return Set(listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) })
  }

  @Test(arguments: [0o644, 0o755, 0o600, 0o444, 0o4755] as [mode_t])
  func contentChangesAndPermissionsStay(mode: mode_t) throws {
    #expect(unsafe chmod(directory.path + "/file", mode) == 0)
    let before = try fileStatus(at: root.appending("file"))
    #expect(replace("file") == nil)
    let after = try fileStatus(at: root.appending("file"))
    #expect(try directory.read("file") == new)
    #expect(after.permissions == before.permissions)
    #expect((after.owner, after.group) == (before.owner, before.group))
    #expect(try names() == ["file"])
  }

  @Test func theOwnerStays() throws {
    guard getuid() == 0 else { return }
    #expect(unsafe chown(directory.path + "/file", 12345, 23456) == 0)
    #expect(replace("file") == nil)
    let after = try fileStatus(at: root.appending("file"))
    #expect((after.owner, after.group) == (12345, 23456))
  }

  @Test func aChangedFileIsLeftAlone() throws {
    #expect(replace("file", expecting: Array("what was read\n".utf8)) == .changed)
    #expect(replace("file", expecting: Array("odd\n".utf8)) == .changed)
    #expect(try directory.read("file") == old)
    #expect(try names() == ["file"])
    #expect(replace("gone") == .missing)
  }

  @Test func linksAreWrittenThroughUnlessTheyLeadOut() throws {
    let outside = try TemporaryDirectory()
    try outside.write(old, to: "file")
    #expect(unsafe mkdir(directory.path + "/sub", 0o700) == 0)
    #expect(unsafe symlink("../file", directory.path + "/sub/link") == 0)
    #expect(unsafe symlink(outside.path + "/file", directory.path + "/out") == 0)
    #expect(unsafe symlink(outside.path, directory.path + "/away") == 0)
    #expect(replace("sub/link") == nil)
    #expect(try directory.read("file") == new)
    #expect(try fileStatus(at: root.appending("sub/link")).kind == .symbolicLink)
    #expect(replace("out") == .outside(root))
    #expect(replace("away/file") == .outside(root))
    #expect(try outside.read("file") == old)
    #expect(replace("file", expecting: new, in: root.appending("sub")) == .outside(root.appending("sub")))
    // The root itself may be reached through a link.
    #expect(unsafe symlink(directory.path, outside.path + "/root") == 0)
    let linked = Path(outside.path.utf8).appending("root")
    try replaceFile(at: linked.appending("file"), in: linked, expecting: new, with: old)
    #expect(try directory.read("file") == old)
  }

  @Test func aNewFileReplacesNothing() throws {
    let path = root.appending("fresh")
    try createFile(at: path, in: root, with: new)
    #expect(try directory.read("fresh") == new)
    let mask = umask(0)
    umask(mask)
    #expect(try fileStatus(at: path).permissions == UInt32(0o644 & ~mask))
    #expect(reason { () throws(FileError) in try createFile(at: path, in: root, with: old) } == .exists)
    #expect(unsafe symlink("nowhere", directory.path + "/dangling") == 0)
    #expect(
      reason { () throws(FileError) in try createFile(at: root.appending("dangling"), in: root, with: old) }
        == .exists)
    #expect(
      reason { () throws(FileError) in try createFile(at: root.appending("no/file"), in: root, with: old) }
        == .missing)
    #expect(try directory.read("fresh") == new)
    #expect(try names() == ["file", "fresh", "dangling"])
  }

  @Test func onlyLeftoversOfTheDeadAreRemoved() throws {
    try directory.write("", to: ".cachepolicy-1abc.tmp")
    try directory.write("", to: ".cachepolicy-live0.tmp")
    for name in [".cachepolicy.yaml", ".cachepolicy-A.tmp", ".cachepolicy-1.txt", "x.cachepolicy-1.tmp"] {
      try directory.write("", to: name)
    }
    let live = unsafe open(directory.path + "/.cachepolicy-live0.tmp", O_RDWR)
    #expect(flock(live, LOCK_EX) == 0)
    #expect(removeLeftovers(in: root) == [Array(".cachepolicy-1abc.tmp".utf8)])
    close(live)
    #expect(removeLeftovers(in: root) == [Array(".cachepolicy-live0.tmp".utf8)])
    #expect(removeLeftovers(in: root).isEmpty)
    #expect(try names().count == 5)
  }

  @Test func writersAndCleanersAtTheSameTimeLoseNothing() async throws {
    let root = root
    for number in 0..<8 { try directory.write("0", to: "file-\(number)") }
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask {
          let path = root.appending("file-\(number)")
          var failures = 0
          var text = "0"
          for round in 1...20 {
            do {
              try replaceFile(at: path, in: root, expecting: Array(text.utf8), with: Array("\(round)".utf8))
              text = "\(round)"
            } catch {
              failures += 1
            }
          }
          return failures
        }
      }
      group.addTask {
        for _ in 0..<200 { removeLeftovers(in: root) }
        return 0
      }
      for await failures in group { #expect(failures == 0) }
    }
    for number in 0..<8 { #expect(try directory.read("file-\(number)") == Array("20".utf8)) }
  }
}
