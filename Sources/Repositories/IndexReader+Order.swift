internal import SourceText

extension IndexReader {
  /// Checks that the paths are in order and are such as git writes.
  ///
  /// Neighbours share most of their paths, and what they share was checked before.
  func checkOrder(_ index: Index) throws(RepositoryError) {
    let paths = index.paths.span
    var previous: Index.Entry?
    for entry in index.entries {
      let start = Int(entry.pathStart)
      let length = Int(entry.pathLength)
      var shared = 0
      if let previous {
        let other = Int(previous.pathStart)
        let limit = min(length, Int(previous.pathLength))
        shared = commonPrefix(paths, other, start, limit: limit)
        let isInOrder =
          shared < limit
          ? paths[other + shared] < paths[start + shared]
          : (Int(previous.pathLength), previous.stage) < (length, entry.stage)
        guard isInOrder else { throw unfit(entry, in: index, "has entries out of order") }
      }
      let path = paths.extracting(start..<(start + length))
      guard isWellFormed(path, from: shared, isDirectory: entry.kind == .sparseDirectory) else {
        throw unfit(entry, in: index, "has a path that no work tree can hold")
      }
      guard entry.kind != .sparseDirectory || index.isSparse else {
        throw unfit(entry, in: index, "has a directory as an entry without being sparse")
      }
      previous = entry
    }
  }

  /// How many bytes two runs of the same bytes share at their beginnings, eight compared at a time.
  private func commonPrefix(_ bytes: Span<UInt8>, _ first: Int, _ second: Int, limit: Int) -> Int {
    let raw = unsafe bytes.bytes
    var shared = 0
    while shared + 8 <= limit {
      // Any eight bytes are a number, and the span checks that they lie in it.
      let left = unsafe raw.unsafeLoadUnaligned(fromByteOffset: first + shared, as: UInt64.self)
      let right = unsafe raw.unsafeLoadUnaligned(fromByteOffset: second + shared, as: UInt64.self)
      guard left == right else { return shared + (left ^ right).littleEndian.trailingZeroBitCount / 8 }
      shared += 8
    }
    while shared < limit, bytes[first + shared] == bytes[second + shared] { shared += 1 }
    return shared
  }

  private func unfit(_ entry: Index.Entry, in index: Index, _ reason: String) -> RepositoryError {
    error(Int(entry.idStart), "\(reason): \(printable(index.path(of: entry)))")
  }

  /// Whether no part of the path is empty, `.`, `..` or `.git`, from the part that holds `offset` on.
  private func isWellFormed(_ path: Span<UInt8>, from offset: Int, isDirectory: Bool) -> Bool {
    let slash = UInt8(ascii: "/")
    let dot = UInt8(ascii: ".")
    var end = path.count
    if isDirectory {
      guard end > 1, path[end - 1] == slash else { return false }
      end -= 1
    }
    guard end > 0 else { return false }
    var start = min(offset, end)
    while start > 0, path[start - 1] != slash { start -= 1 }
    while start <= end {
      var stop = start
      while stop < end, path[stop] != slash {
        if path[stop] == 0 { return false }
        stop += 1
      }
      if stop == start { return false }
      if path[start] == dot, isForbidden(path.extracting(start..<stop)) { return false }
      start = stop + 1
    }
    return true
  }

  /// Whether a part that begins with a dot is `.`, `..` or, in any case of its letters, `.git`.
  private func isForbidden(_ part: Span<UInt8>) -> Bool {
    switch part.count {
    case 1: true
    case 2: part[1] == UInt8(ascii: ".")
    case 4:
      part[1] | 0x20 == UInt8(ascii: "g") && part[2] | 0x20 == UInt8(ascii: "i")
        && part[3] | 0x20 == UInt8(ascii: "t")
    default: false
    }
  }
}
