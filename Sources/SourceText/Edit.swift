/// A change to a text: a range of its bytes, and what stands there afterwards.
///
/// Nothing outside the range changes. An edit with an empty range inserts.
public struct Edit: Hashable, Sendable {
  /// The bytes that go.
  public let range: ByteRange
  /// The bytes that come.
  public let replacement: [UInt8]

  /// Creates an edit of `range`.
  public init(_ range: ByteRange, _ replacement: [UInt8]) {
    self.range = range
    self.replacement = replacement
  }

  /// Creates an edit of `range` with text.
  public init(_ range: ByteRange, _ replacement: String) {
    self.init(range, Array(replacement.utf8))
  }

  /// Whether the two cannot be applied together, because one change depends on the other.
  ///
  /// Two insertions at the same place conflict too: their order would be a guess.
  public func conflicts(with other: Edit) -> Bool {
    if range.isEmpty && other.range.isEmpty { return range.lower == other.range.lower }
    if range.isEmpty { return range.lower > other.range.lower && range.lower < other.range.upper }
    if other.range.isEmpty { return other.conflicts(with: self) }
    return range.overlaps(other.range)
  }
}

/// Edits of one text that cannot be applied together.
public struct EditConflict: Error, Hashable, Sendable {
  /// The edit that comes first in the text.
  public let first: Edit
  /// The edit that conflicts with it.
  public let second: Edit
}

/// The bytes after all `edits`, each of which speaks of the bytes as they are now.
///
/// The order of `edits` does not matter. Two equal edits count once.
///
/// - Throws: ``EditConflict`` where two edits depend on each other.
public func applying(_ edits: [Edit], to bytes: [UInt8]) throws(EditConflict) -> [UInt8] {
  let sorted = Set(edits).sorted { ($0.range, $0.replacement.count) < ($1.range, $1.replacement.count) }
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count + sorted.reduce(0) { $0 + $1.replacement.count })
  var offset = 0
  for (index, edit) in sorted.enumerated() {
    if index > 0, sorted[index - 1].conflicts(with: edit) {
      throw EditConflict(first: sorted[index - 1], second: edit)
    }
    result += bytes[offset..<edit.range.lower]
    result += edit.replacement
    offset = edit.range.upper
  }
  return result + bytes[offset...]
}
