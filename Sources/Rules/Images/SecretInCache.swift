internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// Reports files that tools keep credentials in, in layers, also where a later layer deletes them.
///
/// ## What it does
///
/// Goes by names alone and reads no content: `.netrc`, `.git-credentials`, `.pypirc`, `.docker/config.json`,
/// `.aws/credentials`, `.ssh/id_rsa`, `.cargo/credentials.toml` and others, wherever they lie, and whether
/// they live or are dead. Files that have settings as a rule and a secret at times, such as `.npmrc`, a user's
/// `pip.conf` and `.m2/settings.xml`, are an error where a later layer deletes them, and `info` where they
/// live. `/etc/pip.conf` and what else tools write by themselves is told only where it is deleted, as a warning.
/// Keys (`*-key.pem`) count in caches of builds and tests.
///
/// Nothing is told of empty files, of packages that everybody gets (`node_modules`, `site-packages`,
/// `/usr/share`, `/usr/lib`), of data of tests, samples and documentation. There is one finding for each layer,
/// name and fate.
///
/// ## Why is this bad
///
/// Whoever can pull the image can read every layer of it. To delete a file in a later layer hides it from a
/// container, and from nobody else.
///
/// ## Example
///
/// ```dockerfile
/// COPY .npmrc /app/.npmrc
/// RUN npm ci && rm /app/.npmrc           # the token is in the layer of the COPY
/// ```
///
/// becomes
///
/// ```dockerfile
/// RUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci
/// ```
///
/// ## Fix safety
///
/// Manual: give the build the file as a secret mount, and revoke what was in it.
enum SecretInCache: Rule {
  static let description = RuleDescription(
    RuleID("CP405", "secret-in-cache"), "a layer ships a file that credentials are kept in", severity: .error,
    group: .image, fix: .manual, page: RulePages.page("SecretInCache"))

  /// How many findings there are for one image.
  private static let findingLimit = 100

  private struct Key: Hashable {
    let layer: Int
    let name: [String]
    let end: Int?
    let fate: CopyFate
    let exceptions: [Int]
  }

  /// What has one key.
  private struct Members {
    let entry: SecretNames.Entry
    var paths: [Path] = []
    var count = 0
    var subjects: [Subject] = []
  }

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let image = facts.image else { return }
    let policy = judgement.policies.policy(for: .root)
    let names = SecretNameIndex()
    var order: [Key] = []
    var members: [Key: Members] = [:]
    for layer in 0..<image.union.layerCount {
      for copy in image.union.copies(ofLayer: layer)
      where copy.bytes > 0 && copy.fate != .metadataOnly && names.mayHold(image.union.name(of: copy.id)) {
        let path = image.union.path(of: copy.id)
        let cache = image.caches.place(of: copy.id).flatMap { Catalogue.kind($0.kind) }
        guard let entry = names.entry(for: path, cache: cache) else { continue }
        if entry.certainty == .seldom, copy.fate != .deleted { continue }
        let exceptions = policy.exceptions(for: description.id, path: path).map(\.index)
        let key = Key(layer: layer, name: entry.end, end: copy.endLayer, fate: copy.fate, exceptions: exceptions)
        if members[key] == nil { order.append(key) }
        members[key, default: Members(entry: entry)].count += 1
        if members[key]?.paths.count ?? 0 <= Judgement.relatedLimit { members[key]?.paths.append(path) }
        if judgement.tellsSubjects { members[key]?.subjects.append(Subject(path, aspect: ledger(key))) }
      }
    }
    // What is bad for sure is not to be hidden by what is not.
    let told = order.enumerated().sorted { left, right in
      let severities = (severity(left.element, members), severity(right.element, members))
      return severities.0 == severities.1 ? left.offset < right.offset : severities.0 > severities.1
    }.prefix(order.count <= findingLimit ? findingLimit : findingLimit - 1)
    for (_, key) in told.sorted(by: { $0.offset < $1.offset }) {
      guard let found = members[key] else { continue }
      report(Verdict(finding(key, found, severity(key, members), image), profile: judgement.imageProfile))
    }
    let rest = order.count - told.count
    guard rest > 0 else { return }
    let listed = Set(told.map(\.offset))
    let subjects = order.indices.filter { !listed.contains($0) }.flatMap { members[order[$0]]?.subjects ?? [] }
    report(
      Verdict(
        Finding(
          description.id, .error, "\(rest) more files of credentials are not listed, by layer and name", at: .target,
          subjects: subjects, fix: Fix(manual: "repair what is listed, and look again")),
        profile: judgement.imageProfile))
  }

  /// Where the file stands in the end.
  private static func ledger(_ key: Key) -> String { key.end == nil ? "live" : "dead" }

  private static func severity(_ key: Key, _ members: [Key: Members]) -> Severity {
    switch members[key]?.entry.certainty {
    case .always, nil: .error
    case .often: key.fate == .deleted ? .error : .info
    case .seldom: .warning
    }
  }

  private static func finding(_ key: Key, _ found: Members, _ severity: Severity, _ image: ImageFacts) -> Finding {
    let (entry, paths) = (found.entry, found.paths)
    let shown = "`\(shownPath(paths[0]))`" + (found.count > 1 ? " and \(found.count - 1) more like it" : "")
    let verb = entry.certainty == .always ? "may be read by all who pull the image" : "may hold \(entry.what)"
    var message = "\(shown) \(verb)" + (entry.certainty == .always ? ": \(entry.what)" : "")
    if let end = key.end {
      let act = key.fate == .deleted ? "deletes" : "replaces"
      message =
        "\(image.name(of: end)) \(act) \(shown), which stays readable in \(image.name(of: key.layer)): "
        + (entry.certainty == .always ? "" : "perhaps ") + entry.what
    }
    var related: [RelatedPlace] = []
    if let end = key.end, end != key.layer {
      related.append(RelatedPlace(image.place(paths[0], in: end), key.fate == .deleted ? "deletes it" : "replaces it"))
    }
    related += paths.dropFirst().prefix(Judgement.relatedLimit - related.count).map {
      RelatedPlace(image.place($0, in: key.layer), "another one")
    }
    return Finding(
      description.id, severity, message, at: image.place(paths[0], in: key.layer),
      confidence: entry.certainty == .always || key.fate == .deleted ? .medium : .low, related: related,
      evidence: [
        Evidence("name", entry.end.joined(separator: "/")), Evidence("ledger", ledger(key)),
        Evidence("files", String(found.count), isStable: false),
      ] + image.evidence(of: key.layer),
      notes: image.isBase(key.layer) ? ["it is the base image's"] : [], subjects: found.subjects,
      fix: Fix(manual: "give the build the file with `RUN --mount=type=secret`, and revoke what was in it"))
  }
}
