/// Many globs over names, of which those that match a name are found without trying them all.
///
/// It is asked once for every file of a repository, and nearly always the answer is "none": so a
/// plain name is looked up by three of its bytes, `*.ext` by its last byte, and of the few other
/// globs only those are tried that can begin, or end, as the name does.
struct NameTable: Sendable {
  /// A name or an ending, and what was registered for it.
  private struct Entry: Sendable {
    let bytes: [UInt8]
    let payload: Int
  }

  private static let bucketCount = 1024
  private var names = [[Entry]](repeating: [], count: bucketCount)
  private var endings = [[Entry]](repeating: [], count: 256)
  private var globs: [(glob: NameGlob, payload: Int)] = []
  private var globsByFirst = [[UInt16]](repeating: [], count: 256)
  private var globsByLast = [[UInt16]](repeating: [], count: 256)

  /// Registers `payload` for the names that a glob matches.
  mutating func add(_ glob: NameGlob, _ payload: Int) {
    for variant in glob.variants {
      if let name = variant.literal {
        names[bucket(name[...])].append(Entry(bytes: name, payload: payload))
      } else if let ending = variant.ending, let last = ending.last {
        endings[Int(last)].append(Entry(bytes: ending, payload: payload))
      } else {
        addGlob(variant, payload)
      }
    }
  }

  private mutating func addGlob(_ glob: NameGlob, _ payload: Int) {
    guard let number = UInt16(exactly: globs.count) else { return }
    globs.append((glob, payload))
    if let first = glob.tokens.first?.bytes {
      for byte in first { globsByFirst[Int(byte)].append(number) }
    } else {
      for byte in glob.tokens.last?.bytes ?? ByteSet.all.members { globsByLast[Int(byte)].append(number) }
    }
  }

  /// What was registered for the globs that match `name`, in the order of registration.
  func payloads(for name: ArraySlice<UInt8>) -> [Int] {
    guard let first = name.first, let last = name.last else { return [] }
    var found: [Int] = []
    for entry in names[bucket(name)] where name.elementsEqual(entry.bytes) { found.append(entry.payload) }
    for entry in endings[Int(last)] where name.count >= entry.bytes.count {
      if name.suffix(entry.bytes.count).elementsEqual(entry.bytes) { found.append(entry.payload) }
    }
    for number in globsByFirst[Int(first)] where globs[Int(number)].glob.matches(name) {
      found.append(globs[Int(number)].payload)
    }
    for number in globsByLast[Int(last)] where globs[Int(number)].glob.matches(name) {
      found.append(globs[Int(number)].payload)
    }
    if found.count > 1 { found.sort() }
    return found
  }

  private func bucket(_ name: ArraySlice<UInt8>) -> Int {
    guard let first = name.first, let last = name.last else { return 0 }
    return (Int(first) &* 7 &+ Int(last) &* 131 &+ name.count &* 29) & (Self.bucketCount - 1)
  }
}

extension NameGlob {
  /// The globs without sets that together match the same names, where they are few; else itself.
  fileprivate var variants: [NameGlob] {
    var variants = [NameGlob([])]
    for token in tokens {
      guard case .set(let set) = token else {
        variants = variants.map { NameGlob(tokens: $0.tokens + [token]) }
        continue
      }
      let members = set.members
      guard members.count * variants.count <= 8 else { return [self] }
      variants = variants.flatMap { variant in
        members.map { NameGlob(tokens: variant.tokens + [.byte($0)]) }
      }
    }
    return variants
  }

  fileprivate init(tokens: [Token]) {
    self.tokens = tokens
  }

  /// The bytes after the star, for a glob like `*.ext`.
  fileprivate var ending: [UInt8]? {
    guard tokens.first == .star else { return nil }
    return NameGlob(tokens: Array(tokens.dropFirst())).literal
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
