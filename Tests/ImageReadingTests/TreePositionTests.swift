import Files
import SourceText
import TestSupport
import Testing

@testable import ImageReading

@Suite("Where a walk through a tree is")
struct TreePositionTests {
  private func shell(_ script: String, in directory: TemporaryDirectory) throws {
    #expect(try run(["sh", "-ec", script], in: directory.path).status == 0)
  }

  private func names(_ position: TreePosition, _ path: Path) throws -> [String] {
    var listing = DirectoryListing()
    var reader = DirectoryReader()
    try reader.read(try position.open(path), into: &listing, path: path)
    return listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }.sorted()
  }

  @Test("goes up and down, and from any place to any other") func moves() throws {
    let directory = try TemporaryDirectory()
    for path in ["a/b/c/1", "a/bb/2", "d/e/3"] { try directory.write("x", to: "tree/\(path)") }
    let position = try TreePosition(Path((directory.path + "/tree").utf8))
    let expected: [(Path, [String])] = [
      (.root, ["a", "d"]), ("a/b/c", ["1"]), ("a/bb", ["2"]), ("d/e", ["3"]), ("a/b", ["c"]), ("a", ["b", "bb"]),
    ]
    for (path, found) in expected + expected.reversed() { #expect(try names(position, path) == found, "\(path)") }
    #expect(try position.file("a/b/c/1").size == 1)
    #expect(throws: FileError.self) { try names(position, "a/none/c") }
    #expect(try names(position, "d/e") == ["3"])
  }

  @Test("a directory that has been moved away leads nowhere else") func moved() throws {
    let directory = try TemporaryDirectory()
    for path in ["tree/a/b/c/d/1", "tree/a/x/2", "outside/x/3"] { try directory.write("x", to: path) }
    let position = try TreePosition(Path((directory.path + "/tree").utf8))
    #expect(try names(position, "a/b/c/d") == ["1"])
    try shell("mv tree/a/b outside/b", in: directory)
    #expect(try names(position, "a/x") == ["2"])
    #expect(throws: FileError.self) { try names(position, "a/b/c/d") }
  }

  @Test("a directory that has become a link is not followed") func linked() throws {
    let directory = try TemporaryDirectory()
    for path in ["tree/a/b/c/d/1", "outside/b/x/3"] { try directory.write("x", to: path) }
    let position = try TreePosition(Path((directory.path + "/tree").utf8))
    #expect(try names(position, "a/b/c/d") == ["1"])
    try shell("mv tree/a gone; ln -s ../outside tree/a", in: directory)
    // What is open stays what it was.
    #expect(try names(position, "a/b") == ["c"])
    #expect(throws: FileError.self) { try names(position, "a/b/x") }
    #expect(throws: FileError.self) { try names(try TreePosition(Path((directory.path + "/tree").utf8)), "a/b/x") }
  }
}
