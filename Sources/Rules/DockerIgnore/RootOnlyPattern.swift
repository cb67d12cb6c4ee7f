internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports patterns of a `.dockerignore` that cover a cache at the root of the context alone.
///
/// ## What it does
///
/// A name in a `.gitignore` matches at any depth; in a `.dockerignore` it matches at the root of the
/// build context only. The rule fires where a tool is used below the root, would write a path there
/// that the pattern with `**/` in front would keep out, and nothing in the file does. A pattern that
/// begins with `/` is taken to be meant for the root. For a cache that lies wherever its sources lie,
/// such as `__pycache__`, the pattern is mentioned as info even while nothing is used below the root.
///
/// ## Why is this bad
///
/// The caches below the root are sent to the builder and copied into the image.
///
/// ## Example
///
/// ```text
/// __pycache__      # flagged where Python is used in a directory below
/// **/__pycache__   # fine
/// ```
///
/// ## Fix safety
///
/// Safe: `**/` is put in front; the root stays covered.
enum RootOnlyPattern: Rule {
  static let description = RuleDescription(
    RuleID("CP211", "root-only-pattern"), "a pattern covers a cache at the root of the context alone",
    severity: .warning, group: .dockerignore, fix: .safe, page: RulePages.page("RootOnlyPattern"))

  /// How many bare names a file may have for each to be tried against each path; people write some dozens.
  private static let candidateLimit = 1_000

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for ignore in facts.dockerignores {
      guard case .success(let file) = ignore.file, let context = ignore.context else { continue }
      var told: Set<Int> = []
      let candidates = file.rules.filter(isRootOnly).compactMap { rule in
        (try? DockerIgnoreFile(Array("**/".utf8) + rule.pattern)).map { (rule: rule, wider: $0) }
      }
      if candidates.isEmpty { continue }
      defer { scattered(ignore, file, told, report) }
      if candidates.count > candidateLimit { continue }
      for leak in BuildContext.leaks(facts, context, file) {
        guard
          let rule = candidates.first(where: { $0.wider.decide(leak.path, isDirectory: false)?.isIgnored ?? false })?
            .rule,
          told.insert(rule.line).inserted
        else { continue }
        report(
          Verdict(
            Finding(
              description.id, .warning, "`\(printable(rule.written))` covers the root of the context alone",
              at: .file(ignore.path, rule.range), cache: leak.use.kind.id,
              label: "does not cover \(leak.path)",
              related: [RelatedPlace(.file(leak.use.marker, nil), "shows that \(leak.use.kindID) is written below")],
              evidence: [Evidence("write", leak.path.description)],
              fix: fix(rule, ignore))))
      }
    }
  }

  /// Reports patterns for caches that are written in any directory, though nothing is used below the root yet.
  private static func scattered(
    _ ignore: DockerIgnoreFacts, _ file: DockerIgnoreFile, _ told: Set<Int>, _ report: (Verdict) -> Void
  ) {
    let anywhere = Set(file.rules.filter { $0.pattern.starts(with: "**/".utf8) }.map { Array($0.pattern.dropFirst(3)) })
    for rule in file.rules where isRootOnly(rule) && !told.contains(rule.line) && !anywhere.contains(rule.pattern) {
      guard let kind = scatteredKind(rule.pattern) else { continue }
      report(
        Verdict(
          Finding(
            description.id, .info, "`\(printable(rule.written))` covers the root of the context alone",
            at: .file(ignore.path, rule.range), confidence: .medium, cache: kind.id,
            label: "\(kind.id) is written in any directory",
            fix: fix(rule, ignore))))
    }
  }

  private static func fix(_ rule: DockerIgnoreRule, _ ignore: DockerIgnoreFacts) -> Fix {
    Fix(
      .safe, "write `**/\(printable(rule.written))`",
      edits: [FileEdit(ignore.path, Edit(ByteRange(at: rule.range.lower), "**/"))])
  }

  /// The kind of this name that lies wherever its sources lie.
  private static func scatteredKind(_ name: [UInt8]) -> CacheKind? {
    let index = CandidateIndex.shared
    let numbers =
      index.classify(name[...], isDirectory: true, in: .root) + index.classify(name[...], isDirectory: false, in: .root)
    return numbers.lazy.compactMap { Catalogue.kind($0) }.first { kind in
      kind.group == .osJunk || kind.usedWhen.contains { $0.name.hasPrefix("*.") }
    }
  }

  /// Whether a pattern is a bare name, which a person may take for one at any depth.
  private static func isRootOnly(_ rule: DockerIgnoreRule) -> Bool {
    guard !rule.isException, rule.written.first != UInt8(ascii: "/"),
      rule.written.first != UInt8(ascii: ".")
        || rule.written.dropFirst().first != UInt8(ascii: "/")
    else { return false }
    return !rule.pattern.contains(UInt8(ascii: "/")) && !rule.pattern.starts(with: "**".utf8)
  }
}
