internal import Foundation
internal import JSON
internal import Testing
internal import Versions

@testable import Bytecode

@Suite("Magic numbers")
struct MagicTests {
  private func vector() throws -> JSONNode {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "pyc-magics.json")
    return try JSONReader().read(Array(try Data(contentsOf: file)))
  }

  @Test("the table is that of the vector")
  func table() throws {
    let vector = try vector()
    var expected: [String: [[Int]]] = [:]
    for member in try #require(vector["py2"]?.members) {
      let numbers = try #require(member.value.array).compactMap(\.integer)
      let last = try #require(numbers.last)
      expected[member.name] = [[numbers[0], last], [last]]
    }
    for member in try #require(vector["py3"]?.members) {
      let columns = try #require(member.value.array)
      let releases = columns[2].array?.compactMap(\.integer) ?? [columns[2].integer].compactMap(\.self)
      expected[member.name] = [columns[0...1].compactMap(\.integer), releases]
    }
    var table: [String: [[Int]]] = [:]
    for series in MagicSeries.cpython {
      let name = "\(series.version.major).\(try #require(series.version.minor))"
      table[name] = [[Int(series.first), Int(series.last)], series.releases.map { Int($0) }]
    }
    #expect(table == expected)
    #expect(table.count == MagicSeries.cpython.count)
  }

  @Test("the tags' numbers are read by the interpreters of these tags alone")
  func tags() throws {
    let members = try #require(try vector()["tags"]?.members)
    #expect(members.count > 10)
    for member in members {
      let number = try #require(member.value.integer)
      let magic = MagicNumber(number: UInt16(number))
      let tag = try #require(CacheTag(member.name.utf8))
      let version = try #require(tag.version)
      #expect(magic.origin == .release(version))
      for other in members.compactMap({ CacheTag($0.name.utf8)?.version }) {
        #expect(magic.isRead(by: other) == (other == version), "\(member.name) by \(other)")
      }
    }
  }

  @Test("PyPy's numbers are those of the vector")
  func pypy() throws {
    let members = try #require(try vector()["pypy"]?.members)
    var expected: [PythonVersion: UInt16] = [:]
    for member in members {
      let version = try #require(CacheTag(member.name.utf8)?.version)
      let number = try #require(member.value["magic"]?.integer)
      expected[version] = UInt16(number)
    }
    #expect(MagicSeries.pypy == expected)
  }

  @Test("a number of another build of the version is told from the release's")
  func preRelease() {
    #expect(MagicNumber(number: 3480).origin == .preRelease(PythonVersion(3, 11)))
    #expect(!MagicNumber(number: 3480).isRead(by: PythonVersion(3, 11)))
    #expect(MagicNumber(number: 3350).isRead(by: PythonVersion(3, 5)))
    #expect(MagicNumber(number: 3351).isRead(by: PythonVersion(3, 5)))
  }

  @Test(
    "any number of a version without a release will do",
    arguments: [(3650, 15), (3699, 15), (3750, 17), (4000, 22)] as [(UInt16, Int)])
  func unreleased(number: UInt16, minor: Int) {
    #expect(MagicNumber(number: number).isRead(by: PythonVersion(3, minor)))
    #expect(!MagicNumber(number: number).isRead(by: PythonVersion(3, minor + 1)))
    #expect(MagicNumber(number: number).origin == .preRelease(PythonVersion(3, minor)))
    #expect(HeaderFormat(MagicNumber(number: number)) == .flags)
  }

  @Test("PyPy's unknown numbers are read by any PyPy whose own is not known to be another", arguments: [240, 384, 416])
  func unknownPyPy(number: UInt16) {
    let magic = MagicNumber(number: number)
    #expect(magic.origin == .pypy)
    #expect(magic.isRead(by: PythonVersion(3, 11, implementation: .pypy)))
    #expect(!magic.isRead(by: PythonVersion(3, 11)))
    #expect(!MagicNumber(number: 336).isRead(by: PythonVersion(3, 11, implementation: .pypy)))
  }

  @Test("what is no magic is of no version", arguments: [[0, 0, 13, 10], [0xFF, 0xFF, 13, 10], [0x55, 13, 10, 0]])
  func unknown(bytes: [UInt8]) {
    #expect(MagicNumber(bytes)?.origin == nil)
    #expect(MagicNumber(Array(bytes.prefix(3))) == nil)
  }

  @Test(
    "the format follows from the number",
    arguments: [
      (62211, HeaderFormat.time), (3131, .time), (3209, .time), (3210, .timeAndSize), (3379, .timeAndSize),
      (3391, .timeAndSize), (3392, .flags), (3495, .flags), (336, .flags),
    ] as [(UInt16, HeaderFormat)])
  func formats(number: UInt16, format: HeaderFormat) {
    #expect(HeaderFormat(MagicNumber(number: number)) == format)
  }

  @Test("every number has at most one origin, and a format where it has one")
  func total() {
    for number in UInt16.min...UInt16.max {
      let magic = MagicNumber(number: number)
      #expect((magic.origin == nil) == (HeaderFormat(magic) == nil))
    }
  }
}
