internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// Reports RUNs that leave Python's bytecode in layers that the policy wants without.
///
/// ## What it does
///
/// Speaks only where the policy says `python.bytecode: {ship: deny}` for the profile of a stage that
/// ships. It looks at every RUN of the layers that ship for commands that compile: `pip install`
/// without `--no-compile`, which compiles whatever `PYTHONDONTWRITEBYTECODE` says; `compileall` and
/// `py_compile`; uv and poetry where a flag or a variable asks for it; `python -m venv`, which installs
/// pip; `apt-get install` of Debian's Python packages, whose scripts compile them. Where the variable is
/// not in force, a program that root starts leaves the bytecode of what it imports; one finding for a
/// stage tells of all such RUNs. What a later command of the same RUN removes (`find … -name
/// __pycache__`, `py3clean`) is no finding. What a `COPY --from` brings from a stage that does not ship is CP316's. Where the variable is set for the command in vain, CP305 speaks in the
/// place of this rule, and where `PIP_NO_COMPILE` says the opposite of what it seems to, CP303.
///
/// ## Why is this bad
///
/// Whoever wants images without bytecode, for their size or because every byte of them is to be
/// accounted for, gets it all the same: the switch that everybody knows does not stop the compilers.
/// Bytecode of a Python library is a good third of the size of its directory.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// RUN pip install --no-cache-dir flask            # flagged: pip compiles all the same
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// RUN pip install --no-compile --no-cache-dir flask
/// ```
///
/// ## Fix safety
///
/// `--no-compile` for pip, and taking out the flag that asks uv or poetry to compile, are safe where
/// your own policy denies shipping bytecode and nothing about the command is in doubt; else they are
/// unsafe. Behind `python -m venv` the RUN gets a command that removes the bytecode of the new environment, which is
/// unsafe. All other causes are for a person.
enum BytecodeCompiledIntoLayer: Rule {
  static let description = RuleDescription(
    RuleID("CP314", "bytecode-compiled-into-layer"), "a RUN leaves bytecode in a layer that the policy wants without",
    severity: .info, group: .dockerfile, fix: .safe, intents: ["ship: deny"],
    page: RulePages.page("BytecodeCompiledIntoLayer"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles where !dockerfile.isTemplateByName {
      var told: Set<Int> = []
      for product in dockerfile.products {
        guard let stated = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).ship,
          stated.value == .deny
        else { continue }
        let chain = Set(dockerfile.environments.graph.chain(of: product.stage))
        var importing: [(run: InstructionEffects, write: BytecodeWrite)] = []
        for run in dockerfile.effects.instructions where chain.contains(run.stage) && !run.isTrigger {
          if told.contains(run.instruction) { continue }
          let staying = run.bytecode.writes.filter { $0.removal == nil }
          let compiling = staying.filter { $0.cause != .imports && !isToldElsewhere($0, run, judgement) }
          if compiling.isEmpty {
            if let first = staying.first(where: { $0.cause == .imports && !isToldElsewhere($0, run, judgement) }) {
              importing.append((run, first))
            }
            continue
          }
          told.insert(run.instruction)
          let found = Found(
            kind: kind, dockerfile: dockerfile, product: product, run: run, writes: compiling, grounds: stated.grounds)
          report(verdict(found, alsoImports: staying.contains { $0.cause == .imports }))
        }
        if let first = importing.first, told.insert(first.run.instruction).inserted {
          let found = Found(
            kind: kind, dockerfile: dockerfile, product: product, run: first.run, writes: [first.write],
            grounds: stated.grounds)
          report(verdict(found, others: importing.dropFirst()))
        }
      }
    }
  }

  /// Whether a rule about switches speaks of the same command: of one that is set in vain, or the wrong way round.
  private static func isToldElsewhere(_ write: BytecodeWrite, _ run: InstructionEffects, _ judgement: Judgement) -> Bool
  {
    if judgement.isJudged(SwitchIsIgnored.description.id), SwitchIsIgnored.speaks(of: run, command: write.command) {
      return true
    }
    return write.cause == .installer && judgement.isJudged(SwitchIsInverted.description.id)
      && run.switches.contains {
        $0.command == write.command && $0.variable.name == "PIP_NO_COMPILE" && $0.reading == .off && !$0.value.isEmpty
      }
  }

