internal import SourceText

/// How many bytes of holes may still be taken for zeros.
struct HoleBudget {
  private var left = ReadingLimits.holeBytes
  /// How many files had more.
  private var refused = 0

  /// Takes the holes of a file, if there is so much left.
  mutating func take(_ count: Int) -> Bool {
    guard count <= left else {
      refused += 1
      return false
    }
    left -= count
    return true
  }

  /// That the content of some files is not known, and why; nil where there are none.
  var remark: String? {
    guard refused > 0 else { return nil }
    return "\(refused) sparse \(refused == 1 ? "file has" : "files have") more holes than the "
      + "\(ReadingLimits.holeBytes) bytes of them that are read of a layer: whether a later copy of "
      + "\(refused == 1 ? "it" : "them") is a rewrite is not known; the limit cannot be raised"
  }
}
