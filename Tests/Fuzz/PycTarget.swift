import Bytecode
import SourceText
import Versions

/// Holds the readers of bytecode to what they promise for any bytes: those of a file, of a name and of a source.
func checkPyc(_ bytes: [UInt8]) {
  checkScan(bytes)
  checkName(bytes)
  checkHash(bytes)
  checkJudgements(bytes)
}

/// The size of pieces makes no difference, and a recursive reader comes to the same answer.
private func checkScan(_ bytes: [UInt8]) {
  let whole = scan(bytes, of: bytes.count)
  for step in [1, 3, 16, 17] where bytes.count < 4096 || step > 3 {
    let parts = scan(bytes, of: step)
    demand(
      parts.header == whole.header && parts.body == whole.body, "pieces of \(step): \(parts.body), not \(whole.body)")
  }
  demand(whole.header == Array(bytes.prefix(HeaderFormat.longest)), "the header is another one")
  let magic = MagicNumber(bytes)
  guard let format = magic.flatMap(HeaderFormat.init), bytes.count >= format.length else { return }
  let body = Array(bytes[format.length...])
  if case .complete(let length) = whole.body {
    demand(length <= body.count, "the code is longer than the file")
    let end = format.length + Int(length)
    demand(scan(Array(bytes[..<end]), of: end).body == whole.body, "what follows the code makes a difference")
    let cut = scan(Array(bytes[..<(end - 1)]), of: end).body
    demand(cut == .broken(.truncated, offset: length - 1), "without its last byte the code is \(cut)")
  }
  guard case .release(let version) = magic?.origin, version.implementation == .cpython, let minor = version.minor,
    version.major == 3, (6...13).contains(minor)
  else { return }
  var reader = RecursiveReader(bytes: body, minor: minor)
  let expected = reader.read(depth: 1) == .code ? reader.offset : nil
  if case .complete(let length) = whole.body {
    demand(expected == Int(length), "the code ends at \(length), not at \(expected ?? -1)")
  } else {
    demand(expected == nil, "the code ends at \(expected ?? -1), but is \(whole.body)")
  }
}

private func scan(_ bytes: [UInt8], of step: Int) -> (header: [UInt8], body: BytecodeBody) {
  var scan = BytecodeScan()
  for start in stride(from: 0, to: bytes.count, by: max(step, 1)) {
    scan.update(Array(bytes[start..<min(start + step, bytes.count)]))
  }
  return (scan.header, scan.finish())
}

/// A second reader of the same format, as simple as can be, for CPython 3.6 to 3.13.
private struct RecursiveReader {
  enum Object { case null, code, other }

  let bytes: [UInt8]
  let minor: Int
  private(set) var offset = 0

  init(bytes: [UInt8], minor: Int) {
    self.bytes = bytes
    self.minor = minor
  }

  /// Reads an object; nil where it is none.
  mutating func read(depth: Int) -> Object? {
    guard depth <= MarshalWalker.depthLimit, let type = byte() else { return nil }
    switch UnicodeScalar(type & 0x7F) {
    case "0": return .null
    case "N", "F", "T", "S", ".": return .other
    case "i", "r": return pass(4)
    case "I", "g": return pass(8)
    case "y": return pass(16)
    case "s", "t", "u", "a", "A": return number().flatMap { pass($0) }
    case "z", "Z", "f": return byte().flatMap { pass(Int($0)) }
    case "x":
      guard let first = byte(), pass(Int(first)) != nil, let second = byte() else { return nil }
      return pass(Int(second))
    case "l": return number().flatMap { pass(2 * abs($0)) }
    case ")": return byte().flatMap { items(Int($0), depth) }
    case "(", "[", "<", ">": return number().flatMap { items($0, depth) }
    case "{":
      while true {
        guard let key = read(depth: depth + 1) else { return nil }
        if key == .null { return .other }
        guard let value = read(depth: depth + 1) else { return nil }
        if value == .null { return .other }
      }
    case "c":
      guard pass(4 * (minor < 8 || minor > 10 ? 5 : 6)) != nil, items(8, depth) != nil, pass(4) != nil else {
        return nil
      }
      return items(minor < 11 ? 1 : 2, depth) == nil ? nil : .code
    default: return nil
    }
  }

  private mutating func byte() -> UInt8? {
    guard offset < bytes.count else { return nil }
    offset += 1
    return bytes[offset - 1]
  }

