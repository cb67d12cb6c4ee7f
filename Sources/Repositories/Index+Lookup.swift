extension Index {
  /// Whether a file of this path is tracked, in conflict or not.
  public func contains(_ path: some Collection<UInt8>) -> Bool {
    position(of: path) != nil
  }

  /// The first entry of a path; a path in conflict has up to three.
  public func entry(at path: some Collection<UInt8>) -> Entry? {
    position(of: path).map { entries[$0] }
  }

  /// The position of the first entry of a path.
  public func position(of path: some Collection<UInt8>) -> Int? {
    let wanted = Array(path)
    let position = firstPosition(notBefore: wanted)
    guard position < count, self.path(at: position).elementsEqual(wanted) else { return nil }
    return position
  }

  /// The positions of the entries below a directory; all for the empty path.
  ///
  /// Sorted by bytes, what begins with `directory/` lies together.
  public func positions(below directory: some Collection<UInt8>) -> Range<Int> {
    guard !directory.isEmpty else { return 0..<count }
    let first = firstPosition(notBefore: Array(directory) + [UInt8(ascii: "/")])
    // The byte after the slash is the zero.
    return first..<max(first, firstPosition(notBefore: Array(directory) + [UInt8(ascii: "/") + 1]))
  }

  /// Whether something below this directory is tracked, or the directory is one entry of a sparse index.
  public func isDirectory(_ path: some Collection<UInt8>) -> Bool {
    guard !path.isEmpty else { return count > 0 }
    let prefix = Array(path) + [UInt8(ascii: "/")]
    let position = firstPosition(notBefore: prefix)
    return position < count && self.path(at: position).starts(with: prefix)
  }

  /// The first position whose path does not sort before the given one.
  private func firstPosition(notBefore wanted: [UInt8]) -> Int {
    var lower = 0
    var upper = count
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      let entry = entries[middle]
      let range = Int(entry.pathStart)..<(Int(entry.pathStart) + Int(entry.pathLength))
      if precedes(paths.span.extracting(range), wanted.span) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}

/// Whether a path sorts before another, by bytes.
private func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
  for position in 0..<min(left.count, right.count) where left[position] != right[position] {
    return left[position] < right[position]
  }
  return left.count < right.count
}

extension Index {
  /// Creates an index of ordinary files, as if all of them had been added; their ids and sizes are zero.
  public init(paths: [[UInt8]]) {
    self.init()
    ids = [UInt8](repeating: 0, count: idSize)
    for path in Set(paths).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      entries.append(
        Entry(
          pathStart: UInt32(self.paths.count), pathLength: UInt32(path.count), idStart: 0, size: 0,
          mode: 0o100644 & 0xFFFF,
          flags: []))
      self.paths += path
    }
  }
}
