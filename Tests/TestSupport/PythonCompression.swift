/// A compression that Python brings along, for tests of what reads it.
public enum PythonCompression: String, CaseIterable, Sendable {
  /// `lzma`
  case xz
  /// `bz2`
  case bzip2

  /// Compresses bytes.
  ///
  /// - Parameters:
  ///   - bytes: what is compressed.
  ///   - arguments: further arguments of Python's function, such as `preset=9`.
  /// - Returns: one stream.
  /// - Throws: what Python said.
  public func compress(_ bytes: [UInt8], _ arguments: String = "") throws -> [UInt8] {
    try stream(of: "sys.stdin.buffer.read()", arguments, input: bytes)
  }

  /// Compresses zeros, which would take long to hand over.
  public func zeros(_ count: Int) throws -> [UInt8] {
    try stream(of: "bytes(\(count))", "", input: [])
  }

  private func stream(of bytes: String, _ arguments: String, input: [UInt8]) throws -> [UInt8] {
    let module = self == .xz ? "lzma" : "bz2"
    let script = "import sys,\(module); sys.stdout.buffer.write(\(module).compress(\(bytes), \(arguments)))"
    let result = try run(["python3", "-c", script], in: "/", input: input)
    guard result.status == 0 else { throw Failure(words: String(decoding: result.errors, as: UTF8.self)) }
    return result.output
  }

  private struct Failure: Error {
    let words: String
  }
}