  /// What one finding tells of.
  struct Found {
    let kind: CacheKind
    let dockerfile: DockerfileFacts
    let product: ProductFacts
    let run: InstructionEffects
    let writes: [BytecodeWrite]
    let grounds: Grounds

    func place(_ run: InstructionEffects, _ write: BytecodeWrite) -> Place {
      let instruction = dockerfile.file.instructions[run.instruction]
      return .file(
        dockerfile.path,
        run.place(ofCommand: write.command) ?? instruction.text.physical(instruction.keywordRange))
    }

    func finding(
      _ message: String, label: String, related: [RelatedPlace] = [], notes: [String] = [], fix: Fix
    ) -> Verdict {
      let doubt = writes.lazy.compactMap(\.doubt).first
      let confidence: Confidence =
        switch doubt {
        case nil: .high
        case .base?, .branch?: .medium
        default: .low
        }
      let stage = dockerfile.environments.graph.stages[run.stage].title
      return Verdict(
        Finding(
          BytecodeCompiledIntoLayer.description.id, .info, message, at: place(run, writes[0]), confidence: confidence,
          cache: kind.id, label: label, related: related,
          evidence: [
            Evidence("stage", stage), Evidence("product", product.reason), Evidence("profile", product.profile),
            Evidence("stated_by", grounds.origin.description),
          ], notes: notes + (doubt.map { ["not sure: \($0.reason)"] } ?? []), fix: fix),
        grounds: grounds, profile: product.profile)
    }
  }

  private static func verdict(_ found: Found, alsoImports: Bool) -> Verdict {
    let first = found.writes[0]
    let command = found.run.commands[first.command]
    let label: String
    switch first.cause {
    case .installer: label = "compiles what it installs, with \(BytecodeSwitch.variable), too"
    case .flag(let flag): label = "\(flag) asks for it"
    case .variable(let name, _): label = "\(name) asks for it"
    case .compiler: label = "compiles, with \(BytecodeSwitch.variable), too"
    case .environment: label = "installs pip, which is compiled, with \(BytecodeSwitch.variable), too"
    case .packages: label = "the scripts of the packages compile them"
    case .imports: label = ""
    }
    let related = found.writes.dropFirst().prefix(Judgement.relatedLimit).map {
      RelatedPlace(found.place(found.run, $0), "compiles, too")
    }
    let notes =
      alsoImports
      ? ["Python also leaves bytecode of what it imports here: set \(BytecodeSwitch.variable)=1 before this RUN"] : []
    return found.finding(
      "\(command.title) leaves bytecode in this layer", label: label, related: related, notes: notes, fix: fix(found))
  }

  private static func verdict(
    _ found: Found, others: ArraySlice<(run: InstructionEffects, write: BytecodeWrite)>
  ) -> Verdict {
    let related = others.prefix(Judgement.relatedLimit).map {
      RelatedPlace(found.place($0.run, $0.write), "leaves more of it")
    }
    let count = others.count - related.count
    let name = found.run.commands[found.writes[0].command].name
    return found.finding(
      "\(name) leaves bytecode of what it imports in this layer",
      label: "\(BytecodeSwitch.variable) is not in force here", related: related,
      notes: count > 0 ? ["\(count) more RUNs do so"] : [],
      fix: Fix(manual: "set \(BytecodeSwitch.variable)=1 in an ENV before this RUN, or start Python with -B"))
  }

