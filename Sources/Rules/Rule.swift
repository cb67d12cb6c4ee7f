public import Facts
public import Findings

/// A check: it judges facts against the policy, and opens no file.
///
/// One rule is one type in one file, whose doc comment is the page that people read.
public protocol Rule: Sendable {
  /// Everything about the rule but its judgement.
  static var description: RuleDescription { get }
  /// Reports what is wrong.
  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void)
}

/// Every rule, in the order of the codes; a test holds the list against the folder.
public enum RuleRegister {
  /// The rules.
  public static let all: [any Rule.Type] = [
    DockerfileSyntax.self,
    MalformedLayerEntry.self,
    MediaTypeMismatch.self,
    ExaminedInPart.self,
    CommittedCache.self,
    UnignoredCache.self,
    MissingIgnoreEntry.self,
    PrivatelyIgnoredCache.self,
    PatternNeverMatches.self,
    DeadNegation.self,
    RedundantPattern.self,
    IgnoredSourceFile.self,
    RootOnlyPattern.self,
    InvalidPattern.self,
    CacheEntersBuildContext.self,
    IgnoreFileShadowed.self,
    CacheWritingEnabled.self,
    SwitchHasNoEffect.self,
    SwitchIsInverted.self,
    SwitchBreaksTool.self,
    SwitchIsIgnored.self,
    NeedlessSwitch.self,
    CacheLeftInLayer.self,
    CleanupTooLate.self,
    CacheMountMisses.self,
    CacheMountContradicted.self,
    BytecodeCompiledIntoLayer.self,
    NoBytecodeShipped.self,
    CacheCopiedBetweenStages.self,
    UnacceptedWay.self,
    CacheInImage.self,
    DeletedCacheStillShipped.self,
    CacheRewritten.self,
    ImageEnvironmentDiffers.self,
    SecretInCache.self,
    StaleBytecode.self,
    OrphanBytecode.self,
    ForeignBytecode.self,
    UncheckedStaleBytecode.self,
    CorruptBytecode.self,
    SourcelessBytecode.self,
    UnreadableBytecode.self,
    MisplacedBytecode.self,
  ]

  /// What the rules are, and the findings that the run itself makes.
  public static let descriptions: [RuleDescription] =
    (all.map { $0.description } + RunRules.descriptions).sorted { $0.id < $1.id }

  /// The rule that a person means by a code or a name.
  public static func description(named text: String) -> RuleDescription? {
    descriptions.first { $0.id.isNamed(text) }
  }
}
