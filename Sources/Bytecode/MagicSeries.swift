public import Versions

/// The magic numbers that one version of Python has used while it was developed and since.
///
/// Source: `Include/internal/pycore_magic_number.h` of CPython. The releases of 2.7 and of 3.6 to 3.13 were
/// compared with files that the interpreters wrote.
public struct MagicSeries: Hashable, Sendable {
  /// The version.
  public let version: PythonVersion
  /// The first number of the series.
  public let first: UInt16
  /// The last number of the series.
  public let last: UInt16
  /// The numbers of its releases; none while it has none.
  public let releases: [UInt16]

  /// The newest minor version of CPython 3 whose series is foreseen.
  public static let lastForeseenMinor = 40

  private init(_ major: Int, _ minor: Int, _ first: UInt16, _ last: UInt16, _ releases: UInt16...) {
    version = PythonVersion(major, minor)
    self.first = first
    self.last = last
    self.releases = releases
  }

  /// The series of CPython in the order of its versions.
  public static let cpython: [MagicSeries] = [
    MagicSeries(2, 0, 50823, 50823, 50823),
    MagicSeries(2, 1, 60202, 60202, 60202),
    MagicSeries(2, 2, 60717, 60717, 60717),
    MagicSeries(2, 3, 62011, 62021, 62021),
    MagicSeries(2, 4, 62041, 62061, 62061),
    MagicSeries(2, 5, 62071, 62131, 62131),
    MagicSeries(2, 6, 62151, 62161, 62161),
    MagicSeries(2, 7, 62171, 62211, 62211),
    MagicSeries(3, 0, 3000, 3131, 3131),
    MagicSeries(3, 1, 3141, 3151, 3151),
    MagicSeries(3, 2, 3160, 3180, 3180),
    MagicSeries(3, 3, 3190, 3230, 3230),
    MagicSeries(3, 4, 3250, 3310, 3310),
    // The second number came with 3.5.2.
    MagicSeries(3, 5, 3320, 3351, 3350, 3351),
    MagicSeries(3, 6, 3360, 3379, 3379),
    MagicSeries(3, 7, 3390, 3394, 3394),
    MagicSeries(3, 8, 3400, 3413, 3413),
    MagicSeries(3, 9, 3420, 3425, 3425),
    MagicSeries(3, 10, 3430, 3439, 3439),
    MagicSeries(3, 11, 3450, 3499, 3495),
    MagicSeries(3, 12, 3500, 3549, 3531),
    MagicSeries(3, 13, 3550, 3599, 3571),
    MagicSeries(3, 14, 3600, 3649, 3627),
    MagicSeries(3, 15, 3650, 3699),
    MagicSeries(3, 16, 3700, 3749),
  ]

  /// The numbers of PyPy that are known by their version: that of PyPy 3.9 is the one of release 7.3.11.
  public static let pypy: [PythonVersion: UInt16] = [PythonVersion(3, 9, implementation: .pypy): 336]

  /// The series of a version; nil for one that is neither known nor foreseen.
  static func series(of version: PythonVersion) -> MagicSeries? {
    guard version.implementation == .cpython else { return nil }
    if let known = cpython.first(where: { $0.version == version }) { return known }
    guard let last = cpython.last?.version.minor, version.major == 3, let minor = version.minor,
      (last...lastForeseenMinor).contains(minor)
    else { return nil }
    return foreseen(minor)
  }

  /// The series that the number is of; nil where it is of none.
  static func series(of number: UInt16) -> MagicSeries? {
    if let known = cpython.first(where: { ($0.first...$0.last).contains(number) }) { return known }
    guard let last = cpython.last(where: { $0.version.major == 3 })?.last, number > last else { return nil }
    return series(of: PythonVersion(3, (Int(number) - 2900) / 50))
  }

  /// Since 3.11 each minor version of CPython has fifty numbers, told in advance.
  private static func foreseen(_ minor: Int) -> MagicSeries {
    let first = UInt16(2900 + 50 * minor)
    return MagicSeries(3, minor, first, first + 49)
  }

  /// Whether the number could be one of PyPy's: a multiple of 16 below all of CPython 3.
  ///
  /// PyPy raises its number whenever its bytecode changes, whatever its version is at that time
  /// (`pypy/interpreter/pycode.py`).
  static func isPyPy(_ number: UInt16) -> Bool {
    number > 0 && number < 3000 && number.isMultiple(of: 16)
  }
}
