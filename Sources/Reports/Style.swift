public import Findings

/// How a text looks on a terminal; without colour, everything is plain.
public struct Style: Sendable {
  /// Whether colours are written.
  public let hasColor: Bool

  /// Creates a style.
  public init(hasColor: Bool) {
    self.hasColor = hasColor
  }

  /// Text that stands out.
  public func bold(_ text: String) -> String { wrap("1", text) }

  /// Text that stays behind the rest.
  public func dim(_ text: String) -> String { wrap("2", text) }

  /// Rulers and arrows round source text.
  public func frame(_ text: String) -> String { wrap("34", text) }

  /// What goes in a change.
  public func removed(_ text: String) -> String { wrap("31", text) }

  /// What comes in a change.
  public func added(_ text: String) -> String { wrap("32", text) }

  /// Text in the colour of a severity.
  public func severity(_ severity: Severity, _ text: String) -> String {
    switch severity {
    case .error: wrap("1;31", text)
    case .warning: wrap("1;33", text)
    case .info: wrap("1;36", text)
    }
  }

  private func wrap(_ code: String, _ text: String) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
