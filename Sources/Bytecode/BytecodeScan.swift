internal import Versions

/// Reads a `.pyc` file that passes by in pieces: keeps its header and walks over its code.
public struct BytecodeScan: Sendable {
  /// The first bytes of the file: 16, or all of a shorter one.
  public private(set) var header: [UInt8] = []
  private var walker: MarshalWalker?

  /// Begins a file.
  public init() {}

  /// Whether nothing that follows can change what is known, so that the rest may be left unread.
  public var isSettled: Bool { walker?.body != nil }

  /// Takes further bytes of the file.
  public mutating func update(_ bytes: Span<UInt8>) {
    guard walker == nil else {
      walker?.update(bytes)
      return
    }
    let count = min(bytes.count, HeaderFormat.longest - header.count)
    for index in 0..<count { header.append(bytes[index]) }
    guard header.count == HeaderFormat.longest else { return }
    var walker = Self.walker(header)
    walker.update(bytes.extracting(count...))
    self.walker = walker
  }

  /// Takes further bytes of the file.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span)
  }

  /// What is known of the code when the file has ended.
  public func finish() -> BytecodeBody {
    (walker ?? Self.walker(header)).finish()
  }

  /// A walker that has seen what follows a header shorter than the longest.
  private static func walker(_ header: [UInt8]) -> MarshalWalker {
    let magic = MagicNumber(header)
    // While a version is developed the layout of its code may still change.
    var version: PythonVersion?
    if case .release(let released) = magic?.origin { version = released }
    var walker = MarshalWalker(version)
    if let format = magic.flatMap(HeaderFormat.init), header.count > format.length {
      walker.update(Array(header[format.length...]))
    }
    return walker
  }
}
