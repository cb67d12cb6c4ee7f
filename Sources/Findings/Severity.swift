/// How bad a finding is.
public enum Severity: String, Hashable, Sendable, CaseIterable {
  /// Worth knowing; shown on request.
  case info
  /// Provable bytes or a provable mistake.
  case warning
  /// Something breaks, or a policy says so.
  case error

  /// The severity one step up: what a strict reader makes of it.
  public var raised: Severity { self == .info ? .warning : .error }
}

extension Severity: Comparable {
  /// Orders severities from info to error.
  public static func < (left: Severity, right: Severity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// How sure a rule is of its finding.
public enum Confidence: String, Hashable, Sendable, CaseIterable {
  /// Something that matters is unknown.
  case low
  /// Usual, but not proven.
  case medium
  /// Proven from what was read.
  case high
}
