import Bytecode
import Facts
import ImageReading
import Images
import SourceText
import TestSupport
import Testing

@Suite("Bytecode in layers")
struct BytecodeTests {
  private static let source = Array("print(1)\n".utf8)
  /// The magic of CPython 3.11.
  private static let magic = MagicNumber(number: 3495)
  private static let cache = "app/__pycache__/m.cpython-311.pyc"

  private static var key: SourceHashKey { get throws { try #require(SourceHashKey(magic)) } }

  private static func hash(_ bytes: [UInt8]) throws -> UInt64 {
    var hash = SourceHash(try key)
    hash.update(bytes)
    return hash.finish()
  }

  /// Bytecode with the hash of the source, and a body that is no code.
  private static func bytecode() throws -> [UInt8] {
    littleEndian(magic.word) + littleEndian(UInt32(3)) + littleEndian(try hash(source)) + [0x4E]
  }

  private func check(_ result: ReadingResult) throws {
    #expect(result.messages == [])
    let image = try #require(result.images.first)
    let view = image.facts.union.merged
    let item = try #require(view.item(at: Path(Self.cache.utf8)))
    let scan = try #require(image.scan(of: item))
    #expect(scan.header == Array(try Self.bytecode().prefix(16)))
    #expect(scan.body == .broken(.notCode, offset: 0))
    let name = try #require(BytecodeName(Path(Self.cache.utf8)))
    let source = try #require(view.item(at: name.source))
    let status = try #require(image.source(of: source))
    #expect(status.size == 9 && status.mtime == FileTime(seconds: 77))
    #expect(status.hashes == [try Self.key: try Self.hash(Self.source)])
    #expect(image.scan(of: source) == nil)
  }

  @Test("hashes of sources, in whatever order the archive has them", arguments: [true, false])
  func oneLayer(cacheFirst: Bool) throws {
    let bytecode = try Self.bytecode()
    let layer = TestLayer { writer in
      writer.add("other.py", content: [1])
      if cacheFirst { writer.add(Self.cache, content: bytecode) }
      writer.add("./app/m.py", content: Self.source, modified: 77)
      if !cacheFirst { writer.add(Self.cache, content: bytecode) }
    }
    let result = try TemporaryDirectory().examine(TestImage([layer]))
    try check(result)
    let image = try #require(result.images.first)
    let other = try #require(image.facts.union.merged.item(at: "other.py"))
    #expect(image.source(of: other)?.hashes.isEmpty == true)
  }

  @Test("hashes of sources that another layer holds, behind links") func layers() throws {
    let bytecode = try Self.bytecode()
    let lower = TestLayer { writer in
      writer.add("real/.wh.none")
      writer.add("real/x.py", content: [1])
      writer.add("real/m.py", content: Self.source, modified: 77)
      writer.add("app/m.py", type: "2", link: "/real/m.py")
    }
    let upper = TestLayer { $0.add(Self.cache, content: bytecode) }
    try check(try TemporaryDirectory().examine(TestImage([lower, upper])) { $0.jobs = 4 })
  }

  @Test("hashes of sources in a directory") func tree() throws {
    let directory = try TemporaryDirectory()
    try directory.write(try Self.bytecode(), to: "root/\(Self.cache)")
    try directory.write(Self.source, to: "root/app/m.py")
    #expect(try run(["touch", "-d", "@77", "root/app/m.py"], in: directory.path).status == 0)
    try check(try directory.examine("rootfs:root"))
  }

  @Test("files of any length", arguments: [0, 3, 15, 16, 17]) func short(count: Int) throws {
    let bytes = Array(try Self.bytecode().prefix(count))
    let result = try TemporaryDirectory().examine(TestImage([TestLayer { $0.add("x.pyc", content: bytes) }]))
    let image = try #require(result.images.first)
    let item = try #require(image.facts.union.merged.item(at: "x.pyc"))
    #expect(image.scan(of: item)?.header == Array(bytes.prefix(16)))
    #expect(image.bytecode.map(\.count) == [1])
  }

  @Test("a pair that is shipped as a tar keeps parts of seconds") func fractions() throws {
    let layer = TestLayer { writer in
      writer.addRecords([("mtime", "1700000000.999999881")])
      writer.add("m.py", content: [1])
    }
    let result = try TemporaryDirectory().examine(TestImage([layer]))
    let image = try #require(result.images.first)
    let item = try #require(image.facts.union.merged.item(at: "m.py"))
    #expect(image.source(of: item)?.mtime == FileTime(seconds: 1_700_000_000, nanoseconds: 999_999_881))
  }
}
