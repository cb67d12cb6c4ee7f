internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText
internal import Versions

/// Reports an environment of an image that differs from what the policy wants written.
///
/// ## What it does
///
/// Looks at the environment that containers of the image start with, and at ENTRYPOINT and CMD. Where the policy
/// says `write: deny` of a cache that a variable can turn off (`PYTHONDONTWRITEBYTECODE`, `PIP_NO_CACHE_DIR`,
/// `UV_NO_CACHE` …), it reports that the variable is not set, or has a value that the tool ignores or fails
/// with, and a Python that is started with `-E` or `-I` and so heeds no variable. Where the policy says
/// `write: require`, it reports the variable that turns the cache off, and `-B`.
///
/// It speaks only where the image runs the tool: Python is started by ENTRYPOINT or CMD, also through the
/// first line of a script, or the image says by `PYTHON_VERSION` that it is one of Python's; of another tool
/// the program is there. Values are read as the tool and its version read them, and `env NAME=VALUE` before
/// Python counts.
///
/// ## Why is this bad
///
/// The policy says what a container may write; what is in force is what the image says, whatever its
/// Dockerfile looks like, and whichever base image set it.
///
/// ## Example
///
/// ```json
/// {"config": {"Env": ["PYTHONDONTWRITEBYTECODE=0"], "Cmd": ["python", "app.py"]}}
/// ```
///
/// ## Fix safety
///
/// Manual: set the variable, or take it out, in the Dockerfile of the image: `cachepolicy turn off CACHE`. Where
/// ENTRYPOINT or CMD gives Python a value of its own, or takes the variable away, as `env -i` and `unset` do, it is to
/// be repaired there, or in the script that they start.
enum ImageEnvironmentDiffers: Rule {
  static let description = RuleDescription(
    RuleID("CP404", "image-environment-differs"), "the environment of an image is not what the policy wants",
    severity: .info, group: .image, fix: .manual, intents: ["write: deny", "write: require"],
    page: RulePages.page("ImageEnvironmentDiffers"))

