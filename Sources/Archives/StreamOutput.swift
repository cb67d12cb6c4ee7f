/// The buffer that uncompressed bytes go into, with the last 32 KiB before them.
@safe struct StreamOutput: ~Copyable {
  /// How far deflate looks back (RFC 1951).
  private static let window = 32 << 10
  /// How many bytes lie in the buffer before it is used again; it stays within the processor's second cache.
  static let size = 256 << 10

  private let buffer: UnsafeMutablePointer<UInt8>
  /// Where the output of this member begins, or what is left of it.
  private(set) var base: UnsafeMutablePointer<UInt8>
  /// Where the next byte goes.
  var next: UnsafeMutablePointer<UInt8>
  /// Where what no checksum has seen begins.
  private var unchecked: UnsafeMutablePointer<UInt8>
  /// Where what no digest has seen begins.
  private var undigested: UnsafeMutablePointer<UInt8>

  /// Creates an empty buffer.
  init() {
    let capacity = Self.window + Self.size + InflateOutput.slack
    unsafe buffer = .allocate(capacity: capacity)
    // What a match may copy has always been written, but a copy in words reads beyond it.
    unsafe buffer.initialize(repeating: 0, count: capacity)
    unsafe base = buffer
    unsafe next = buffer
    unsafe unchecked = buffer
    unsafe undigested = buffer
  }

  deinit {
    unsafe buffer.deallocate()
  }

  /// How many bytes may follow before the buffer must be used again.
  var room: Int { unsafe buffer + Self.window + Self.size - next }

  /// Forgets what matches could go back to.
  mutating func beginMember() {
    unsafe base = next
    unsafe unchecked = next
  }

  /// Moves the last bytes to the front, and makes room behind them; all must have been handed out.
  mutating func slide() {
    let kept = unsafe min(Self.window, next - base)
    unsafe buffer.update(from: next - kept, count: kept)
    unsafe base = buffer
    unsafe next = buffer + kept
    unsafe unchecked = next
    unsafe undigested = next
  }

  /// Empties the buffer.
  mutating func clear() {
    unsafe base = next
    slide()
  }

  /// Whether checksum and digest have seen the same bytes: within one member, they have.
  var isSeenAlike: Bool { unsafe unchecked == undigested }

  /// What has been put out since the last call, for the checksum.
  mutating func takeUnchecked() -> UnsafeRawBufferPointer {
    let bytes = unsafe UnsafeRawBufferPointer(start: unchecked, count: next - unchecked)
    unsafe unchecked = next
    return unsafe bytes
  }

  /// What has been put out since the last call, for the digest.
  mutating func takeUndigested() -> UnsafeRawBufferPointer {
    let bytes = unsafe UnsafeRawBufferPointer(start: undigested, count: next - undigested)
    unsafe undigested = next
    return unsafe bytes
  }
}
