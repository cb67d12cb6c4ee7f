internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// Reports images that set `PYTHONDONTWRITEBYTECODE` and start Python so that it does not look at it.
///
/// ## What it does
///
/// Looks at what the stages that ship start, where the file switches the writing of bytecode off. With `-E`
/// or `-I` Python looks at no variable, and writes (Python 2.7 to 3.13; PyPy). `-B` in the same command
/// stops it. The rule says nothing where the policy allows or requires writing.
///
/// One cause is one finding: where the variable is set, this rule speaks of such a start, and CP301 where it is not.
/// What pip, `python -m venv` and compilers leave in a layer in spite of the variable is CP314's, and caches that
/// commands leave which do not see their switch, as behind `sudo` or `env -i`, or which it stops in part, as with
/// poetry, are CP310's: both judge what stays in the layer.
///
/// ## Why is this bad
///
/// The variable looks as if it counted, and every new container writes `__pycache__` directories all the same.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// CMD ["python", "-I", "app.py"]       # flagged: -I ignores the variable
/// ```
///
/// becomes
///
/// ```dockerfile
/// FROM python:3.12-slim
/// ENV PYTHONDONTWRITEBYTECODE=1
/// CMD ["python", "-IB", "app.py"]
/// ```
///
/// ## Fix safety
///
/// The fix adds `B` to the flag. It is safe where the user's own policy says `write: deny`, else unsafe.
enum SwitchIsIgnored: Rule {
  static let description = RuleDescription(
    RuleID("CP305", "switch-is-ignored-by-command"), "a command does not follow a switch that is set for it",
    severity: .warning, group: .dockerfile, fix: .safe, page: RulePages.page("SwitchIsIgnored"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    guard let kind = Catalogue.kind(BytecodeSwitch.cache) else { return }
    for dockerfile in facts.dockerfiles {
      var told: Set<ByteRange> = []
      for product in dockerfile.products {
        let write = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).write
        if write?.value == .allow || write?.value == .require { continue }
        guard let start = ignoringStart(dockerfile, product.stage) else { continue }
        let instruction = dockerfile.file.instructions[start.run.instruction]
        let place =
          start.run.place(ofCommand: start.use.command) ?? instruction.text.physical(instruction.keywordRange)
        guard told.insert(place).inserted else { continue }
        let origin = start.use.origin.flatMap { dockerfile.file.range(of: $0) }
        let isStated = write?.value == .deny && write?.isUsers == true
        report(
          Verdict(
            Finding(
              description.id, .warning, "Python writes bytecode in spite of \(BytecodeSwitch.variable)",
              at: .file(dockerfile.path, place), confidence: start.isPerhaps ? .medium : .high, cache: kind.id,
              label: "with -E or -I Python looks at no variable",
              related: origin.map { [RelatedPlace(.file(dockerfile.path, $0), "is set here")] } ?? [],
              evidence: [Evidence("stage", String(product.stage)), Evidence("profile", product.profile)],
              fix: fix(start, dockerfile, isStated ? .safe : .unsafe)),
            grounds: write?.grounds, profile: product.profile))
      }
    }
  }

  /// Whether the image starts Python so that it ignores the variable, which the file sets.
  ///
  /// CP301 asks for it, so that a start is told once.
  static func startIgnoresSwitch(_ dockerfile: DockerfileFacts, _ stage: Int) -> Bool {
    ignoringStart(dockerfile, stage) != nil
  }

  /// A start that ignores the variable.
  private struct Start {
    let run: InstructionEffects
    let use: SwitchUse
    /// Where the letters of the flag stand; nil where no place holds them alone.
    let flag: ByteRange?

    var isPerhaps: Bool { run.commands[use.command].invocation.isPerhaps }
  }

  private static func ignoringStart(_ dockerfile: DockerfileFacts, _ stage: Int) -> Start? {
    for run in dockerfile.effects.starts where run.stage == stage {
      for use in run.switches
      where use.variable.name == BytecodeSwitch.variable && use.reading == .on && use.origin != nil {
        if let flag = isolatingFlag(run.commands[use.command].invocation) {
          return Start(run: run, use: use, flag: place(of: flag, in: run, dockerfile))
        }
      }
    }
    return nil
  }

  /// The flag with which an interpreter looks at no variable; nil where it does, or writes nothing anyway.
  private static func isolatingFlag(_ invocation: ShellInvocation) -> ShellArgument? {
    guard let name = invocation.name, isPython(name) else { return nil }
    var isolating: ShellArgument?
    var skipsNext = false
    for word in invocation.words.dropFirst() {
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let text = word.value else { return nil }
      guard text.first == UInt8(ascii: "-"), text.count > 1 else { break }
      if text[1] == UInt8(ascii: "-") {
        skipsNext = text.elementsEqual("--check-hash-based-pycs".utf8)
        continue
      }
      let letters = text.dropFirst().prefix { !"cmXW".utf8.contains($0) }
      if letters.contains(UInt8(ascii: "B")) { return nil }
      if letters.contains(where: { "EI".utf8.contains($0) }) { isolating = word }
      guard letters.count < text.count - 1 else { continue }
      // What follows `-c` and `-m` is the program's; `-X` and `-W` take the rest of the word, or the next one.
      let ending = text[1 + letters.count]
      if ending == UInt8(ascii: "c") || ending == UInt8(ascii: "m") { break }
      skipsNext = letters.count == text.count - 2
    }
    return isolating
  }

  private static func isPython(_ name: ArraySlice<UInt8>) -> Bool {
    ["python", "pypy"].contains { stem in
      name.starts(with: stem.utf8)
        && name.dropFirst(stem.utf8.count).allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }
    }
  }

  /// Where a flag of letters alone stands in the file, without the quotes of an array.
  private static func place(
    of flag: ShellArgument, in run: InstructionEffects, _ dockerfile: DockerfileFacts
  ) -> ByteRange? {
    guard let text = flag.value, let range = flag.range, text.dropFirst().allSatisfy(isAlphanumeric) else { return nil }
    let place = run.place(range)
    for inner in [place, ByteRange(place.lower + 1, max(place.lower + 1, place.upper - 1))]
    where dockerfile.file.bytes[inner.indices].elementsEqual(text) {
      return inner
    }
    return nil
  }

  private static func fix(_ start: Start, _ dockerfile: DockerfileFacts, _ safety: FixSafety) -> Fix {
    let title = "add -B, with which Python writes no bytecode"
    guard let flag = start.flag,
      !dockerfile.file.bytes[flag.indices].contains(where: { "cmXW".utf8.contains($0) }), !dockerfile.isTemplateByName
    else { return Fix(manual: title) }
    if let caution = dockerfile.file.cautions.first { return Fix(manual: "\(title) by hand: \(caution.reason)") }
    return Fix(safety, title, edits: [FileEdit(dockerfile.path, Edit(ByteRange(at: flag.upper), "B"))])
  }
}