  /// The longest value that a message shows.
  private static let valueLimit = 40

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let image = facts.image, let start = ImageStart(image) else { return }
    let profile = judgement.imageProfile
    var subject = Subject(facts: facts, start: start, profile: profile)
    for kind in Catalogue.all {
      let variables = kind.disable.environment.filter { $0.effect == .full && $0.only == nil }
      // Other bytecode is turned off by the same variable.
      let isBytecode = kind.prefix == "python" && kind.group == .bytecode
      if variables.isEmpty || isBytecode && kind.id != BytecodeSwitch.cache { continue }
      guard let stated = judgement.intents(for: kind, in: profile, at: .root).write,
        stated.value == .deny || stated.value == .require
      else { continue }
      if kind.id == BytecodeSwitch.cache {
        subject.checkPython(kind, variables, stated)
      } else if kind.writtenBy.contains(where: { start.has($0.command) }) {
        subject.check(kind, variables, stated, tool: kind.tool)
      }
    }
    for verdict in subject.verdicts { report(verdict) }
  }

  private struct Subject {
    let facts: TargetFacts
    let start: ImageStart
    let profile: String
    private(set) var verdicts: [Verdict] = []

    init(facts: TargetFacts, start: ImageStart, profile: String) {
      self.facts = facts
      self.start = start
      self.profile = profile
    }

    mutating func checkPython(_ kind: CacheKind, _ variables: [EnvironmentSwitch], _ stated: Stated<WriteIntent>) {
      let pythons = start.pythons
      guard !pythons.isEmpty || start.isOfPython(facts.interpreters) else { return }
      if stated.value == .require, let python = pythons.first(where: \.writesNoBytecode) {
        tell(
          kind, stated, "Python is started with -B, which writes no bytecode; the policy requires it", at: python.key)
      }
      if stated.value == .deny {
        if !pythons.isEmpty, pythons.allSatisfy(\.writesNoBytecode) { return }
        if let python = pythons.first(where: { $0.ignoresEnvironment && !$0.writesNoBytecode }) {
          let words = "Python is started with -E or -I, which heed no variable, and writes bytecode"
          return tell(kind, stated, words, at: python.key, fix: "start it with -B")
        }
      }
      check(
        kind, variables, stated, pythons: pythons, version: start.python(facts.interpreters), tool: "Python")
    }

    mutating func check(
      _ kind: CacheKind, _ variables: [EnvironmentSwitch], _ stated: Stated<WriteIntent>,
      pythons: [ImageStart.Python] = [], version: PythonVersion? = nil, tool: String
    ) {
      var readings: [(EnvironmentSwitch, String?, SwitchReading)] = []
      for variable in variables {
        switch start.value(of: variable.name, for: pythons) {
        case .value(let bytes):
          let value = String(decoding: bytes, as: UTF8.self)
          readings.append((variable, value, variable.judge(value, python: version)))
        case .unset: readings.append((variable, nil, variable.judge(nil, python: version)))
        case .unknown: return
        }
      }
      // What starts a program may give it a value of its own: what the image says is nothing to it then.
      func decider(_ variable: EnvironmentSwitch) -> ImageStart.Python? {
        pythons.first { $0.way(variable.name) != .passed }
      }
      func place(_ variable: EnvironmentSwitch) -> String { decider(variable)?.key ?? "Env \(variable.name)" }
      let acting = readings.first { $0.2 == .on }
      if stated.value == .require {
        guard let acting, let value = acting.1 else { return }
        let variable = acting.0
        let words = "\(variable.name)=\(shown(value)) keeps \(tool) from writing what the policy requires"
        return tell(
          kind, stated, words, at: place(variable), value: value,
          fix:
            "take \(variable.name) out of \(decider(variable).map { "what \(instruction($0)) starts" } ?? "the image")")
      }
      guard acting == nil, let first = variables.first else { return }
      let own = decider(first)
      let fix =
        own.map { "let what \(instruction($0)) starts give \(tool) \(first.name)=\(first.value)" }
        ?? "set \(first.name)=\(first.value) in the image"
      if case (let variable, let value?, let reading)? = readings.first(where: { $0.1 != nil }) {
        switch reading {
        case .off where value.isEmpty && decider(variable) != nil:
          tell(
            kind, stated, "\(variable.name) is emptied where \(tool) is started: it may write \(kind.id)",
            at: place(variable), value: value, fix: fix)
        case .off:
          tell(
            kind, stated, "\(tool) ignores \(variable.name)=\(shown(value)) and writes \(kind.id)",
            at: place(variable), value: value, fix: fix)
        case .fails:
          tell(
            kind, stated, "\(tool) fails with \(variable.name)=\(shown(value))", at: place(variable), value: value,
            fix: fix)
        case .on, .dependsOnVersion, .unknown: return
        }
        return
      }
      let words: String
      switch own?.way(first.name) {
      case .removed where start.value(of: first.name) != nil:
        words = "is set in the image, but taken away where \(tool) is started: it"
      case .removed: words = "is not set in the image, and would be taken away where \(tool) is started: it"
      // A shell that has the variable from the image would hand its own value on.
      case .replaced: words = "is not exported where \(tool) is started: it"
      case .passed, nil: words = "is not set in the image: \(tool)"
      }
      tell(kind, stated, "\(first.name) \(words) may write \(kind.id)", at: place(first), fix: fix)
    }

    /// The instruction of a Dockerfile that says how a program is started.
    private func instruction(_ python: ImageStart.Python) -> String { python.key.uppercased() }

    private func shown(_ value: String) -> String {
      let short = value.utf8.count <= 4 * valueLimit && value.count <= valueLimit
      return "`\(printable(short ? value : String(value.prefix(valueLimit))))\(short ? "" : "…")`"
    }

    private mutating func tell(
      _ kind: CacheKind, _ stated: Stated<WriteIntent>, _ message: String, at key: String, value: String? = nil,
      fix: String = "start it otherwise"
    ) {
      let file = kind.layer?.files.first(where: start.hasFile)
      var evidence = [Evidence("intent", "write: \(stated.value.rawValue)"), Evidence("profile", profile)]
      if let value { evidence.append(Evidence("value", cut(printable(value)))) }
      evidence.append(Evidence("stated_by", stated.origin.description, isStable: false))
      verdicts.append(
        Verdict(
          Finding(
            description.id, .info, message, at: .configuration(key), confidence: file == nil ? .high : .low,
            cache: kind.id, evidence: evidence,
            notes: ["profile \(profile): write: \(stated.value.rawValue) (\(stated.origin))"]
              + (file.map { ["not sure: \($0) may say otherwise"] } ?? []),
            fix: Fix(manual: fix)),
          grounds: stated.grounds, profile: profile))
    }
  }
}
