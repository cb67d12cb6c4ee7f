import Archives
import Bytecode
import ImageReading
import SourceText
import TestSupport
import Testing

@Suite("Limits that a person may set")
struct LimitTests {
  private static let layer = TestLayer { writer in
    writer.addRecords([("path", "a/b/" + String(repeating: "n", count: 200))])
    writer.add("a/b/c", content: [1])
    writer.addRecords([("GNU.sparse.map", "0,1,5,1"), ("GNU.sparse.size", "6"), ("GNU.sparse.name", "s")])
    writer.add("s", content: [1, 2])
    for name in ["t", "u"] {
      var script = TarWriter.Header(name.utf8, size: 4)
      script.mode = 0o755
      writer.add(script, content: Array("#!/a".utf8))
    }
  }

  /// A frame of zstd that looks back so many bytes by its header, which is a power of two, and holds `bytes`.
  private static func frame(window: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    let count = UInt32(bytes.count)
    return [0x28, 0xB5, 0x2F, 0xFD, 0, (window - 10) << 3] + littleEndian(count << 3 | 1).prefix(3) + bytes
  }

  @Test("each is named by the error that it leads to, with the option that raises it", arguments: LimitName.allCases)
  func isNamed(name: LimitName) throws {
    let directory = try TemporaryDirectory()
    let saved = TestImage([Self.layer]).saved.finished
    var target = "layer:file"
    switch name {
    case .outerEntries:
      target = "docker-archive:file"
      try directory.write(saved, to: "file")
    case .spooledSize:
      target = "docker-archive:file"
      try directory.write(gzipStored(saved), to: "file")
    case .zstdWindow: try directory.write(Self.frame(window: 12, Self.layer.archive), to: "file")
    case .xzMemory: try directory.write(PythonCompression.xz.compress(Self.layer.archive), to: "file")
    case .ratio: try directory.write(PythonCompression.bzip2.zeros(20 << 20), to: "file")
    case .treeDepth:
      target = "rootfs:tree"
      try directory.write([1], to: "tree/a/b/c")
    case .bytecodeSize:
      target = "rootfs:tree"
      let header = littleEndian(MagicNumber(number: 3495).word) + [UInt8](repeating: 0, count: 12)
      // A text that is longer than what is read at once.
      let text = [UInt8(ascii: "s")] + littleEndian(UInt32(900_000)) + [UInt8](repeating: 0, count: 900_000)
      let function = [UInt8(ascii: "c")] + [UInt8](repeating: 0, count: 20)
      try directory.write(header + function + text, to: "tree/x.pyc")
    // A longer one is passed over without a word.
    case .userFileSize: return
    default: try directory.write(Self.layer.blob, to: "file")
    }
    let result = try directory.examine(target) { $0.limits.set(name, to: 1) }
    let words = (result.messages + result.layerNotes).joined(separator: "\n")
    #expect(words.contains("the limit") && words.contains("raise it with --limit \(name.rawValue)="), "\(words)")
  }

  @Test("each is set alone", arguments: LimitName.allCases) func isSetAlone(name: LimitName) {
    let others = LimitName.allCases.filter { $0 != name }
    var limits = ReadingLimits()
    limits.set(name, to: 7)
    #expect(limits != ReadingLimits())
    // What sets all the others to the same leaves two that differ in this one alone.
    var left = limits
    var right = ReadingLimits()
    for other in others {
      left.set(other, to: 9)
      right.set(other, to: 9)
    }
    #expect(left != right)
    right.set(name, to: 7)
    #expect(left == right)
  }

  @Test("a window of zstd may be larger than usual") func window() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.frame(window: 27, Self.layer.archive), to: "file")
    let message = try directory.examine("layer:file").message
    #expect(message.contains("a window of more than 33554432 bytes, the limit, at byte"), "\(message)")
    #expect(message.hasSuffix("; raise it with --limit zstd-window=SIZE"), "\(message)")
    let raised = try directory.examine("layer:file") { $0.limits.set(.zstdWindow, to: 128 << 20) }
    #expect(raised.messages == [] && raised.images.count == 1)
  }

  @Test("one that stands at its maximum is not to be raised") func maximum() throws {
    let layer = TestLayer { $0.add(String(repeating: "d/", count: 40) + "f") }
    var deep = TarWriter()
    deep.addRecords([("path", String(repeating: "d/", count: 5000))])
    deep.add("d")
    let directory = try TemporaryDirectory()
    try directory.write(deep.finished, to: "deep")
    try directory.write(layer.archive, to: "layer")
    #expect(try directory.examine("layer:deep").message.hasSuffix("it cannot be raised"))
    let low = try directory.examine("layer:layer") { $0.limits.archive.pathDepth = 20 }
    #expect(low.message.hasSuffix("raise it with --limit path-depth=COUNT"), "\(low.message)")
  }
}
