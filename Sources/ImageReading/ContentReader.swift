internal import Archives
internal import Bytecode
internal import Images

/// Takes the content of one file after the other as it passes by, and keeps what the facts need of it.
struct ContentReader {
  /// The file is one whose parts all are there, so that its content can be judged.
  private var wish = EntryFilter.Wish()
  private var hash: Archives.ContentHash?
  private var scan: BytecodeScan?
  private var scanned = 0
  private var sources: SourceHashes?
  private var start: [UInt8] = []
  /// How much of the start is wanted: nothing of most files.
  private var wantedStart = 0
  private var isScript = false
  /// Of how many scripts the first line was kept.
  private var scripts = 0
  /// How many more scripts there were than their limit lets be kept.
  private(set) var furtherScripts = 0
  private var kept: [UInt8] = []
  private let limits: ReadingLimits

  init(limits: ReadingLimits) {
    self.limits = limits
  }

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - wish: what its name asks for.
  ///   - hashes: whether its content is to be hashed, to tell it from other versions.
  ///   - keys: the keys of the hashes that are taken of it where it is a source.
  mutating func begin(_ wish: EntryFilter.Wish, hashes: Bool, keys: Set<SourceHashKey>) {
    self.wish = wish
    hash = hashes ? Archives.ContentHash() : nil
    scan = wish.isBytecode ? BytecodeScan() : nil
    scanned = 0
    sources = keys.isEmpty ? nil : SourceHashes(keys)
    start.removeAll(keepingCapacity: true)
    isScript = false
    wantedStart = wish.mayBeScript ? ScriptLine.mark.count : 0
    if wish.wantsHead { wantedStart = ReadingLimits.headSize }
    kept.removeAll(keepingCapacity: true)
  }

  /// Takes further bytes.
  mutating func update(_ bytes: Span<UInt8>) {
    hash?.update(bytes)
    if scan != nil, scan?.isSettled == false {
      scan?.update(bytes)
      scanned += bytes.count
    }
    sources?.update(bytes)
    if start.count < wantedStart { takeStart(bytes) }
    // One more than is wanted, so that a file which is too long is known by it.
    if wish.isUserFile { append(bytes, to: &kept, limit: limits.userFileSize + 1) }
  }

  private mutating func takeStart(_ bytes: Span<UInt8>) {
    let before = start.count
    append(bytes, to: &start, limit: wantedStart)
    guard wish.mayBeScript, !isScript, before < ScriptLine.mark.count, start.count >= ScriptLine.mark.count else {
      return
    }
    guard start.starts(with: ScriptLine.mark) else {
      if !wish.wantsHead { wantedStart = 0 }
      return
    }
    guard scripts < limits.scripts else {
      furtherScripts += 1
      if !wish.wantsHead { wantedStart = 0 }
      return
    }
    scripts += 1
    isScript = true
    wantedStart = ScriptLine.readSize
    append(bytes.extracting((start.count - before)...), to: &start, limit: wantedStart)
  }

  private func append(_ bytes: Span<UInt8>, to target: inout [UInt8], limit: Int) {
    let count = min(bytes.count, limit - target.count)
    guard count > 0 else { return }
    unsafe bytes.extracting(..<count).withUnsafeBufferPointer { unsafe target.append(contentsOf: $0) }
  }

  /// Whether nothing that follows can matter any more.
  var isSettled: Bool {
    hash == nil && sources == nil && (!wish.isUserFile || kept.count > limits.userFileSize) && (scan?.isSettled ?? true)
      && start.count >= wantedStart
  }

  /// The first bytes of what may prove a cache, the first line of a script, and nothing of other files.
  var head: [UInt8] {
    let proof = wish.wantsHead ? min(start.count, ReadingLimits.headSize) : 0
    guard isScript else { return proof == start.count ? start : Array(start[..<proof]) }
    let line = start.firstIndex(of: UInt8(ascii: "\n")) ?? start.count
    return Array(start[..<max(line, proof)])
  }

  /// How many bytes of bytecode have been looked at.
  var scannedBytes: Int { scanned }

  /// The hash of the content, where it was taken.
  var contentHash: Images.ContentHash? {
    hash.map { hash in
      let value = hash.finish()
      return Images.ContentHash(high: value.high, low: value.low)
    }
  }

  /// Hands over what was seen beside, once the table has taken the file.
  ///
  /// - Parameters:
  ///   - entry: the number that the file got.
  ///   - layer: what takes it.
  ///   - isWhole: whether the file was read to its end.
  func finish(_ entry: Int, into layer: inout LayerContent, isWhole: Bool = true) {
    if let scan {
      layer.bytecode.add(entry, header: scan.header, body: isWhole || scan.isSettled ? scan.finish() : nil)
    }
    if isWhole, let sources { layer.bytecode.add(entry, hashes: sources.finish()) }
    if wish.isUserFile, kept.count <= limits.userFileSize { layer.userFiles[entry] = kept }
  }
}

/// What is kept of a layer beside its table.
struct LayerContent: Sendable {
  /// The bytecode and the hashes of sources.
  var bytecode = LayerBytecode()
  /// The content of the files that list users and groups, by their entries.
  var userFiles: [Int: [UInt8]] = [:]
}
