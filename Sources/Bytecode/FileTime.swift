internal import Versions

/// A time of modification as `stat` tells it: seconds since 1970 and the nanoseconds after them.
public struct FileTime: Hashable, Sendable {
  /// Whole seconds, rounded down.
  public let seconds: Int64
  /// Nanoseconds after them: 0 to 999,999,999, before 1970 too.
  public let nanoseconds: Int32

  /// Creates a time.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The time as it is after a container engine has unpacked it from a layer: without nanoseconds.
  public var inWholeSeconds: FileTime { FileTime(seconds: seconds) }

  /// The time as Python 3.3 and later write it into bytecode, modulo 2³².
  ///
  /// It is not the floor. Python adds the nanoseconds in floating point, which rounds (1700000000.999999881 s is the next
  /// second already), and cuts towards zero, which shows before 1970.
  public var truncatedByPython: UInt32 {
    let time = Double(seconds) + 1e-9 * Double(nanoseconds)
    // What does not fit is a power of two with more than 32 zeros below; Python's integers would keep them.
    return Int64(exactly: time.rounded(.towardZero)).map { UInt32(truncatingIfNeeded: $0) } ?? 0
  }

  /// Whether bytecode of a version holds this time, as that version compares it.
  ///
  /// Before 3.7 a time that 32 bits do not hold never matches, since only what is written is cut to them; Python 2
  /// reads what it has written with a sign. Before 3.3 it was C code that cut off the fraction.
  func matches(_ recorded: UInt32, in version: PythonVersion) -> Bool {
    if version.isAtLeast(3, 7) { return recorded == truncatedByPython }
    guard version.isAtLeast(3, 3) else { return recorded <= Int32.max && Int64(recorded) == seconds & 0xFFFF_FFFF }
    let time = (Double(seconds) + 1e-9 * Double(nanoseconds)).rounded(.towardZero)
    return time == Double(recorded)
  }
}
