public import Bytecode

/// What passed by of the bytecode in one layer, and of the sources that a hash is compared with.
///
/// Entries are numbered as in the layer's table (`EntryNumber/entry`).
public struct LayerBytecode: Sendable {
  /// What was seen of one bytecode file.
  public struct Scan: Sendable, Hashable {
    /// Its first bytes: 16, or all of a shorter file.
    public let header: [UInt8]
    /// What is known of the code behind the header; nil where the file was not read to the end that matters.
    public let body: BytecodeBody?
  }

  // Arrays of their own, since a layer may have a hundred thousand of them.
  private var entries: [UInt32] = []
  private var headers: [UInt8] = []
  private var lengths: [UInt8] = []
  private var bodies: [BytecodeBody?] = []
  private var hashes: [UInt32: [SourceHashKey: UInt64]] = [:]
  /// The keys of the hashes that the bytecode holds.
  public private(set) var keys: Set<SourceHashKey> = []
  /// Whether there are links with names of bytecode, which may lead to files with other names.
  var hasLinks = false

  init() {}

  /// How many bytecode files there are.
  public var count: Int { entries.count }

  /// What was seen of an entry; nil for what is no bytecode.
  public func scan(ofEntry entry: Int) -> Scan? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle] < entry { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low] == entry else { return nil }
    let start = low * HeaderFormat.longest
    return Scan(header: Array(headers[start..<(start + Int(lengths[low]))]), body: bodies[low])
  }

  /// The hashes that were taken of a source.
  public func hashes(ofEntry entry: Int) -> [SourceHashKey: UInt64] {
    hashes[UInt32(truncatingIfNeeded: entry)] ?? [:]
  }

  /// Takes a bytecode file; entries come in order.
  mutating func add(_ entry: Int, header: [UInt8], body: BytecodeBody?) {
    entries.append(UInt32(truncatingIfNeeded: entry))
    headers += header + [UInt8](repeating: 0, count: HeaderFormat.longest - header.count)
    lengths.append(UInt8(truncatingIfNeeded: header.count))
    bodies.append(body)
    if let header = try? BytecodeHeader(header), case .hash = header.validation,
      let key = SourceHashKey(header.magic)
    {
      keys.insert(key)
    }
  }

  /// Notes the name of a link.
  mutating func noteLink(_ name: [UInt8]) {
    guard !hasLinks, let last = name.last, Self.lastBytes.contains(last) else { return }
    let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    hasLinks = BytecodeName.isBytecode(name[start...])
  }

  /// The last bytes of names of bytecode, and of what is left of an interrupted write.
  private static let lastBytes = Set("co0123456789".utf8)

  /// Takes hashes of a source.
  mutating func add(_ entry: Int, hashes: [SourceHashKey: UInt64]) {
    self.hashes[UInt32(truncatingIfNeeded: entry), default: [:]].merge(hashes) { $1 }
  }

  /// Takes what another pass over the layer has seen.
  mutating func merge(_ other: LayerBytecode) {
    if !other.entries.isEmpty {
      var scans = entries.indices.map { ($0, self) } + other.entries.indices.map { ($0, other) }
      scans.sort { $0.1.entries[$0.0] < $1.1.entries[$1.0] }
      var merged = LayerBytecode()
      for (index, part) in scans {
        let entry = Int(part.entries[index])
        if let scan = part.scan(ofEntry: entry) { merged.add(entry, header: scan.header, body: scan.body) }
      }
      merged.hashes = hashes
      merged.hasLinks = hasLinks
      merged.keys.formUnion(keys)
      self = merged
    }
    for (entry, hashes) in other.hashes { self.hashes[entry, default: [:]].merge(hashes) { $1 } }
  }
}
