internal import Bytecode
internal import CacheEffects
internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText
internal import Versions

/// What CP315 says of an image, with the figures that are counted in it.
enum ImageWithoutBytecode {
  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    // With the Dockerfile beside the image, the place to repair is told there.
    guard facts.dockerfiles.isEmpty, let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    let profile = judgement.profile(at: .root)
    let intents = judgement.intents(for: kind, in: profile, at: .root)
    guard let stated = intents.ship, stated.value == .precompiled else { return }
    for coverage in BytecodeCoverage.all(in: facts) {
      let gaps = coverage.groups.filter { !$0.reaches(intents.wantedCoverage) }
      guard let first = gaps.first, runsPython(facts, coverage) else { continue }
      let isLibraryAlone = first.group == .library
      report(
        Verdict(
          finding(coverage, gaps, intents.wantedCoverage, stated, facts),
          grounds: isLibraryAlone ? nil : stated.grounds,
          profile: profile))
    }
  }

  private static func finding(
    _ coverage: BytecodeCoverage, _ gaps: [BytecodeCoverage.Group], _ wanted: Int, _ stated: Stated<ShipIntent>,
    _ facts: TargetFacts
  ) -> Finding {
    let counts = gaps.map { "\(words($0.group)) (\($0.missing) of \($0.modules) modules)" }.joined(separator: ", ")
    let bytes = gaps.reduce(0) { $0 + $1.missingBytes }
    var notes = [
      "precompiling would take about \(bytesInWords(bytes)); wanted is bytecode for \(wanted) modules in 100"
    ]
    if coverage.isElsewhere {
      notes.append(
        "Python is told to look below a prefix (PYTHONPYCACHEPREFIX or -X pycache_prefix): what lies in __pycache__ is not loaded"
      )
    } else if let value = facts.image?.image?.configuration.value(of: BytecodeSwitch.variable),
      let variable = Catalogue.kind(BytecodeSwitch.cache)?.disable.environment.first(where: {
        $0.name == BytecodeSwitch.variable
      }), variable.judge(value, python: coverage.interpreter.version) == .on
    {
      notes.append("\(BytecodeSwitch.variable) is set: every start compiles what it imports")
    } else if let note = readOnly(gaps, facts) {
      notes.append(note)
    }
    return Finding(
      NoBytecodeShipped.description.id, .info,
      "the image has no bytecode that \(coverage.interpreter) loads for \(counts)", at: .target,
      confidence: gaps[0].group == .application ? .medium : .high, cache: BytecodeSwitch.cache,
      evidence: [
        Evidence("groups", gaps.map(\.group.name).joined(separator: " ")),
        Evidence("interpreter", coverage.interpreter.description),
      ] + coverage.groups.map { Evidence($0.group.name, "\($0.compiled)/\($0.modules)") } + [
        Evidence("estimated_bytes", String(bytes)), Evidence("stated_by", stated.origin.description),
      ], notes: notes,
      subjects: gaps.map { gap in
        Subject(
          .root, aspect: "\(coverage.interpreter) \(gap.group.name)", amount: .bytes(gap.missingBytes))
      }, fix: fix(coverage, gaps, facts))
  }

  /// That the user of the image cannot keep what a start compiles.
  private static func readOnly(_ gaps: [BytecodeCoverage.Group], _ facts: TargetFacts) -> String? {
    let count = gaps.reduce(0) { $0 + $1.unwritable }
    guard count > 0, let user = facts.image?.image?.configuration.user, facts.bytecodeLookup.usesCacheDirectory else {
      return nil
    }
    let missing = gaps.reduce(0) { $0 + $1.missing }
    let subject = "user \(cut(printable(user))) may not write where"
    if missing == 1 { return "\(subject) it lies: every start that imports it compiles it" }
    return
      "\(subject) \(count == missing ? "they" : "\(count) of them") lie: every start compiles those that it imports"
  }

  private static func words(_ group: BytecodeGap.Group) -> String {
    switch group {
    case .application: "the application"
    case .packages: "packages"
    case .library: "the standard library"
    }
  }

  private static func fix(
    _ coverage: BytecodeCoverage, _ gaps: [BytecodeCoverage.Group], _ facts: TargetFacts
  ) -> Fix {
    guard let version = coverage.interpreter.version else { return Fix(manual: "compile in the last stage") }
    let places = Set(gaps.flatMap(\.missingRoots)).sorted().map { BytecodeGroup.word($0, in: facts) }
    let variable =
      coverage.isElsewhere ? facts.bytecodeLookup.prefixes.first.map { BytecodeGroup.prefixed($0, facts) } ?? "" : ""
    let mode = version.isAtLeast(3, 7) ? " --invalidation-mode checked-hash" : ""
    let force = gaps.contains(where: \.isKept) ? " -f" : ""
    let command =
      "RUN \(variable)\(BytecodeGroup.program(version)) -m compileall -q\(force) -j 0\(mode) \(places.joined(separator: " ")) || true"
    let alternative = variable.isEmpty ? "" : ", or take the prefix out of what the image starts"
    return Fix(
      manual: "compile in the last stage, as root, after the last step that changes sources\(alternative)",
      commands: [command])
  }

  // MARK: Whether the image runs Python

  /// Whether the image has a program of its own in Python, or starts Python, also through the first line of a script.
  private static func runsPython(_ facts: TargetFacts, _ coverage: BytecodeCoverage) -> Bool {
    if coverage.groups.contains(where: { $0.group == .application }) { return true }
    guard let image = facts.image, let configuration = image.image?.configuration else { return false }
    let words = (configuration.entrypoint ?? []) + (configuration.command ?? [])
    // A shell's command is one word of several.
    let names = words.flatMap { $0.split { " ;&|\t\n".contains($0) } }
    if names.contains(where: { isPython(Array($0.utf8)) }) { return true }
    return ImageStart(image).map { !$0.pythons.isEmpty } ?? false
  }

  private static func isPython(_ word: [UInt8]) -> Bool {
    let name = Path(word).name
    return name.starts(with: "python".utf8) || name.starts(with: "pypy".utf8)
  }
}
