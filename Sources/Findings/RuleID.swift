/// How users name a rule: a short code, and a name that says the problem.
///
/// Either part is accepted wherever a rule is asked for, and neither is ever given to another rule.
public struct RuleID: Hashable, Sendable {
  /// The code, such as `CP101`; a user's own rule has its name here too.
  public let code: String
  /// The kebab-case name, such as `committed-cache`.
  public let name: String

  /// Creates an identity from its two parts.
  public init(_ code: String, _ name: String) {
    self.code = code
    self.name = name
  }

  /// Creates the identity of a rule that a policy defines, such as `acme/no-pip-conf`.
  public init(own name: String) {
    self.init(name, name)
  }

  /// Whether a policy defines this rule.
  public var isOwn: Bool { name.utf8.contains(UInt8(ascii: "/")) }

  /// Whether comments and exceptions may accept its findings: those about them and about the policy stand.
  public var canBeAccepted: Bool { code != "CP002" && !code.hasPrefix("CP9") }

  /// Whether a person who writes `text` means this rule.
  public func isNamed(_ text: String) -> Bool {
    text.uppercased() == code.uppercased() || text.lowercased() == name
  }
}

extension RuleID: Comparable {
  /// Orders rules by their codes.
  public static func < (left: RuleID, right: RuleID) -> Bool {
    left.code.utf8.lexicographicallyPrecedes(right.code.utf8)
  }
}
