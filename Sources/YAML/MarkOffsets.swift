internal import SourceText

/// Turns libyaml's positions, which count code points, into byte offsets.
///
/// Every 64th code point's offset is kept, so that a position costs a short walk, and a text that is
/// all ASCII keeps nothing.
struct MarkOffsets {
  private static let distance = 64

  private let bytes: [UInt8]
  private let start: Int
  private let marks: [Int]

  /// Creates the table of a text whose first code point stands at `start`.
  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    self.start = start
    var marks: [Int] = []
    if bytes[start...].contains(where: { $0 >= 0x80 }) {
      var index = 0
      for offset in start..<bytes.count where !isContinuation(bytes[offset]) {
        if index % Self.distance == 0 { marks.append(offset) }
        index += 1
      }
    }
    self.marks = marks
  }

  /// The byte offset of the code point at `index`; the end of the text for what lies beyond it.
  func offset(of index: Int) -> Int {
    guard !marks.isEmpty else { return min(start + index, bytes.count) }
    let mark = min(index / Self.distance, marks.count - 1)
    var offset = marks[mark]
    var left = index - mark * Self.distance
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, isContinuation(bytes[offset]) { offset += 1 }
      left -= 1
    }
    return offset
  }
}

private func isContinuation(_ byte: UInt8) -> Bool {
  byte & 0xC0 == 0x80
}
