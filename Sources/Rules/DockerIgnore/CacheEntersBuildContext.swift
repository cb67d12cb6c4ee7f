internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import Policies
internal import SourceText

/// Reports caches that a build sends to the builder and copies into the image.
///
/// ## What it does
///
/// Looks at a COPY or ADD that takes a whole directory of the build context, in a stage that ships or
/// that a shipping stage is built from, and at the tools that are used below that directory. The
/// paths that they would write are judged by the ignore file in force, as BuildKit walks; what lies
/// there now does not matter. One finding tells of all that one ignore file lets in. What CP211
/// reports is left out.
///
/// ## Why is this bad
///
/// What a developer's machine has written ends up in the image and changes its digest; every build
/// sends it again and loses its cache.
///
/// ## Example
///
/// ```dockerfile
/// COPY . /app      # and no .dockerignore covers **/node_modules
/// ```
///
/// ## Fix safety
///
/// Unsafe: the entries are added to the ignore file in force; a build that copies such a directory on
/// purpose would miss it.
enum CacheEntersBuildContext: Rule {
  static let description = RuleDescription(
    RuleID("CP213", "cache-enters-build-context"), "a build copies caches from its context", severity: .info,
    group: .dockerignore, fix: .unsafe, intents: ["ship: deny", "commit: deny"],
    page: RulePages.page("CacheEntersBuildContext"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    var told: Set<Path> = []
    for dockerfile in facts.dockerfiles {
      let ignore = BuildContext.ignoreFile(for: dockerfile, in: facts)
      let copies = wholeCopies(dockerfile)
      if copies.isEmpty { continue }
      var file = try? ignore?.file.get()
      if ignore != nil, file == nil { continue }
      // What CP211 repairs is not told twice.
      if let ignore, let repaired = repairedFile(ignore, facts, judgement) { file = repaired }
      var denials: [String: Grounds?] = [:]
      var kindsSeen: Set<String> = []
      // One leak of a kind stands for all of them: the entries of the catalogue hold at any depth.
      let leaks = BuildContext.leaks(facts, dockerfile.context, file).filter { leak in
        guard !kindsSeen.contains(leak.use.kindID), copies.contains(where: { takes($0, leak) }) else { return false }
        let kind = leak.use.kind
        if denials[kind.id] == nil { denials[kind.id] = .some(denial(kind, dockerfile, judgement)) }
        guard let known = denials[kind.id], known != nil else { return false }
        kindsSeen.insert(kind.id)
        return true
      }
      guard let first = leaks.first, let copy = copies.first(where: { takes($0, first) }) else { continue }
      let home = ignore?.path ?? dockerfile.context.appending(".dockerignore")
      guard told.insert(home).inserted else { continue }
      let kinds = IgnoreEntries.unique(leaks.map(\.use.kind.id))
      let entries = IgnoreEntries.unique(leaks.flatMap { DockerEntries.lines(for: $0) })
      report(
        Verdict(
          Finding(
            description.id, .info, "the build copies what \(kinds.joined(separator: ", ")) would write",
            at: .file(dockerfile.path, copy.range), cache: kinds.count == 1 ? kinds[0] : nil,
            label: "takes \(first.path) along",
            related: [RelatedPlace(.file(first.use.marker, nil), "shows that \(first.use.kindID) is written")],
            evidence: leaks.map { Evidence("write", $0.path.description) } + entries.map { Evidence("entry", $0) },
            fix: DockerEntries.fix(entries, home, ignore?.bytes)),
          grounds: denial(first.use.kind, dockerfile, judgement)))
    }
  }

  /// The statement that keeps a kind out of the image, or out of the repository.
  private static func denial(_ kind: CacheKind, _ dockerfile: DockerfileFacts, _ judgement: Judgement) -> Grounds? {
    let profile = dockerfile.products.first?.profile ?? judgement.profile(at: dockerfile.path)
    let intents = judgement.intents(for: kind, in: profile, at: dockerfile.path)
    if let ship = intents.ship, ship.value == .deny { return ship.grounds }
    guard let commit = intents.commit, commit.value == .deny else { return nil }
    return commit.grounds
  }

  /// A COPY or ADD of a whole directory.
  private struct Copy {
    let source: Path
    let range: ByteRange
  }

  private static func takes(_ copy: Copy, _ leak: BuildContext.Leak) -> Bool {
    leak.path.relative(to: copy.source).map { !$0.isRoot } ?? false
  }

  /// The copies of whole directories in stages that a product is built from.
  private static func wholeCopies(_ dockerfile: DockerfileFacts) -> [Copy] {
    var copies: [Copy] = []
    var built: Set<Int> = []
    for product in dockerfile.products {
      built.formUnion(dockerfile.environments.graph.built(for: product.stage, in: dockerfile.file))
    }
    for index in built.sorted() {
      for number in dockerfile.environments.graph.stages[index].instructions {
        let instruction = dockerfile.file.instructions[number]
        guard instruction.keyword == .copy || instruction.keyword == .add, instruction.flag("from") == nil else {
          continue
        }
        for (text, source) in sources(instruction) {
          if text.contains(where: { "$*?[<\\:".utf8.contains($0) }) { continue }
          let path = Path(text.drop { $0 == UInt8(ascii: "/") })
          let clean = Path(
            path.components.filter { !$0.elementsEqual(".".utf8) }.joined(separator: [UInt8(ascii: "/")]))
          if clean.isRoot || text.last == UInt8(ascii: "/") {
            copies.append(Copy(source: clean, range: instruction.text.physical(source)))
          }
        }
      }
    }
    return copies
  }

  private static func sources(_ instruction: Instruction) -> [(text: [UInt8], range: ByteRange)] {
    switch instruction.arguments {
    case .words(let words): words.dropLast().map { (Array(instruction.text[$0]), $0) }
    case .json(let strings): strings.dropLast().map { ($0.text, $0.range) }
    default: []
    }
  }

  /// The ignore file as CP211 would leave it.
  private static func repairedFile(
    _ ignore: DockerIgnoreFacts, _ facts: TargetFacts, _ judgement: Judgement
  ) -> DockerIgnoreFile? {
    var edits: [Edit] = []
    var only = facts
    only.dockerignores = [ignore]
    RootOnlyPattern.check(only, judgement) { verdict in
      edits += verdict.finding.fix?.edits.map(\.edit) ?? []
    }
    guard !edits.isEmpty, let bytes = try? applying(edits, to: ignore.bytes) else { return nil }
    return try? DockerIgnoreFile(bytes)
  }
}
