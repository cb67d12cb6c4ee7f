/// Why a JSON text could not be read, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The text is longer than the reader accepts.
    case tooLarge(limit: Int)
    /// Lists and objects stand in one another more often than the reader accepts.
    case tooDeep(limit: Int)
    /// A string is longer than the reader accepts.
    case stringTooLong(limit: Int)
    /// There are more values than the reader accepts.
    case tooMany(limit: Int)
    /// The text ends before the value does.
    case unfinished
    /// Something else stands where this is expected.
    case expected(String)
    /// A number that JSON does not know, such as `01`.
    case number
    /// A backslash that begins no escape of JSON.
    case escape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// A control character inside a string.
    case control
    /// Bytes that are not UTF-8.
    case encoding
    /// A name that stands twice in one object.
    case duplicate(name: String)
  }

  /// What went wrong.
  public let reason: Reason
  /// The byte at which it went wrong.
  public let offset: Int
}

extension JSONError {
  /// Whether a limit of the reader was reached, and the document may be JSON.
  public var isOfLimit: Bool {
    switch reason {
    case .tooLarge, .tooDeep, .stringTooLong, .tooMany: true
    default: false
    }
  }
}

extension JSONError: CustomStringConvertible {
  /// The reason in words, without the place.
  public var description: String {
    switch reason {
    case .tooLarge(let limit): "larger than \(limit) bytes"
    case .tooDeep(let limit): "nested more than \(limit) levels deep"
    case .stringTooLong(let limit): "a string of more than \(limit) bytes"
    case .tooMany(let limit): "more than \(limit) values"
    case .unfinished: "the text ends too early"
    case .expected(let what): "expected \(what)"
    case .number: "not a number as JSON writes it"
    case .escape: "not an escape that JSON knows"
    case .loneSurrogate: "half of a surrogate pair"
    case .control: "a control character in a string must be escaped"
    case .encoding: "not valid UTF-8"
    case .duplicate(let name): "the name \"\(name)\" stands twice"
    }
  }
}
