internal import Archives
internal import Images

/// The name of a limit that a person may set, as in `--limit zstd-window=64MiB`.
public enum LimitName: String, CaseIterable, Sendable {
  /// ``ReadingLimits/bytecodeSize``
  case bytecodeSize = "bytecode-size"
  /// `ArchiveLimits.entries`
  case entries
  /// ``ReadingLimits/outerEntries``
  case outerEntries = "outer-entries"
  /// `ArchiveLimits.pathDepth`
  case pathDepth = "path-depth"
  /// `ArchiveLimits.pathLength`
  case pathLength = "path-length"
  /// `ArchiveLimits.ratio`
  case ratio
  /// `ArchiveLimits.recordSize`
  case recordSize = "record-size"
  /// ``ReadingLimits/scripts``
  case scripts
  /// `ArchiveLimits.sparseParts`
  case sparseParts = "sparse-parts"
  /// ``ReadingLimits/spooledSize``
  case spooledSize = "spooled-size"
  /// ``ReadingLimits/treeDepth``
  case treeDepth = "tree-depth"
  /// `ArchiveLimits.uncompressedSize`
  case uncompressedSize = "uncompressed-size"
  /// ``ReadingLimits/userFileSize``
  case userFileSize = "user-file-size"
  /// `ArchiveLimits.xzMemory`
  case xzMemory = "xz-memory"
  /// `ArchiveLimits.zstdWindow`
  case zstdWindow = "zstd-window"

  /// Whether it counts bytes.
  public var isSize: Bool {
    switch self {
    case .bytecodeSize, .pathLength, .recordSize, .spooledSize, .uncompressedSize, .userFileSize, .xzMemory,
      .zstdWindow:
      true
    case .entries, .outerEntries, .pathDepth, .ratio, .scripts, .sparseParts, .treeDepth: false
    }
  }

  /// The largest value that is taken.
  ///
  /// What is kept in memory stays bounded by it, and no limit can be raised beyond one that comes after it.
  public var maximum: Int {
    switch self {
    case .entries, .outerEntries: ImageLimits.entryCount
    case .pathDepth, .treeDepth: ImageLimits.pathDepth
    case .pathLength: 64 << 10
    case .scripts: ReadingLimits.scriptBytes / ScriptLine.readSize
    case .recordSize, .userFileSize: 1 << 30
    case .uncompressedSize: ImageLimits.contentBytes
    // What libzstd allows on machines of 64 bits (`ZSTD_WINDOWLOG_MAX`).
    case .zstdWindow: 1 << 31
    // A dictionary of 4 GiB is the largest that xz knows.
    case .xzMemory: 5 << 30
    case .bytecodeSize, .ratio, .sparseParts, .spooledSize: 1 << 60
    }
  }

  /// What to do where the limit is reached: raise it, as far as that is possible.
  func advice(at value: Int) -> String {
    guard value < maximum else { return "it cannot be raised" }
    return "raise it with --limit \(rawValue)=\(isSize ? "SIZE" : "COUNT")"
  }
}

extension ReadingLimits {
  /// Sets a limit.
  ///
  /// - Parameters:
  ///   - name: which one.
  ///   - value: the limit, from 1 to ``LimitName/maximum``.
  public mutating func set(_ name: LimitName, to value: Int) {
    switch name {
    case .bytecodeSize: bytecodeSize = value
    case .entries: archive.entries = value
    case .outerEntries: outerEntries = value
    case .pathDepth: archive.pathDepth = value
    case .pathLength: archive.pathLength = value
    case .ratio: archive.ratio = value
    case .recordSize: archive.recordSize = value
    case .scripts: scripts = value
    case .sparseParts: archive.sparseParts = value
    case .spooledSize: spooledSize = value
    case .treeDepth: treeDepth = value
    case .uncompressedSize: archive.uncompressedSize = value
    case .userFileSize: userFileSize = value
    case .xzMemory: archive.xzMemory = value
    case .zstdWindow: archive.zstdWindow = value
    }
  }
}

extension ArchiveError.Limit {
  /// What to do where it is reached.
  var advice: String {
    switch self {
    case .uncompressedSize(let value): LimitName.uncompressedSize.advice(at: value)
    case .recordSize(let value): LimitName.recordSize.advice(at: value)
    case .pathLength(let value): LimitName.pathLength.advice(at: value)
    case .pathDepth(let value): LimitName.pathDepth.advice(at: value)
    case .entries(let value): LimitName.entries.advice(at: value)
    case .sparseParts(let value): LimitName.sparseParts.advice(at: value)
    case .zstdWindow(let value): LimitName.zstdWindow.advice(at: value)
    case .xzMemory(let value): LimitName.xzMemory.advice(at: value)
    case .ratio(let value): LimitName.ratio.advice(at: value)
    }
  }
}
