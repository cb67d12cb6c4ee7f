internal import Glibc
internal import SourceText

/// Calls the system with the path as it wants it, again while a signal interrupts, and throws its error.
@discardableResult
@safe func call(
  _ path: Path, _ body: (UnsafePointer<CChar>) -> Int
) throws(FileError) -> Int {
  let answer = unsafe withSystemPath(path.bytes, body)
  guard let answer else { throw FileError(path: path, reason: .invalidPath) }
  guard answer >= 0 else { throw FileError(path: path, code: errno) }
  return answer
}

/// Runs `body` with the bytes as a C string until no signal interrupts it; nil where they hold a NUL.
private func withSystemPath(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Int) -> Int? {
  guard !bytes.contains(0) else { return nil }
  // The empty path is the directory that relative paths start from.
  let terminated = bytes.isEmpty ? [UInt8(ascii: "."), 0] : bytes + [0]
  return unsafe terminated.withUnsafeBytes { buffer -> Int? in
    guard let name = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
    return uninterrupted { unsafe body(name) }
  }
}

/// Calls again while a signal interrupts.
func uninterrupted(_ body: () -> Int) -> Int {
  while true {
    let answer = body()
    if answer >= 0 || errno != EINTR { return answer }
  }
}
