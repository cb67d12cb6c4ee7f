/// Many globs over names, of which those that match a name are found without trying them all.
///
/// It is asked once for every file of a repository, and nearly always the answer is "none": so a
/// plain name is looked up by three of its bytes, `*.ext` by its last byte, and of the few other
/// globs only those are tried that can begin, or end, as the name does.
struct NameTable: Sendable {
  /// A name or an ending in the arena, what was registered for it, and the next of its chain.
  private struct Entry: Sendable {
    let start: Int32
    let count: Int32
    let payload: Int32
    let next: Int16
  }

  /// A glob, and the next of each chain that it is in.
  private struct GlobEntry: Sendable {
    let glob: NameGlob
    let payload: Int
  }

  private static let none: Int16 = -1
  private static let bucketCount = 512
  private var arena: [UInt8] = []
  private var entries: [Entry] = []
  /// The first entry of each chain: names by a hash, then endings by their last byte.
  private var heads = [Int16](repeating: none, count: bucketCount + 256)
  private var globs: [GlobEntry] = []
  /// For each byte, which globs can begin with it (low half) or, beginning with a star, end with it.
  private var globsByFirst = [UInt64](repeating: 0, count: 256)
  private var globsByLast = [UInt64](repeating: 0, count: 256)

  /// Registers `payload` for the names of a form; nothing happens beyond 32,000 names or 64 globs,
  /// more than the catalogue is tested to have.
  mutating func add(_ comparison: NameForm.Comparison, _ text: ArraySlice<UInt8>, _ payload: Int) {
    guard let last = text.last else { return }
    switch comparison {
    case .name: addEntry(text, payload, chain: Self.bucket(text.span))
    case .ending: addEntry(text, payload, chain: Self.bucketCount + Int(last))
    case .glob: addGlob(NameGlob(text), payload)
    }
  }

  private mutating func addEntry(_ text: ArraySlice<UInt8>, _ payload: Int, chain: Int) {
    guard let number = Int16(exactly: entries.count), let payload = Int32(exactly: payload) else { return }
    entries.append(
      Entry(start: Int32(arena.count), count: Int32(text.count), payload: payload, next: heads[chain]))
    heads[chain] = number
    arena += text
  }

  private mutating func addGlob(_ glob: NameGlob, _ payload: Int) {
    guard globs.count < 64 else { return }
    let mark: UInt64 = 1 << UInt64(globs.count)
    globs.append(GlobEntry(glob: glob, payload: payload))
    if let first = glob.tokens.first?.bytes {
      for byte in first { globsByFirst[Int(byte)] |= mark }
    } else {
      for byte in glob.tokens.last?.bytes ?? ByteSet.all.members { globsByLast[Int(byte)] |= mark }
    }
  }

  /// What was registered for the globs that match `name`, in the order of registration.
  func payloads(for name: ArraySlice<UInt8>) -> [Int] {
    let bytes = name.span
    guard bytes.count > 0 else { return [] }
    let first = Int(bytes[0])
    let last = Int(bytes[bytes.count - 1])
    var found: [Int] = []
    var number = heads[Self.bucket(bytes)]
    while number >= 0 {
      let entry = entries[Int(number)]
      if Int(entry.count) == bytes.count, ends(bytes, entry) { found.append(Int(entry.payload)) }
      number = entry.next
    }
    number = heads[Self.bucketCount + last]
    while number >= 0 {
      let entry = entries[Int(number)]
      if Int(entry.count) <= bytes.count, ends(bytes, entry) { found.append(Int(entry.payload)) }
      number = entry.next
    }
    var marks = globsByFirst[first] | globsByLast[last]
    while marks != 0 {
      let glob = globs[marks.trailingZeroBitCount]
      if glob.glob.matches(name) { found.append(glob.payload) }
      marks &= marks - 1
    }
    if found.count > 1 { found.sort() }
    return found
  }

  /// Whether `name`, which is long enough, ends with the bytes of an entry; looks from the back,
  /// where names differ.
  private func ends(_ name: Span<UInt8>, _ entry: Entry) -> Bool {
    let text = arena.span
    var left = name.count - 1
    var right = Int(entry.start + entry.count) - 1
    while right >= Int(entry.start) {
      if name[left] != text[right] { return false }
      left -= 1
      right -= 1
    }
    return true
  }

  private static func bucket(_ name: Span<UInt8>) -> Int {
    let first = Int(name[0])
    let last = Int(name[name.count - 1])
    return (first &* 7 &+ last &* 131 &+ name.count &* 29) & (bucketCount - 1)
  }
}

extension NameGlob.Token {
  /// The bytes that it stands for, or nil for a star.
  fileprivate var bytes: [UInt8]? {
    switch self {
    case .byte(let byte): [byte]
    case .set(let set): set.members
    case .star: nil
    }
  }
}
