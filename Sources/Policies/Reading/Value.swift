internal import SourceText
internal import YAML

/// A piece of a policy that knows which file says it, however many files are merged.
struct Value: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case text(String, isPlain: Bool)
    case list([Value])
    case map([Member])
  }

  struct Member: Hashable, Sendable {
    let key: String
    /// Where the key stands.
    let origin: Origin
    var value: Value
  }

  var content: Content
  /// Where the value stands.
  let origin: Origin

  init(_ content: Content, _ origin: Origin) {
    self.content = content
    self.origin = origin
  }

  var text: String? {
    guard case .text(let text, _) = content else { return nil }
    return text
  }

  /// The values of a list; a single value counts as a list of one.
  var elements: [Value] {
    guard case .list(let values) = content else { return text == nil ? [] : [self] }
    return values
  }

  var members: [Member] {
    guard case .map(let members) = content else { return [] }
    return members
  }

  subscript(key: String) -> Value? {
    members.first { $0.key == key }?.value
  }

  var sourced: Sourced<String>? {
    text.map { Sourced($0, origin) }
  }
}

extension Origin {
  /// The origin of what no file says.
  static let nowhere = Origin(
    source: "", range: ByteRange(0, 0), line: 1, isUsers: false, layer: 0)
}
