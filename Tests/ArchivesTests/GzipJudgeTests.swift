@testable internal import Archives
internal import TestSupport
internal import Testing

/// Holds the reader of gzip to zlib, which Python has built in, and to the program.
@Suite struct GzipJudgeTests {
  private let directory: TemporaryDirectory
  private let script: String

  init() throws {
    directory = try TemporaryDirectory()
    script = sourceFolder() + "/Judges/deflate.py"
  }

  private func made(seed: Int, count: Int) throws -> [[UInt8]] {
    let result = try run(["python3", script, "make", "\(seed)", "\(count)"], in: directory.path)
    try #require(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
    var streams: [[UInt8]] = []
    var rest = result.output[...]
    while !rest.isEmpty {
      let size = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      streams.append(Array(rest.dropFirst(4).prefix(size)))
      rest = rest.dropFirst(4 + size)
    }
    return streams
  }

  private func judged(_ streams: [[UInt8]]) throws -> [(isAccepted: Bool, bytes: [UInt8])] {
    let input = streams.flatMap { littleEndian(UInt32($0.count)) + $0 }
    let result = try run(["python3", script, "judge"], in: directory.path, input: input)
    try #require(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
    var answers: [(isAccepted: Bool, bytes: [UInt8])] = []
    var rest = result.output[...]
    while let letter = rest.first {
      let size = rest.dropFirst().prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      answers.append((letter == UInt8(ascii: "y"), Array(rest.dropFirst(5).prefix(size))))
      rest = rest.dropFirst(5 + size)
    }
    return answers
  }

  /// Both must agree whether a stream is right, and on what it holds.
  private func compare(_ streams: [[UInt8]], readSizes: [Int], _ random: inout SeededGenerator) throws {
    let answers = try judged(streams)
    try #require(answers.count == streams.count)
    for (index, (stream, answer)) in zip(streams, answers).enumerated() {
      // Long streams are not cut into single bytes, which takes long.
      let sizes = readSizes.filter { $0 * 500 >= stream.count }
      let readSize = sizes.randomElement(using: &random) ?? 1 << 18
      let ours = inflate(stream, readSize: readSize)
      #expect((ours.error == nil) == answer.isAccepted, "stream \(index): \(String(describing: ours.error))")
      if answer.isAccepted {
        #expect(ours.bytes == answer.bytes, "stream \(index)")
      } else {
        // What came before the error is what zlib has put out too, though one of them may have come further.
        let count = min(ours.bytes.count, answer.bytes.count)
        #expect(ours.bytes.prefix(count) == answer.bytes.prefix(count), "stream \(index)")
      }
    }
  }

  @Test(arguments: 1...4) func readsWhatZlibWrites(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let streams = try made(seed: seed, count: 500)
    #expect(streams.count == 500)
    for stream in streams { #expect(inflate(stream).error == nil) }
    try compare(streams, readSizes: [1, 2, 3, 9, 64, 1000, 4096, 1 << 18], &random)
  }

  @Test(arguments: 11...14) func agreesOnDamagedStreams(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var streams: [[UInt8]] = []
    for var stream in try made(seed: seed, count: 700) {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: stream.removeLast(Int.random(in: 0...min(stream.count, 20), using: &random))
      case 1: stream.removeLast(Int.random(in: 0...stream.count, using: &random))
      case 2: stream += (0..<Int.random(in: 0..<20, using: &random)).map { _ in 0 }
      case 3: stream.append(UInt8.random(in: .min ... .max, using: &random))
      default:
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let limit = Bool.random(using: &random) ? stream.count : min(stream.count, 200)
          let index = Int.random(in: 0..<limit, using: &random)
          stream[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      }
      // What is no gzip any more is taken for another thing.
      if stream.starts(with: [0x1F, 0x8B]) { streams.append(stream) }
    }
    try compare(streams, readSizes: [1, 5, 600, 4096, 1 << 18], &random)
  }

  /// Random bits behind the header of a dynamic block reach the checks of codes that damage seldom reaches.
  @Test func agreesOnRandomBlocks() throws {
    var random = SeededGenerator(seed: 99)
    var streams: [[UInt8]] = []
    for _ in 0..<6000 {
      var body = (0..<Int.random(in: 1..<400, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      let type: UInt8 = Int.random(in: 0..<8, using: &random) == 0 ? 2 : 4
      body[0] = body[0] & 0xF8 | type | UInt8.random(in: 0...1, using: &random)
      // Few lengths and small ones make codes that are right more often.
      if Bool.random(using: &random), body.count > 3 {
        body[0] &= 0x07
        body[1] &= 0xE0
      }
      streams.append([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + body)
    }
    try compare(streams, readSizes: [1, 7, 1 << 18], &random)
  }

  @Test func agreesWithTheProgram() throws {
    for (index, stream) in try made(seed: 21, count: 40).enumerated() {
      var damaged = stream
      if index % 2 == 1 { damaged[damaged.count - 1 - index % 8] ^= 4 }
      try directory.write(damaged, to: "stream.gz")
      let result = try run(["gzip", "-dc", "stream.gz"], in: directory.path)
      let ours = inflate(damaged)
      #expect((ours.error == nil) == (result.status == 0 || result.status == 2))
      if ours.error == nil { #expect(ours.bytes == result.output) }
    }
  }

  @Test func readsOtherDirectionOfTheProgram() throws {
    var random = SeededGenerator(seed: 5)
    let bytes = (0..<300_000).map { _ in UInt8.random(in: 0..<20, using: &random) }
    for level in ["-1", "-6", "-9"] {
      let result = try run(["gzip", level], in: directory.path, input: bytes)
      #expect(inflate(result.output).bytes == bytes)
    }
  }
}

/// The folder of this file.
private func sourceFolder(_ file: String = #filePath) -> String {
  String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
}
