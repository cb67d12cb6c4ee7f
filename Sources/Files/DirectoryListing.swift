internal import Glibc

/// The entries of one directory: their names in one run of bytes, and what each is.
///
/// A value is meant to be used again for the next directory, since it keeps its memory.
public struct DirectoryListing: Sendable {
  /// One entry.
  public struct Entry: Sendable {
    /// Where its name begins.
    fileprivate let start: UInt32
    /// How long its name is.
    fileprivate let length: UInt16
    /// What it is; a symbolic link is one, wherever it leads.
    public let kind: FileKind
  }

  /// More entries than this are an error.
  public static let entryLimit = 4_000_000

  /// The entries in the order the file system gave, without `.` and `..`.
  public private(set) var entries: [Entry] = []
  /// The names, each followed by a NUL so that the system can be called with them as they lie.
  private var names: [UInt8] = []
  /// Creates an empty listing.
  public init() {}

  /// The name of an entry.
  public func name(of entry: Entry) -> ArraySlice<UInt8> {
    names[Int(entry.start)..<(Int(entry.start) + Int(entry.length))]
  }

  /// Calls `body` with the name of an entry without copying it.
  @inline(__always)
  public func withName<Result>(of entry: Entry, _ body: (Span<UInt8>) -> Result) -> Result {
    body(names.span.extracting(Int(entry.start)..<(Int(entry.start) + Int(entry.length))))
  }

  /// The entry with exactly this name.
  public func entry(named name: StaticString) -> Entry? {
    let wanted = unsafe UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return unsafe names.withUnsafeBytes { bytes -> Entry? in
      for entry in entries where Int(entry.length) == wanted.count {
        guard let start = bytes.baseAddress, let other = wanted.baseAddress else { continue }
        if unsafe memcmp(start + Int(entry.start), other, wanted.count) == 0 { return entry }
      }
      return nil
    }
  }

  /// Empties the listing and keeps its memory.
  mutating func reset() {
    entries.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
  }

  /// Adds an entry.
  mutating func add(_ name: ArraySlice<UInt8>, kind: FileKind) {
    guard let start = UInt32(exactly: names.count) else { return }
    names.append(contentsOf: name)
    names.append(0)
    entries.append(Entry(start: start, length: UInt16(truncatingIfNeeded: name.count), kind: kind))
  }
}

extension Descriptor {
  /// Opens the directory that an entry of this one's listing names, never through a symbolic link.
  public func directory(
    _ entry: DirectoryListing.Entry, of listing: borrowing DirectoryListing
  ) -> OpenedDirectory {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    let opened = unsafe listing.withSystemName(of: entry) { name in
      uninterrupted { unsafe Int(openat(number, name, flags)) }
    }
    return opened >= 0 ? .opened(Descriptor(opened)) : .failed(code: errno)
  }
}

/// What opening a directory of a listing led to.
public enum OpenedDirectory: ~Copyable, Sendable {
  /// It is open.
  case opened(Descriptor)
  /// The system refused, with its error number.
  case failed(code: Int32)
}

extension DirectoryListing {
  /// Calls `body` with the name as the system wants it.
  fileprivate func withSystemName(of entry: Entry, _ body: (UnsafePointer<CChar>) -> Int) -> Int {
    unsafe names.withUnsafeBytes { bytes in
      guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
      return unsafe body(start + Int(entry.start))
    }
  }
}
