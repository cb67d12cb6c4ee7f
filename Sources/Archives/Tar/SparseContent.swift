/// Tells a visitor of the data of a sparse file as they pass by, and of the holes between them.
struct SparseContent {
  private let parts: [SparseMap.Part]
  private let size: Int
  /// Which part the next data belong to.
  private var next = 0
  /// How many bytes of it have passed by.
  private var taken = 0
  /// How much of the file has been told.
  private var position = 0

  /// - Parameters:
  ///   - map: the map of the file, which must fit its size and its data.
  ///   - size: the size of the file.
  init(_ map: SparseMap, size: Int) {
    parts = map.parts
    self.size = size
  }

  /// Takes further data.
  mutating func take<Visitor: TarVisitor>(_ bytes: Span<UInt8>, _ visitor: inout Visitor) {
    var start = 0
    while start < bytes.count, next < parts.count {
      let part = parts[next]
      if taken == 0 { skip(to: part.offset, &visitor) }
      let count = min(part.count - taken, bytes.count - start)
      visitor.content(bytes.extracting(start..<(start + count)))
      start += count
      position += count
      taken += count
      if taken == part.count {
        next += 1
        taken = 0
      }
    }
  }

  /// Tells of the hole at the end, once all data have passed by.
  mutating func finish<Visitor: TarVisitor>(_ visitor: inout Visitor) {
    skip(to: size, &visitor)
  }

  private mutating func skip<Visitor: TarVisitor>(to end: Int, _ visitor: inout Visitor) {
    if end > position { visitor.hole(end - position) }
    position = end
  }
}
