/// A fact that supports a finding, in a form for programs.
public struct Evidence: Hashable, Sendable {
  /// What kind of fact it is, such as `pattern` or `proof`.
  public let key: String
  /// The fact.
  public let value: String
  /// Whether it stays while the finding does; what each build changes tells no findings apart.
  public let isStable: Bool

  /// Creates a piece of evidence.
  public init(_ key: String, _ value: String, isStable: Bool = true) {
    self.key = key
    self.value = value
    self.isStable = isStable
  }
}

/// Who accepted a finding, and why.
public struct Suppression: Hashable, Sendable {
  /// What accepts it: a comment in the file, an exception of the policy.
  public enum Source: String, Hashable, Sendable {
    /// A comment in the file.
    case inline
    /// An exception of the policy.
    case exception
  }

  /// What accepts it.
  public let source: Source
  /// The reason it gives.
  public let reason: String
  /// Where the acceptance stands, as `path:line`.
  public let origin: String

  /// Creates a suppression.
  public init(_ source: Source, reason: String, origin: String) {
    self.source = source
    self.reason = reason
    self.origin = origin
  }
}

/// A rule's verdict at a place.
public struct Finding: Hashable, Sendable {
  /// The rule that found it.
  public let rule: RuleID
  /// How bad it is.
  public var severity: Severity
  /// How sure the rule is.
  public var confidence: Confidence
  /// What is wrong, in one line, without the place.
  public let message: String
  /// Where it is.
  public let place: Place
  /// The cache kind that it speaks of, by id.
  public let cache: String?
  /// What stands behind the caret: why this very text is wrong.
  public let label: String?
  /// Further places that explain it.
  public let related: [RelatedPlace]
  /// Facts for programs.
  public let evidence: [Evidence]
  /// Further lines for people.
  public let notes: [String]
  /// All that it speaks of, where that is more than its place tells, and where the run compares images.
  public let subjects: [Subject]
  /// How to repair it, where that is known.
  public var fix: Fix?
  /// Who accepted it, where somebody did.
  public var suppressed: Suppression?

  /// Creates a finding.
  public init(
    _ rule: RuleID, _ severity: Severity, _ message: String, at place: Place, confidence: Confidence = .high,
    cache: String? = nil, label: String? = nil, related: [RelatedPlace] = [], evidence: [Evidence] = [],
    notes: [String] = [], subjects: [Subject] = [], fix: Fix? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.place = place
    self.confidence = confidence
    self.cache = cache
    self.label = label
    self.related = related
    self.evidence = evidence
    self.notes = notes
    self.subjects = subjects
    self.fix = fix
  }
}

extension Finding {
  /// The same finding with further lines for people and further facts for programs.
  public func adding(notes further: [String], evidence more: [Evidence] = []) -> Finding {
    var finding = Finding(
      rule, severity, message, at: place, confidence: confidence, cache: cache, label: label, related: related,
      evidence: evidence + more, notes: notes + further, subjects: subjects, fix: fix)
    finding.suppressed = suppressed
    return finding
  }
}
