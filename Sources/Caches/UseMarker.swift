/// Something in a directory that shows that a tool is used there.
public struct UseMarker: Sendable, Hashable {
  /// The glob of the marker's name, such as `package.json` or `*.py`.
  public let name: String
  /// Text that the file must contain in its first 4 KiB, case ignored; nil where the name suffices.
  public let text: String?
  /// Whether it counts only where no directory above holds it as well, as for members of a workspace.
  public let isTopmost: Bool

  /// Reads a term: `GLOB`, `GLOB~TEXT`, either with `top:` before it.
  package init(_ term: String) {
    isTopmost = term.hasPrefix("top:")
    let rest = isTopmost ? term.dropFirst(4) : term[...]
    guard let tilde = rest.firstIndex(of: "~") else {
      name = String(rest)
      text = nil
      return
    }
    name = String(rest[..<tilde])
    text = String(rest[rest.index(after: tilde)...])
  }

  /// Whether `head`, the file's first bytes, has the text that is asked for.
  public func accepts(head: [UInt8]) -> Bool {
    guard let text else { return true }
    return contains(head[...], ignoringCase: Array(text.utf8))
  }
}
