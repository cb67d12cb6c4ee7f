@testable internal import Archives
internal import Digests
internal import TestSupport
internal import Testing

/// Streams of xz and bzip2: right, wrong and strange ones.
@Suite struct XzBzip2Tests {
  /// A form, a stream of it that holds `hello`, and what its errors are.
  struct Form: Sendable, CustomTestStringConvertible {
    let compression: Compression
    let python: PythonCompression
    let hello: [UInt8]

    var testDescription: String { python.rawValue }

    func isDamage(_ error: ArchiveError?) -> Bool {
      switch error?.reason {
      case .xz: compression == .xz
      case .bzip2: compression == .bzip2
      default: false
      }
    }
  }

  static let forms = [
    Form(
      compression: .xz, python: .xz,
      hello: bytes(
        "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af"
          + "1fb6f37d010000000004595a")),
    Form(
      compression: .bzip2, python: .bzip2,
      hello: bytes(
        "425a68393141592653591931653d00000081000244a000219a68334d07338bb9229c28480c98b29e80")),
  ]

  private static func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
  }

  private let hello = Array("hello".utf8)

  @Test(arguments: forms, [1, 3, 1000, 1 << 18]) func streamsFollowEachOther(form: Form, readSize: Int) throws {
    let first = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let blob = try form.python.compress(first) + form.hello + form.python.compress([]) + form.hello
    let ours = inflate(blob, readSize: readSize)
    #expect(ours.error == nil)
    #expect(ours.bytes == first + hello + hello)
    #expect(ours.summary?.compression == form.compression)
    #expect(ours.summary?.notes == [])
  }

  @Test(arguments: forms) func everyTruncationIsAnError(form: Form) {
    for count in 6..<form.hello.count {
      let error = inflate(Array(form.hello[..<count])).error
      #expect(error == ArchiveError(.truncatedStream(form.compression), compressed: count))
      #expect(inflate(form.hello + form.hello[..<count]).error?.reason == .truncatedStream(form.compression))
    }
  }

  /// bzip2 has bits that say nothing, such as those that fill the last byte; nobody can tell whether they are right.
  @Test(arguments: forms) func noChangeGivesOtherBytes(form: Form) {
    for index in form.hello.indices {
      var blob = form.hello
      blob[index] ^= 0x08
      if Compression(ofBlobStartingWith: blob) != form.compression { continue }
      let ours = inflate(blob)
      switch ours.error?.reason {
      case nil where form.compression == .bzip2: #expect(ours.bytes == hello, "byte \(index)")
      // A length that is another one may lead beyond the end.
      case .truncatedStream, .limit(.xzMemory): break
      default: #expect(form.isDamage(ours.error), "byte \(index): \(String(describing: ours.error))")
      }
      #expect((ours.error?.compressedOffset ?? 0) <= blob.count)
    }
  }

  @Test(arguments: ["xz -C crc32", "xz -C none", "xz -C sha256", "xz -9e", "xz --x86 --lzma2=preset=1", "bzip2 -1"])
  func formsOfThePrograms(command: String) throws {
    guard let program = command.split(separator: " ").first,
      try run(["sh", "-c", "command -v \(program)"], in: "/").status == 0
    else { return }
    let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) }
    let blob = try run(["sh", "-c", "\(command) -c"], in: "/", input: content).output
    #expect(inflate(blob).bytes == content)
  }

  @Test func whatFollowsIsNoted() {
    for form in Self.forms {
      let end = form.hello.count
      for count in [1, 3, 4, 5000] {
        let zeros = inflate(form.hello + [UInt8](repeating: 0, count: count))
        #expect(zeros.bytes == hello)
        #expect(zeros.summary?.notes == [.trailingZeros(offset: end, count: count)])
      }
      let garbage = inflate(form.hello + Array("garbage".utf8))
      #expect(garbage.bytes == hello)
      #expect(garbage.summary?.notes == [.trailingGarbage(offset: end, count: 7)])
      let both = inflate(form.hello + [0, 0, 0, 0, 7])
      #expect(both.summary?.notes == [.trailingGarbage(offset: end, count: 5)])
    }
  }

  @Test func paddingOfXz() {
    let blob = Self.forms[0].hello
    for count in [4, 8, 4096, 1 << 19] {
      let ours = inflate(blob + [UInt8](repeating: 0, count: count) + blob)
      #expect(ours.bytes == hello + hello)
      #expect(ours.summary?.notes == [])
    }
    // Padding comes in fours; what follows other zeros is no stream to xz either.
    #expect(inflate(blob + [0] + blob).summary?.notes == [.trailingGarbage(offset: blob.count, count: blob.count + 1)])
  }

  @Test func memoryHasALimit() throws {
    let blob = try PythonCompression.xz.compress(hello, "preset=9")
    #expect(inflate(blob).bytes == hello)
    var options = ArchiveOptions()
    options.limits.xzMemory = 1 << 20
    let error = #expect(throws: ArchiveError.self) { try decompress(ArchiveSource(blob), options: options) { _ in } }
    #expect(error?.reason == .limit(.xzMemory(1 << 20)))
    // A dictionary of 1 GiB is what a stream may claim, and what is not allocated for it.
    let filters = "filters=[{'id': lzma.FILTER_LZMA2, 'preset': 0, 'dict_size': 1 << 20}]"
    var claim = try PythonCompression.xz.compress(hello, "check=lzma.CHECK_NONE, " + filters)
    #expect(inflate(claim).bytes == hello)
    let size = try #require(claim.indices.first { claim[$0] == 0x21 }) + 2
    claim[size] = 36
    let header = Array(claim[12..<(12 + 4 * (Int(claim[12]) + 1))])
    claim.replaceSubrange(
      (12 + header.count - 4)..<(12 + header.count), with: littleEndian(crc32(Array(header.dropLast(4)))))
    #expect(inflate(claim).error?.reason == .limit(.xzMemory(80 << 20)))
  }

  @Test(arguments: forms) func zerosStayWithinTheLimits(form: Form) throws {
    let bomb = try form.python.zeros(64 << 20)
    var count = 0
    let summary = try decompress(ArchiveSource(bomb)) { count += $0.count }
    #expect(count == 64 << 20)
    #expect(summary.notes == [.ratio(summary.archiveSize / summary.blobSize)])
    var options = ArchiveOptions()
    options.limits.uncompressedSize = 1 << 20
    let error = #expect(throws: ArchiveError.self) { try decompress(ArchiveSource(bomb), options: options) { _ in } }
    #expect(error?.reason == .limit(.uncompressedSize(1 << 20)))
  }

  @Test(arguments: forms) func archives(form: Form) throws {
    var writer = TarWriter()
    for index in 0..<50 { writer.add("file\(index)", content: [UInt8](repeating: 1, count: index * 300)) }
    let blob = try form.python.compress(writer.finished)
    let outcome = read(blob, options: ArchiveOptions(blobDigest: .sha256, archiveDigest: .sha256))
    #expect(outcome.items.map(\.content.count) == (0..<50).map { $0 * 300 })
    #expect(outcome.summary?.archiveDigest == digest(.sha256, of: writer.finished))
    #expect(outcome.summary?.blobDigest == digest(.sha256, of: blob))
    for (item, next) in zip(outcome.items, outcome.items.dropFirst()) {
      #expect(item.end == next.entry.start)
      #expect(item.entry.start.blobBit <= next.entry.start.blobBit)
    }
  }
}
