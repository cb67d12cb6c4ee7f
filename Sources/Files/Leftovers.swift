internal import Glibc
public import SourceText

/// Removes what interrupted runs have left in a directory, and tells the names.
///
/// A temporary file that another run is writing is locked, and stays.
@discardableResult
public func removeLeftovers(in directory: Path) -> [[UInt8]] {
  var listing = DirectoryListing()
  var reader = DirectoryReader()
  guard let opened = try? Descriptor.directory(at: directory),
    (try? reader.read(opened, into: &listing, path: directory)) != nil
  else { return [] }
  return listing.entries.compactMap { entry in
    let name = Array(listing.name(of: entry))
    return entry.kind == .regular && isLeftover(name) && remove(name, in: opened) ? name : nil
  }
}

/// Whether a name is one that the temporary files of this program have.
public func isLeftover(_ name: some BidirectionalCollection<UInt8>) -> Bool {
  name.starts(with: TemporaryFile.prefix) && name.reversed().starts(with: TemporaryFile.suffix.reversed())
    && name.dropFirst(TemporaryFile.prefix.count).dropLast(TemporaryFile.suffix.count).allSatisfy(isDigit)
}

/// Whether it is a digit of base 36, lowercase.
private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

/// Removes the file unless its writer lives.
private func remove(_ name: [UInt8], in directory: borrowing Descriptor) -> Bool {
  let number = directory.number
  let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
  guard let opened = try? call(Path(name), { Int(unsafe openat(number, $0, flags)) }) else { return false }
  let descriptor = Descriptor(opened)
  // The lock is held until the name is gone, so that no writer can take the file over in between.
  guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else { return false }
  return (try? call(Path(name)) { Int(unsafe unlinkat(number, $0, 0)) }) != nil
}