  private mutating func number() -> Int? {
    guard offset + 4 <= bytes.count else { return nil }
    offset += 4
    return Int(Int32(truncatingIfNeeded: (1...4).reduce(0) { $0 << 8 | Int(bytes[offset - $1]) }))
  }

  private mutating func pass(_ count: Int) -> Object? {
    guard count >= 0, count <= bytes.count - offset else { return nil }
    offset += count
    return .other
  }

  private mutating func items(_ count: Int, _ depth: Int) -> Object? {
    guard count >= 0 else { return nil }
    for _ in 0..<count {
      guard let item = read(depth: depth + 1), item != .null else { return nil }
    }
    return .other
  }
}

/// A name is of bytecode or not, and leads back to itself by its source.
private func checkName(_ bytes: [UInt8]) {
  let path = Path(bytes.prefix(256))
  let name = BytecodeName(path)
  demand((name != nil) == BytecodeName.isBytecode(path.name), "the two tests of a name differ")
  _ = Interpreters.tag(shownBy: path)
  guard let name else { return }
  demand(name.source.name.suffix(3).elementsEqual(".py".utf8) && name.source.name.count > 3, "the source is no source")
  // What doubled slashes separate is put together with single ones.
  guard !path.components.isEmpty, path.bytes.count == path.components.reduce(-1, { $0 + 1 + $1.count }),
    case .cached(let tag, let optimisation) = name.form
  else { return }
  demand(name.isInCacheDirectory, "a name with a tag lies elsewhere")
  demand(CacheTag(tag.bytes) == tag, "the tag is another one")
  let expected = BytecodeName.path(of: name.source, for: tag, optimisation: optimisation)
  demand(expected == path, "the source's bytecode would lie elsewhere")
}

/// The hash is the same in pieces.
private func checkHash(_ bytes: [UInt8]) {
  let keys = [3439, 3495, 336].compactMap { SourceHashKey(MagicNumber(number: $0)) }
  demand(keys.count == 3, "a key is missing")
  var whole = SourceHashes(keys)
  whole.update(bytes)
  var parts = SourceHashes(keys)
  for start in stride(from: 0, to: bytes.count, by: 5) {
    parts.update(Array(bytes[start..<min(start + 5, bytes.count)]))
  }
  demand(whole.finish() == parts.finish(), "the hash in pieces is another one")
}

private let names: [BytecodeName] = [
  "m.pyc", "m.pyo", "__pycache__/m.cpython-311.pyc", "__pycache__/m.cpython-36.opt-1.pyc", "__pycache__/m.pypy39.pyc",
  "__pycache__/m.cpython-34.pyo", "__pycache__/m.cpython-311-pytest-9.0.1.pyc", "__pycache__/m.pyc", "m.pyc.1",
].compactMap { BytecodeName($0) }

private let targets: [Interpreters] = [
  Interpreters(), Interpreters(["cpython-27", "cpython-34", "cpython-311", "pypy39"].compactMap { CacheTag($0.utf8) }),
]

/// Under any name a file is judged once all that is asked for was looked at.
private func checkJudgements(_ bytes: [UInt8]) {
  let (header, body) = scan(bytes, of: bytes.count)
  let seconds = bytes.suffix(8).reduce(0) { Int64(truncatingIfNeeded: $0 << 8 | Int64($1)) }
  let sources = [
    nil, SourceStatus(size: UInt64(bytes.count), mtime: FileTime(seconds: seconds, nanoseconds: 999_999_999)),
  ]
  for name in names {
    for source in sources {
      for interpreters in targets {
        checkJudgement(BytecodeFile(name: name, header: header, source: source), body, interpreters)
      }
    }
  }
}

private func checkJudgement(_ seen: BytecodeFile, _ body: BytecodeBody, _ interpreters: Interpreters) {
  var file = seen
  for _ in 0..<3 {
    do throws(MissingEvidence) {
      let judgement = try BytecodeJudgement(file, interpreters)
      demand((judgement.isLoaded == nil) == interpreters.isEmpty, "of unknown interpreters an outcome is told")
      demand(judgement.isLoaded != true || judgement.importRaises == false, "an import raises that loads the file")
      return
    } catch {
      switch error {
      case .body:
        demand(file.body == nil, "the code is asked for twice")
        file.body = body
      case .sourceHash(let key):
        demand(file.source?.hashes.isEmpty == true && file.hashKey == key, "another hash is asked for")
        file.source?.hashes[key] = UInt64(file.header[8])
      }
    }
  }
  demand(false, "something is asked for again and again")
}
