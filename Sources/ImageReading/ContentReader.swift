internal import Archives
internal import Bytecode
internal import Caches
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
  /// How many bytes of them were kept.
  private var scriptBytes = 0
  /// How many more scripts there were than their limits let be kept.
  private(set) var furtherScripts = 0
  /// How many bytes were kept for texts, and how many more files had some.
  private var textBytes = 0
  private var furtherTexts = 0
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
    if !wish.proofTexts.isEmpty { wantedStart = headLimit }
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
    if wish.userFile != nil { append(bytes, to: &kept, limit: limits.userFileSize + 1) }
  }

  /// Takes further bytes that all are zero.
  mutating func update(zeros count: Int) {
    var left = count
    while left > 0, !isSettled {
      let piece = Self.zeros.span.extracting(first: left)
      update(piece)
      left -= piece.count
    }
  }

  private static let zeros = [UInt8](repeating: 0, count: 16 << 10)

  private mutating func takeStart(_ bytes: Span<UInt8>) {
    let before = start.count
    append(bytes, to: &start, limit: wantedStart)
    guard wish.mayBeScript, !isScript, before < ScriptLine.mark.count, start.count >= ScriptLine.mark.count else {
      return
    }
    guard start.starts(with: ScriptLine.mark) else {
      if !isProof { wantedStart = 0 }
      return
    }
    guard !isFullOfScripts else {
      furtherScripts += 1
      if !isProof { wantedStart = 0 }
      return
    }
    scripts += 1
    isScript = true
    wantedStart = max(wantedStart, ScriptLine.readSize)
    append(bytes.extracting((start.count - before)...), to: &start, limit: wantedStart)
  }

  /// Whether the start may prove a cache.
  private var isProof: Bool { wish.wantsHead || !wish.proofTexts.isEmpty }

  private var isFullOfScripts: Bool { scripts >= limits.scripts || scriptBytes >= limits.scriptShare }

  /// Which limit has kept scripts from being known, and what to do; nil where none has.
  var scriptRemark: String? {
    guard furtherScripts > 0 else { return nil }
    let what =
      scripts < limits.scripts
      ? "there are \(furtherScripts) more scripts than first lines fit into \(limits.scriptShare) bytes, the layer's share of "
        + "the \(ReadingLimits.scriptBytes) bytes of an image"
      : "there are \(furtherScripts) more scripts than \(limits.scripts), the limit"
    let advice = scripts < limits.scripts ? "it cannot be raised" : LimitName.scripts.advice(at: limits.scripts)
    return "\(what): what runs these is not known; \(advice)"
  }

  private func append(_ bytes: Span<UInt8>, to target: inout [UInt8], limit: Int) {
    let count = min(bytes.count, limit - target.count)
    guard count > 0 else { return }
    unsafe bytes.extracting(..<count).withUnsafeBufferPointer { unsafe target.append(contentsOf: $0) }
  }

  /// Whether nothing that follows can matter any more.
  var isSettled: Bool {
    hash == nil && sources == nil && (wish.userFile == nil || kept.count > limits.userFileSize)
      && (scan?.isSettled ?? true)
      && start.count >= wantedStart
  }

  /// The first bytes of what may prove a cache, the first line of a script, and nothing of other files.
  var head: [UInt8] {
    var proof = wish.wantsHead ? min(start.count, ReadingLimits.headSize) : 0
    if !isFullOfTexts { proof = max(proof, textEnd) }
    guard isScript else { return proof == start.count ? start : Array(start[..<proof]) }
    let line = min(start.firstIndex(of: UInt8(ascii: "\n")) ?? start.count, ScriptLine.readSize)
    return Array(start[..<max(line, proof)])
  }

  /// Where the texts end that may prove a cache; 0 where there are none, as in most files such as README.
  private var textEnd: Int { wish.proofTexts.compactMap { end(of: $0, in: start[...]) }.max() ?? 0 }

  private var isFullOfTexts: Bool { textBytes >= limits.textShare }

  /// Which limit has kept texts from being known; nil where none has.
  var textRemark: String? {
    guard furtherTexts > 0 else { return nil }
    return
      "there are \(furtherTexts) more texts that may prove a cache than fit into \(limits.textShare) bytes, the layer's share "
      + "of the \(ReadingLimits.textBytes) bytes of an image: caches that they prove are not found; it cannot be raised"
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
  mutating func finish(_ entry: Int, into layer: inout LayerContent, isWhole: Bool = true) {
    if let scan {
      layer.bytecode.add(entry, header: scan.header, body: isWhole || scan.isSettled ? scan.finish() : nil)
    }
    if isWhole, let sources { layer.bytecode.add(entry, hashes: sources.finish()) }
    let texts = textEnd
    if texts > 0 {
      if isFullOfTexts { furtherTexts += 1 } else { textBytes += texts }
    }
    if isScript { scriptBytes += head.count }
    // A name that an archive has several times is what it was last.
    if let file = wish.userFile {
      layer.userFiles[file] = KeptUserFile(entry: entry, text: kept.count <= limits.userFileSize ? kept : nil)
    }
  }
}

/// What is kept of a layer beside its table.
struct LayerContent: Sendable {
  /// The bytecode and the hashes of sources.
  var bytecode = LayerBytecode()
  /// The files that list users and groups.
  var userFiles: [UserFile: KeptUserFile] = [:]

  /// Hands over the files that list users and groups.
  mutating func takeUserFiles() -> [UserFile: KeptUserFile] {
    defer { userFiles = [:] }
    return userFiles
  }
}
