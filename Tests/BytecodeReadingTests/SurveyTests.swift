internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import SourceText
internal import Synchronization
internal import Testing

/// A tree in memory that counts what it is asked for.
private final class MemoryTree: BytecodeTree, Sendable {
  struct File: Sendable {
    var bytes: [UInt8] = []
    var size = 0
    var layer: Int?
  }

  private let files: [Path: File]
  private let closed: Set<Path>
  private let known: Set<SourceHashKey>
  private let asked = Mutex<[String: Int]>([:])

  init(_ files: [Path: File], closed: Set<Path> = [], known: Set<SourceHashKey> = []) {
    self.files = files
    self.closed = closed
    self.known = known
  }

  /// How often each question was asked.
  var counts: [String: Int] { asked.withLock { $0 } }

  private func note(_ question: String) { asked.withLock { $0[question, default: 0] += 1 } }

  func entries(of directory: Path) throws(BytecodeReadingError) -> [BytecodeTreeEntry]? {
    note("list \(directory)")
    if closed.contains(directory) { throw BytecodeReadingError(directory, "permission denied") }
    let names = Set(
      files.keys.filter { $0 != directory && $0.isWithin(directory) }.map { path in
        Array(path.relative(to: directory)?.components.first ?? [])
      })
    return names.isEmpty
      ? nil
      : names.map {
        BytecodeTreeEntry(name: $0, kind: files[directory.appending($0)] == nil ? .directory : .file)
      }
  }

  func status(at path: Path) -> BytecodeTreeStatus? {
    files[path].map {
      BytecodeTreeStatus(
        isFile: true, size: $0.size, mtime: FileTime(seconds: 100), mode: 0o644, owner: 0, group: 0, layer: $0.layer)
    }
  }

  func header(of file: Path) throws(BytecodeReadingError) -> [UInt8] {
    note("header")
    return files[file]?.bytes ?? []
  }

  func body(of file: Path) throws(BytecodeReadingError) -> BytecodeBody {
    note("body")
    return .complete(10)
  }

  func sourceHash(of source: Path, _ key: SourceHashKey) throws(BytecodeReadingError) -> UInt64? {
    note("hash")
    return known.contains(key) ? 7 : nil
  }
}

@Suite("A survey asks for no more than it needs")
struct SurveyTests {
  private static let interpreters = Interpreters([CacheTag("cpython-311".utf8)].compactMap(\.self))

  /// A header of 3.11 with these flags, for a source of second 100 and ten bytes, or of hash 7.
  private static func header(_ flags: UInt8, time: UInt8 = 100) -> [UInt8] {
    let check: [UInt8] = flags & 1 == 0 ? [time, 0, 0, 0, 10, 0, 0, 0] : [7, 0, 0, 0, 0, 0, 0, 0]
    return [0xA7, 0x0D, 0x0D, 0x0A, flags, 0, 0, 0] + check
  }

  /// Modules with bytecode, in directories of a thousand.
  private func tree(_ count: Int, _ header: [UInt8], closed: Set<Path> = [], known: Set<SourceHashKey> = [])
    -> (MemoryTree, [Path])
  {
    var files: [Path: MemoryTree.File] = [:]
    var names: [Path] = []
    for number in 0..<count {
      let name = Path("d\(number / 1000)/__pycache__/m\(number).cpython-311.pyc".utf8)
      names.append(name)
      files[name] = MemoryTree.File(bytes: header)
      files[Path("d\(number / 1000)/m\(number).py".utf8)] = MemoryTree.File(size: 10)
    }
    return (MemoryTree(files, closed: closed, known: known), names)
  }

  @Test("each directory is listed once, and a stale file costs its header alone")
  func counts() {
    let (stale, names) = tree(3000, Self.header(0, time: 9))
    let survey = BytecodeSurvey(of: names, in: stale, interpreters: Self.interpreters)
    #expect(survey.facts.count == 3000 && survey.facts.allSatisfy { $0.judgement.verdict == .staleMtime })
    #expect(stale.counts == ["list d0": 1, "list d1": 1, "list d2": 1, "header": 3000])
    let (fresh, others) = tree(10, Self.header(0))
    #expect(
      BytecodeSurvey(of: others, in: fresh, interpreters: Self.interpreters).facts.allSatisfy { $0.isLoaded == true })
    #expect(fresh.counts == ["list d0": 1, "header": 10, "body": 10])
  }

  @Test("a hash that is not there yet is asked for, and the file waits for it")
  func hashes() throws {
    let key = try #require(SourceHashKey(MagicNumber(number: 3495)))
    let (without, names) = tree(2, Self.header(3))
    let first = BytecodeSurvey(of: names, in: without, interpreters: Self.interpreters)
    #expect(first.facts.isEmpty && first.errors.isEmpty)
    #expect(Set(first.missingHashes.map(\.source)) == ["d0/m0.py", "d0/m1.py"])
    #expect(first.missingHashes.allSatisfy { $0.key == key })
    let (with, _) = tree(2, Self.header(3), known: [key])
    let second = BytecodeSurvey(of: names, in: with, interpreters: Self.interpreters)
    #expect(second.facts.map(\.judgement.verdict) == [.freshCheckedHash, .freshCheckedHash])
    #expect(second.missingHashes.isEmpty)
  }

  @Test("of a file for another interpreter nothing is read but its header")
  func foreign() {
    let (tree, names) = tree(3, Self.header(3))
    let other = Interpreters([CacheTag("cpython-38".utf8)].compactMap(\.self))
    let survey = BytecodeSurvey(of: names, in: tree, interpreters: other)
    #expect(survey.facts.map(\.judgement.verdict) == [.foreign, .foreign, .foreign])
    #expect(survey.missingHashes.isEmpty)
    #expect(tree.counts == ["list d0": 1, "header": 3])
  }

  @Test("a directory that cannot be listed is an error, told once, and its files are judged")
  func closed() {
    let (tree, names) = tree(5, Self.header(0), closed: ["d0"])
    let survey = BytecodeSurvey(of: names, in: tree, interpreters: Self.interpreters)
    #expect(survey.facts.map(\.judgement.verdict) == Array(repeating: .fresh, count: 5))
    #expect(survey.errors == [BytecodeReadingError("d0", "permission denied")])
  }

  @Test("facts come in the order of layers, then of paths, and know what is tracked")
  func order() {
    let header = Self.header(0)
    let files: [Path: MemoryTree.File] = [
      "__pycache__/a.cpython-311.pyc": MemoryTree.File(bytes: header, layer: 2),
      "__pycache__/b.cpython-311.pyc": MemoryTree.File(bytes: header, layer: 0),
      "__pycache__/c.cpython-311.pyc": MemoryTree.File(bytes: header, layer: 0),
      "README": MemoryTree.File(),
    ]
    let survey = BytecodeSurvey(of: files.keys, in: MemoryTree(files), interpreters: Self.interpreters) {
      $0 == "__pycache__/c.cpython-311.pyc"
    }
    #expect(survey.facts.map { String(decoding: $0.name.module, as: UTF8.self) } == ["b", "c", "a"])
    #expect(survey.facts.map(\.layer) == [0, 0, 2])
    #expect(survey.facts.map(\.isTracked) == [false, true, false])
  }
}
