/// A file that lists users or groups.
enum UserFile: Sendable, Hashable, CaseIterable {
  case passwd
  case group

  /// Its name in `/etc`.
  var name: String {
    switch self {
    case .passwd: "passwd"
    case .group: "group"
    }
  }
}

/// Such a file of a layer.
struct KeptUserFile: Sendable {
  /// Its entry in the layer's table.
  let entry: Int
  /// What it says; nil where it is too long.
  let text: [UInt8]?
}

/// The files that list users and groups of all layers of an image, of which only so many bytes are kept.
///
/// Where there are more, those of the upper layers stay, since these are what a container sees. Which those are does not
/// depend on the order in which the layers are read.
struct UserFiles: Sendable {
  private let limit: Int
  private var layers: [Int: [UserFile: KeptUserFile]] = [:]
  private(set) var byteCount = 0
  /// The layers of which a file is too long to be used.
  private(set) var tooLong: Set<Int> = []
  /// The layers whose files are not kept.
  private(set) var dropped: Set<Int> = []
  /// The highest of them: nothing is kept below it.
  private var floor = -1

  /// - Parameter limit: how many bytes are kept; those of the highest layer with such a file are kept in any case.
  init(limit: Int = ReadingLimits.userFileBytes) {
    self.limit = limit
  }

  /// Adds the files of a layer, and drops what goes beyond the limit.
  mutating func add(_ files: [UserFile: KeptUserFile], layer: Int) {
    guard !files.isEmpty else { return }
    if files.values.contains(where: { $0.text == nil }) { tooLong.insert(layer) }
    layers[layer] = files
    byteCount += Self.size(files)
    if layer < floor { drop(layer) }
    while byteCount > limit, layers.count > 1, let lowest = layers.keys.min() { drop(lowest) }
  }

  /// The file of a layer that is its entry; nil where there is none.
  func text(of file: UserFile, layer: Int, entry: Int) -> [UInt8]? {
    guard let kept = layers[layer]?[file], kept.entry == entry else { return nil }
    return kept.text
  }

  private mutating func drop(_ layer: Int) {
    guard let files = layers.removeValue(forKey: layer) else { return }
    byteCount -= Self.size(files)
    dropped.insert(layer)
    floor = max(floor, layer)
  }

  private static func size(_ files: [UserFile: KeptUserFile]) -> Int {
    files.values.reduce(0) { $0 + ($1.text?.count ?? 0) }
  }
}
