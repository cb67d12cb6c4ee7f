internal import CSystem
internal import Glibc
public import SourceText

/// Reads directories, with memory that serves for all of them.
public struct DirectoryReader: Sendable {
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  /// Creates a reader.
  public init() {}

  /// Reads the entries of an open directory in place of what the listing held.
  ///
  /// `path` is what an error calls the directory.
  public mutating func read(
    _ directory: borrowing Descriptor, into listing: inout DirectoryListing, path: Path
  ) throws(FileError) {
    try read(directory, into: &listing, path: path) { _, _ in false }
  }

  /// The same until what was read suffices, which is asked after each buffer with the number of older entries.
  public mutating func read(
    _ directory: borrowing Descriptor, into listing: inout DirectoryListing, path: Path,
    until suffices: (DirectoryListing, Int) -> Bool
  ) throws(FileError) {
    listing.reset()
    let number = directory.number
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        uninterrupted { unsafe system_getdents64(number, bytes.baseAddress, bytes.count) }
      }
      guard count >= 0 else { throw FileError(path: path, code: errno) }
      guard count > 0 else { return }
      let known = listing.entries.count
      take(count, from: directory, into: &listing)
      if suffices(listing, known) { return }
      guard listing.entries.count <= DirectoryListing.entryLimit else {
        throw FileError(path: path, reason: .tooManyEntries(limit: DirectoryListing.entryLimit))
      }
    }
  }

  /// Takes the records over that the kernel has put into the buffer.
  ///
  /// A record (`struct linux_dirent64`) is a number and an offset of 8 bytes each, the record's length
  /// in 2 bytes, the type in one, then the name and a NUL.
  private func take(_ count: Int, from directory: borrowing Descriptor, into listing: inout DirectoryListing) {
    let nameOffset = 19
    var position = 0
    while position + nameOffset < count {
      let length = Int(buffer[position + 16]) | Int(buffer[position + 17]) << 8
      guard length > nameOffset, position + length <= count else { return }
      let record = buffer[(position + nameOffset)..<(position + length)]
      let name = record[..<(record.firstIndex(of: 0) ?? record.endIndex)]
      if !isSpecial(name) {
        let kind = FileKind(entryType: buffer[position + 18]) ?? directory.kind(ofEntry: name) ?? .unknown
        listing.add(name, kind: kind)
      }
      position += length
    }
  }

  /// Whether it is the directory itself or its parent.
  private func isSpecial(_ name: ArraySlice<UInt8>) -> Bool {
    let dot = UInt8(ascii: ".")
    return name.first == dot && (name.count == 1 || name.count == 2 && name.last == dot) || name.isEmpty
  }
}

/// The entries of the directory at `path`.
public func listDirectory(at path: Path) throws(FileError) -> DirectoryListing {
  var listing = DirectoryListing()
  var reader = DirectoryReader()
  try reader.read(Descriptor.directory(at: path), into: &listing, path: path)
  return listing
}
