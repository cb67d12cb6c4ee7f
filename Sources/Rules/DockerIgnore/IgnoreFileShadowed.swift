internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports a `.dockerignore` that a Dockerfile's own ignore file replaces.
///
/// ## What it does
///
/// BuildKit reads `NAME.dockerignore` beside the Dockerfile NAME; where it is there, the
/// `.dockerignore` of the context is not read at all. The rule tells of patterns that only the latter
/// has.
///
/// ## Why is this bad
///
/// Whoever adds a pattern to `.dockerignore` sees no effect on the builds of that Dockerfile.
///
/// ## Example
///
/// ```text
/// .dockerignore              # not read for prod.Dockerfile
/// prod.Dockerfile.dockerignore
/// ```
///
/// ## Fix safety
///
/// Manual: copy the patterns that are wanted into the file in force.
enum IgnoreFileShadowed: Rule {
  static let description = RuleDescription(
    RuleID("CP214", "ignore-file-shadowed"), "a Dockerfile's own ignore file replaces .dockerignore", severity: .info,
    group: .dockerignore, fix: .manual, page: RulePages.page("IgnoreFileShadowed"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for own in facts.dockerignores {
      guard let dockerfile = own.dockerfile, case .success(let ownFile) = own.file else { continue }
      guard let context = facts.dockerfiles.first(where: { $0.path == dockerfile })?.context else { continue }
      let shared = context.appending(".dockerignore")
      guard let shadowed = facts.dockerignores.first(where: { $0.path == shared }),
        case .success(let sharedFile) = shadowed.file
      else { continue }
      let patterns = Set(ownFile.rules.map(\.pattern))
      let missing = sharedFile.rules.filter { !$0.isException && !patterns.contains($0.pattern) }
      guard let first = missing.first else { continue }
      let more = missing.count == 1 ? "" : " and \(missing.count - 1) more"
      report(
        Verdict(
          Finding(
            description.id, .info, "\(shared) is not read for \(dockerfile): this file replaces it",
            at: .file(own.path, nil), label: "only \(shared) has `\(printable(first.written))`\(more)",
            related: [RelatedPlace(.file(shared, first.range), "not in force for \(dockerfile)")],
            evidence: missing.map { Evidence("pattern", printable($0.pattern)) },
            fix: Fix(manual: "copy the patterns that are wanted into \(own.path)"))))
    }
  }
}
