internal import SourceText

/// How many bytes of holes may still be taken for zeros.
struct HoleBudget {
  /// A source is hashed for each key, which takes so many times as long as to compare contents.
  private static let costOfKey = 16

  private let limit: Int
  private var left: Int
  /// How many files were left out, and the path of the first.
  private var refused = 0
  private var first: [UInt8] = []

  init(_ limit: Int) {
    self.limit = limit
    left = limit
  }

  /// Takes the holes of a file, if there is so much left.
  ///
  /// - Parameters:
  ///   - count: how many bytes they have.
  ///   - keys: how many hashes are taken of the file as a source.
  ///   - path: the file.
  /// - Returns: whether they may be read.
  mutating func take(_ count: Int, keys: Int = 0, of path: [UInt8]) -> Bool {
    let (cost, isHuge) = count.multipliedReportingOverflow(by: 1 + Self.costOfKey * keys)
    guard !isHuge, cost <= left else {
      if refused == 0 { first = path }
      refused += 1
      return false
    }
    left -= cost
    return true
  }

  /// That the content of some files is not known, and why; nil where there are none.
  var remark: String? {
    guard refused > 0 else { return nil }
    let files =
      refused == 1
      ? "the sparse file \(printable(first)) is" : "\(refused) sparse files, the first \(printable(first)), are"
    return
      "\(files) not read whole: holes are read as zeros up to a limit of \(limit) bytes for this layer, and each hash of "
      + "a source counts \(Self.costOfKey) times; what \(refused == 1 ? "it holds" : "they hold") is not known; it cannot be raised"
  }
}
