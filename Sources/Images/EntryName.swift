/// A name of an archive in the form in which paths are compared: no slash at the start, no `.`, no `..`.
struct EntryName {
  private(set) var bytes: [UInt8] = []
  /// Whether the name leads above the root, where it is held.
  private(set) var leadsOutside = false
  /// How many names the path has.
  private(set) var depth = 0

  /// Reads another name; the memory of the last one is used again.
  mutating func read(_ name: Span<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    leadsOutside = false
    depth = 0
    var start = 0
    for index in 0...name.count {
      guard index == name.count || name[index] == UInt8(ascii: "/") else { continue }
      take(name, start, index)
      start = index + 1
    }
  }

  private mutating func take(_ name: Span<UInt8>, _ start: Int, _ end: Int) {
    let length = end - start
    if length == 0 { return }
    let isDotted = name[start] == UInt8(ascii: ".")
    if isDotted, length == 1 { return }
    if isDotted, length == 2, name[start + 1] == UInt8(ascii: ".") {
      if depth == 0 {
        leadsOutside = true
      } else {
        bytes.removeLast(bytes.count - (bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0))
        depth -= 1
      }
      return
    }
    if depth > 0 { bytes.append(UInt8(ascii: "/")) }
    bytes.append(name.extracting(start..<end))
    depth += 1
  }
}

extension Array<UInt8> {
  /// Appends the bytes of a span.
  mutating func append(_ span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
