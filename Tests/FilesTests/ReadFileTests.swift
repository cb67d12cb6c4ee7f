internal import Files
internal import Glibc
internal import SourceText
internal import TestSupport
internal import Testing

@Suite struct ReadFileTests {
  let directory: TemporaryDirectory
  var root: Path { Path(directory.path.utf8) }

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func reason(_ name: String, limit: Int = 100, followLinks: Bool = true) -> FileError.Reason? {
    do throws(FileError) {
      _ = try readFile(at: root.appending(name), limit: limit, followLinks: followLinks)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 100_000])
  func filesOfAnySize(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    try directory.write(bytes, to: "file")
    #expect(try readFile(at: root.appending("file"), limit: size) == bytes)
    if size > 0 { #expect(reason("file", limit: size - 1) == .tooLarge(limit: size - 1)) }
  }

  @Test func whatIsNoFileIsRefusedByItsKind() throws {
    try directory.write("x", to: "file")
    #expect(unsafe mkfifo(directory.path + "/pipe", 0o600) == 0)
    #expect(unsafe symlink("file", directory.path + "/link") == 0)
    #expect(unsafe symlink("loop", directory.path + "/loop") == 0)
    #expect(reason("pipe") == .notRegular(.pipe))
    #expect(reason(".") == .notRegular(.directory))
    #expect(reason("link") == nil)
    #expect(reason("link", followLinks: false) == .notRegular(.symbolicLink))
    #expect(reason("loop") == .linkLoop)
    #expect(reason("none") == .missing)
    #expect(reason("file/x") == .notDirectory)
    #expect(reason("a\0b") == .invalidPath)
    #expect(reason(String(repeating: "a", count: 300)) == .invalidPath)
    #expect(throws: FileError(path: "/dev/null", reason: .notRegular(.device))) {
      try readFile(at: "/dev/null", limit: 1)
    }
  }

  @Test func aFileWhoseSizeIsNotKnownIsReadToItsEnd() throws {
    let bytes = try readFile(at: "/proc/self/status", limit: 1 << 20)
    #expect(bytes.starts(with: Array("Name:".utf8)))
    #expect(throws: FileError(path: "/proc/self/status", reason: .tooLarge(limit: 10))) {
      try readFile(at: "/proc/self/status", limit: 10)
    }
  }

  @Test func errorsAreSafeToPrint() {
    let error = FileError(path: Path([0x1B, 0x5B]), reason: .tooLarge(limit: 1 << 20))
    #expect(error.description == "\\x1b[: is larger than 1 MiB, the limit for such a file")
  }

  @Test func listingsHaveNamesAsBytesAndKinds() throws {
    let names: [[UInt8]] = [Array("a".utf8), Array("new\nline".utf8), [0xFF, 0xFE], Array("...".utf8)]
    for name in names {
      let path = directory.path.utf8 + [UInt8(ascii: "/")] + name + [0]
      let descriptor = unsafe path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe creat($0, 0o600) } ?? -1
      }
      #expect(descriptor >= 0)
      close(descriptor)
    }
    #expect(unsafe mkdir(directory.path + "/sub", 0o700) == 0)
    #expect(unsafe symlink("sub", directory.path + "/link") == 0)
    let listing = try listDirectory(at: root)
    let found = Dictionary(uniqueKeysWithValues: listing.entries.map { (Array(listing.name(of: $0)), $0.kind) })
    #expect(Set(found.keys) == Set(names + [Array("sub".utf8), Array("link".utf8)]))
    #expect(found[Array("sub".utf8)] == .directory)
    #expect(found[Array("link".utf8)] == .symbolicLink)
    #expect(listing.entry(named: "sub")?.kind == .directory)
    #expect(listing.entry(named: "su") == nil)
  }

  @Test func aDirectoryLargerThanTheBufferIsReadWhole() throws {
    for number in 0..<3000 { try directory.write("", to: "a-name-of-some-length-\(number)") }
    let listing = try listDirectory(at: root)
    #expect(Set(listing.entries.map { Path(listing.name(of: $0)) }).count == 3000)
  }
}
