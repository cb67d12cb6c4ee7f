internal import Testing
internal import Versions

@testable import Bytecode

@Suite("The walk over the code behind a header")
struct WalkerTests {
  private let version = PythonVersion(3, 11)

  /// A code object of 3.11 whose constants are given.
  private func code(_ constants: [UInt8]) -> [UInt8] {
    let none = [UInt8](repeating: UInt8(ascii: "N"), count: 6)
    return [UInt8(ascii: "c") | 0x80] + [UInt8](repeating: 0, count: 20) + [UInt8(ascii: "N")] + constants + none + [
      1, 0, 0, 0, UInt8(ascii: "N"), UInt8(ascii: "N"),
    ]
  }

  private func walk(
    _ body: [UInt8], version: PythonVersion? = PythonVersion(3, 11), step: Int = 1, limit: UInt64 = 1000
  ) -> BytecodeBody {
    var walker = MarshalWalker(version, objectLimit: limit)
    for piece in pieces(body, of: step) { walker.update(piece) }
    return walker.finish()
  }

  private static let objects: [[UInt8]] = [
    Array("N".utf8), Array("i\0\0\0\0".utf8), Array("I12345678".utf8), Array("g12345678".utf8),
    Array("y1234567812345678".utf8), Array("f\u{3}1.5".utf8), Array("x\u{1}1\u{2}22".utf8), Array("x\0\0".utf8),
    Array("l".utf8) + [2, 0, 0, 0, 1, 1, 1, 1], Array("l".utf8) + [0xFE, 0xFF, 0xFF, 0xFF, 1, 1, 1, 1],
    Array("s".utf8) + [3, 0, 0, 0, 1, 2, 3], Array("u".utf8) + [0, 0, 0, 0], Array("z\u{2}ab".utf8),
    Array("Z\0".utf8), Array("A".utf8) + [1, 0, 0, 0, 65], Array(")\u{2}N)\u{1}T".utf8), Array(")\0".utf8),
    Array("(".utf8) + [2, 0, 0, 0, 78, 78], Array("<".utf8) + [0, 0, 0, 0], Array(">".utf8) + [1, 0, 0, 0, 78],
    Array("{0".utf8), Array("{NN0".utf8), Array("{NN{TF0N0".utf8), Array("{N0".utf8), Array("r\0\0\0\0".utf8),
    [UInt8(ascii: "z") | 0x80, 1, 65],
  ]

  @Test("every kind of object is walked over to its end, in pieces of any size", arguments: objects)
  func kinds(object: [UInt8]) {
    let body = code(object)
    for step in [1, 2, 3, 100] {
      #expect(walk(body, step: step) == .complete(UInt64(body.count)))
      #expect(walk(body + [1, 2, 3], step: step) == .complete(UInt64(body.count)))
    }
  }

  @Test("cut anywhere, it is not whole", arguments: objects)
  func cut(object: [UInt8]) {
    let body = code(object)
    for count in body.indices {
      #expect(walk(Array(body[..<count]), step: 3) == .broken(.truncated, offset: UInt64(count)))
    }
  }

  @Test("code within code is walked over too")
  func nested() {
    let body = code(code(code([UInt8(ascii: "N")])))
    #expect(walk(body) == .complete(UInt64(body.count)))
  }

  @Test("what an interpreter refuses is named with its place")
  func refused() {
    #expect(walk(Array("N".utf8)) == .broken(.notCode, offset: 0))
    #expect(walk(Array("?".utf8)) == .broken(.unknownType(0x3F), offset: 0))
    #expect(walk(code(Array("0".utf8))) == .broken(.missingObject, offset: 22))
    #expect(walk(code(Array(")\u{1}0".utf8))) == .broken(.missingObject, offset: 24))
    #expect(walk(code(Array("R\0\0\0\0".utf8))) == .broken(.unknownType(0x52), offset: 22))
    #expect(walk(code(Array("s".utf8) + [0, 0, 0, 0x80])) == .broken(.negativeLength, offset: 26))
    #expect(walk(code(Array("(".utf8) + [255, 255, 255, 255])) == .broken(.negativeLength, offset: 26))
    #expect(walk(code(Array("l".utf8) + [0, 0, 0, 0x80])) == .broken(.negativeLength, offset: 26))
  }

  @Test("a claimed length or count is not believed before its bytes come")
  func claims() {
    for type in "s(l[<" {
      let body = Array(code(Array(String(type).utf8) + [255, 255, 255, 127]).prefix(27))
      #expect(walk(body) == .broken(.truncated, offset: 27))
    }
  }

  @Test("objects may be nested as deep as CPython reads them, and no deeper")
  func depth() {
    // The code object and its constant are two of the levels.
    let deepest = MarshalWalker.depthLimit - 2
    for (levels, isRead) in [(deepest, true), (deepest + 1, false)] {
      let constants = [[UInt8]](repeating: [UInt8(ascii: ")"), 1], count: levels).flatMap(\.self) + [UInt8(ascii: "N")]
      let body = code(constants)
      switch walk(body, limit: 10_000) {
      case .complete: #expect(isRead)
      case .broken(let problem, _): #expect(!isRead && problem == .tooDeep)
      case .undecided: Issue.record("undecided")
      }
    }
  }

  @Test("the number of objects is limited, and the walk says so")
  func count() {
    let constants = [UInt8(ascii: ")"), 200] + [UInt8](repeating: UInt8(ascii: "N"), count: 200)
    #expect(walk(code(constants), limit: 100) == .undecided(.tooManyObjects))
    #expect("\(BodyDoubt.tooManyObjects)".contains("\(MarshalWalker.objectLimit)"))
    #expect("\(BodyProblem.tooDeep)".contains("\(MarshalWalker.depthLimit)"))
  }

  @Test("layouts that are not known are not judged", arguments: [(3, 5), (3, 15), (2, 6)])
  func unknownLayout(major: Int, minor: Int) {
    #expect(walk([1, 2, 3], version: PythonVersion(major, minor)) == .undecided(.unknownLayout))
    #expect(walk([], version: nil) == .undecided(.unknownLayout))
  }

  @Test("slices came with 3.14")
  func slices() {
    let body = code(Array(":NNN".utf8))
    #expect(walk(body, version: PythonVersion(3, 14)) == .complete(UInt64(body.count)))
    #expect(walk(body) == .broken(.unknownType(0x3A), offset: 22))
  }

  @Test("a scan keeps the header and walks over the rest, in pieces of any size")
  func scan() {
    let body = code([UInt8(ascii: "N")])
    let file = [0xA7, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 12) + body
    for step in [1, 5, 15, 16, 17, 4096] {
      var scan = BytecodeScan()
      for piece in pieces(file + [9, 9], of: step) { scan.update(piece) }
      #expect(scan.header == Array(file[..<16]))
      #expect(scan.isSettled)
      #expect(scan.finish() == .complete(UInt64(body.count)))
    }
  }

  @Test("a header of Python 2 ends before the sixteenth byte")
  func shortHeader() {
    var scan = BytecodeScan()
    scan.update([0x03, 0xF3, 0x0D, 0x0A, 0, 0, 0, 0, UInt8(ascii: "N")])
    #expect(scan.finish() == .broken(.notCode, offset: 0))
    #expect(scan.header.count == 9)
    #expect(BytecodeScan().finish() == .undecided(.unknownLayout))
  }

  @Test("the code of a build before the release is not judged")
  func preRelease() {
    var scan = BytecodeScan()
    scan.update([0x98, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 20))
    #expect(scan.finish() == .undecided(.unknownLayout))
  }
}
