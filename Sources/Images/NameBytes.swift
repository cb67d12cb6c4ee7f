/// The bytes of names one after the other, in pieces: what has been used is given back while the rest is still needed.
struct NameBytes: Sendable {
  /// How large a piece is at most: much more than a name, and little beside what an image needs.
  private static let pieceSize = 1 << 20

  /// The pieces; no name lies in two of them.
  private(set) var pieces: [[UInt8]] = []
  /// How many bytes have been added.
  private(set) var count = 0

  /// Adds a name, or the part of it that is kept.
  mutating func append(_ name: ArraySlice<UInt8>) {
    if pieces.isEmpty || pieces[pieces.count - 1].count + name.count > Self.pieceSize { pieces.append([]) }
    pieces[pieces.count - 1] += name
    count += name.count
  }

  /// Gives back a piece that nobody needs any more.
  mutating func drop(_ piece: Int) { pieces[piece] = [] }
}
