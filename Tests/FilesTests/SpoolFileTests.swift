import Files
import Glibc
import SourceText
import TestSupport
import Testing

@Suite("Temporary files without a name")
struct SpoolFileTests {
  @Test("hold what was written, piece by piece, up to the limit") func pieces() throws {
    var spool = try SpoolFile(limit: 10, path: "-")
    for piece in [[1, 2, 3], [], [4, 5, 6, 7]] as [[UInt8]] {
      try unsafe piece.withUnsafeBytes { try unsafe spool.append($0) }
    }
    #expect(spool.size == 7)
    let more: [UInt8] = [8, 9, 10, 11]
    let error = #expect(throws: FileError.self) { try unsafe more.withUnsafeBytes { try unsafe spool.append($0) } }
    #expect(error?.reason == .tooLarge(limit: 10))
    let file = try spool.finish()
    #expect(file.size == 7)
    var bytes = [UInt8](repeating: 0, count: 10)
    let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 2) }
    #expect(Array(bytes[..<count]) == [3, 4, 5, 6, 7])
  }

  @Test("take all that a descriptor gives") func descriptor() throws {
    let directory = try TemporaryDirectory()
    try directory.write([UInt8](repeating: 7, count: 300_000), to: "input")
    let number = unsafe open(directory.path + "/input", O_RDONLY)
    defer { close(number) }
    var spool = try SpoolFile(limit: 1 << 20, path: "-")
    try spool.append(contentsOf: number)
    #expect(spool.size == 300_000)
  }
}

@Suite("Entries of an open directory")
struct DirectoryEntryTests {
  @Test("are told by status and link, and opened without following a link") func entries() throws {
    let directory = try TemporaryDirectory()
    try directory.write("12345", to: "d/file")
    let script = "ln -s file d/link; ln d/file d/second; mkfifo d/pipe; touch -d @77.5 d/file; truncate -s 1M d/holes"
    #expect(try run(["sh", "-ec", script], in: directory.path).status == 0)
    let opened = try Descriptor.directory(at: Path((directory.path + "/d").utf8))
    let file = try opened.status(ofEntry: "file".utf8, path: "file")
    #expect(file.kind == .regular && file.size == 5 && file.names == 2)
    #expect(file.modifiedSeconds == 77 && file.modifiedNanoseconds == 500_000_000)
    #expect(!file.isWhiteout && !file.isBlockDevice)
    #expect(try opened.status(ofEntry: "link".utf8, path: "link").kind == .symbolicLink)
    #expect(try opened.linkTarget(ofEntry: "link".utf8, path: "link") == Array("file".utf8))
    #expect(try opened.status(ofEntry: "holes".utf8, path: "holes").storedSize < 1 << 20)
    #expect(try RandomAccessFile(named: "file".utf8, in: opened, path: "file").size == 5)
    for name in ["link", "pipe", "none"] {
      #expect(throws: FileError.self) { try RandomAccessFile(named: name.utf8, in: opened, path: Path(name.utf8)) }
    }
    #expect(opened.attribute("user.none") == nil)
    #expect(try !RandomAccessFile(named: "file".utf8, in: opened, path: "file").hasAttribute("user.none"))
  }
}