  /// The fix: all that compiles in the RUN is told not to, or a person decides.
  static func fix(_ found: Found) -> Fix {
    var operations: [RunEditor.Operation] = []
    var flags: [String] = []
    if let cleaning = cleaning(found) { return cleaning }
    for write in found.writes {
      let command = found.run.commands[write.command]
      switch write.cause {
      case .installer:
        guard let place = command.subcommand(["install"], skipping: BytecodeSwitch.pipOptions) else {
          return advice(write, command)
        }
        if command.has("--compile") {
          operations.append(.removeFlag("--compile", command: write.command))
          flags.append("take --compile out")
        }
        if command.has("--no-compile") { continue }
        operations.append(.addFlag("--no-compile", command: write.command, after: place.end))
        if !flags.contains("add --no-compile") { flags.append("add --no-compile") }
      case .flag(let flag):
        operations.append(.removeFlag(flag, command: write.command))
        flags.append("take \(flag) out")
      case .variable, .compiler, .environment, .packages, .imports: return advice(write, command)
      }
    }
    let file = found.dockerfile.file
    if let caution = found.dockerfile.environments.cautions(in: file, stage: found.run.stage).first {
      return Fix(manual: "\(flags.joined(separator: ", ")); no automatic fix: \(caution.reason)")
    }
    let count = operations.count
    let title = flags.joined(separator: ", ") + (count > 1 && flags.count == 1 ? " in \(count) places" : "")
    let isPlain =
      found.run.isComplete
      && found.writes.allSatisfy {
        ($0.doubt == nil || $0.doubt == .base) && !found.run.commands[$0.command].invocation.isNested
      }
    do {
      let edits = try RunEditor(file, found.run).apply(operations)
      return Fix(
        found.grounds.isUsers && isPlain ? .safe : .unsafe, title,
        edits: edits.map { FileEdit(found.dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: "\(title); no automatic fix: \(refusal.reason)")
    }
  }

  /// The clean-up behind `python -m venv`, which cannot be told not to compile; nil where another fix is called for.
  private static func cleaning(_ found: Found) -> Fix? {
    guard found.writes.contains(where: { $0.cause == .environment }), !found.dockerfile.isTemplateByName,
      found.dockerfile.environments.cautions(in: found.dockerfile.file, stage: found.run.stage).isEmpty
    else { return nil }
    var directories: [[UInt8]] = []
    for write in found.writes {
      guard write.doubt == nil, !write.directories.isEmpty else { return nil }
      guard case .same = found.run.commands[write.command].invocation.user else { return nil }
      for directory in write.directories where !directories.contains(where: { covers($0, directory) }) {
        directories = directories.filter { !covers(directory, $0) } + [directory]
      }
    }
    let isPlain = directories.allSatisfy { directory in
      directory.count > 1 && directory.allSatisfy { isAlphanumeric($0) || "/._-".utf8.contains($0) }
    }
    // A system's own directories are not for a clean-up.
    guard isPlain, !directories.contains(where: { $0.starts(with: "/usr/".utf8) }) else { return nil }
    let names = directories.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    let text = "find \(names) -name __pycache__ -prune -exec rm -rf {} +"
    do {
      let edits = try RunEditor(found.dockerfile.file, found.run).apply([.append(text)])
      return Fix(.unsafe, "end the RUN with `\(text)`", edits: edits.map { FileEdit(found.dockerfile.path, $0) })
    } catch {
      return nil
    }
  }

  private static func advice(_ write: BytecodeWrite, _ command: ToolCommand) -> Fix {
    switch write.cause {
    case .installer: Fix(manual: "use `pip install --no-compile`")
    case .flag(let flag): Fix(manual: "take \(flag) out")
    case .variable(let name, _): Fix(manual: "take \(name) out: without it uv compiles nothing")
    case .compiler: Fix(manual: "take the command out, or let the policy say `ship: precompiled`")
    case .environment:
      Fix(manual: "use `--without-pip`, or end the RUN with `find DIR -name __pycache__ -prune -exec rm -rf {} +`")
    case .packages: Fix(manual: "end the RUN with `find /usr/lib/python3* -name __pycache__ -prune -exec rm -rf {} +`")
    case .imports: Fix(manual: "set \(BytecodeSwitch.variable)=1 in an ENV before this RUN")
    }
  }
}
