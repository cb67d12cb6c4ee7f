internal import Testing
internal import Versions

@testable import Bytecode

@Suite("The time of modification in bytecode")
struct FileTimeTests {
  /// Measured with CPython 3; the last three are beyond what a file system holds.
  private static let times: [(seconds: Int64, nanoseconds: Int32, recorded: UInt32)] = [
    (1_700_000_000, 0, 1_700_000_000), (1_700_000_000, 500_000_000, 1_700_000_000),
    (1_700_000_000, 999_999_880, 1_700_000_000), (1_700_000_000, 999_999_881, 1_700_000_001),
    (1_700_000_000, 999_999_999, 1_700_000_001), (-1, 500_000_000, 0), (-2, 500_000_000, 0xFFFF_FFFF),
    (-1, 0, 0xFFFF_FFFF), ((1 << 32) + 5, 0, 5),
    (2_147_483_648, 999_999_761, 2_147_483_648), (2_147_483_648, 999_999_762, 2_147_483_649),
    (.max, 999_999_999, 0), (.min, 0, 0), (1 << 53, 0, 0),
  ]

  @Test("it is the floating-point time cut towards zero, modulo 2 to the 32nd", arguments: times)
  func truncated(seconds: Int64, nanoseconds: Int32, recorded: UInt32) {
    #expect(FileTime(seconds: seconds, nanoseconds: nanoseconds).truncatedByPython == recorded)
  }

  @Test("before 3.7 a time beyond 32 bits never matched, before 3.3 one beyond 31")
  func matches() {
    func matches(_ seconds: Int64, _ nanoseconds: Int32, _ recorded: UInt32, _ major: Int, _ minor: Int) -> Bool {
      FileTime(seconds: seconds, nanoseconds: nanoseconds).matches(recorded, in: PythonVersion(major, minor))
    }
    #expect(matches((1 << 32) + 5, 0, 5, 3, 7))
    #expect(!matches((1 << 32) + 5, 0, 5, 3, 6))
    #expect(matches((1 << 32) + 5, 0, 5, 2, 7))
    #expect(matches(-2, 0, 0xFFFF_FFFE, 3, 7))
    #expect(!matches(-2, 0, 0xFFFF_FFFE, 3, 6))
    #expect(!matches(-2, 0, 0xFFFF_FFFE, 2, 7))
    #expect(matches(-1, 500_000_000, 0, 3, 6))
    #expect(matches(1 << 31, 0, 1 << 31, 3, 6))
    #expect(!matches(1 << 31, 0, 1 << 31, 2, 7))
    #expect(matches(1, 999_999_999, 1, 3, 2))
    #expect(!matches(1_700_000_000, 999_999_999, 1_700_000_000, 3, 6))
  }

  @Test("container engines drop the fraction")
  func wholeSeconds() {
    #expect(
      FileTime(seconds: 1_700_000_000, nanoseconds: 999_999_999).inWholeSeconds.truncatedByPython == 1_700_000_000)
  }
}
