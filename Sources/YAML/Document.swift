internal import SourceText

/// A YAML document as a tree, with what is wrong in it.
public struct Document: Sendable {
  /// The outermost node; nil for a text without any, and for one that is no YAML.
  public let root: Node?
  /// What is wrong, in the order of the text; a text that is no YAML ends with the one error that says so.
  public let errors: [YAMLError]

  /// Reads `bytes`.
  public init(_ bytes: [UInt8], limits: Limits = .policy, strictness: Strictness = .plain) {
    guard bytes.count <= limits.size else {
      root = nil
      errors = [YAMLError(.tooLarge(limit: limits.size), ByteRange(0, 0))]
      return
    }
    let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    let offsets = MarkOffsets(bytes, from: start)
    var composer = Composer(bytes, from: start, offsets: offsets, limits: limits, strictness: strictness)
    do throws(Composer.Stop) {
      root = try composer.document()
      errors = composer.errors
    } catch {
      root = nil
      switch error {
      case .error(let error): errors = composer.errors + [error]
      case .syntax(let problem): errors = composer.errors + [translate(problem, in: bytes, from: start, offsets)]
      }
    }
  }
}
