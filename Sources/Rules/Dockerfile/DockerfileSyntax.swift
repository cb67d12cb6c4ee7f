internal import Dockerfiles
internal import Facts
internal import Findings
internal import SourceText
internal import Spelling

/// Reports what BuildKit refuses in a Dockerfile.
///
/// ## What it does
///
/// Reads the file as BuildKit does, and tells each place where a build would stop before its first
/// step: unknown instructions and flags, missing arguments, `ENV` without `=`, an array with numbers in
/// it, a here-document without an end, instructions above the first `FROM`. A build names the first of
/// them alone; here all are named, and the other instructions are examined all the same. Templates,
/// which another program fills in, and files whose `# syntax=` names a frontend that is not Docker's are
/// left alone.
///
/// ## Why is this bad
///
/// The image cannot be built. The rule adds nothing that BuildKit would accept: what is only unusual, or
/// what other linters cannot read, is no finding.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12
/// RUM pip install flask            # flagged: unknown instruction; RUN is meant
/// COPY --form=build /app /app      # flagged: unknown flag
/// ```
///
/// ## Fix safety
///
/// There is none: what was meant is not known.
enum DockerfileSyntax: Rule {
  /// How many places of one file are told.
  private static let placeLimit = 1_000
  /// How many characters of a message are shown, which quotes words of the file.
  private static let messageLimit = 160

  static let description = RuleDescription(
    RuleID("CP001", "dockerfile-syntax"), "BuildKit refuses the Dockerfile", severity: .error, group: .input,
    hadolint: HadolintRule.codes(of: "CP001"), page: RulePages.page("DockerfileSyntax"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for dockerfile in facts.dockerfiles {
      let file = dockerfile.file
      if dockerfile.isTemplateByName || file.isTemplate || file.unknownFrontend != nil { continue }
      let hidden = file.problems.count - placeLimit
      for (number, problem) in file.problems.prefix(placeLimit).enumerated() {
        report(
          Verdict(
            Finding(
              description.id, .error, "BuildKit refuses this: \(shortened(problem.message))",
              at: .file(dockerfile.path, problem.range), label: label(problem, in: file),
              evidence: [Evidence("refused_at", problem.level == .file ? "reading" : "instruction")],
              notes: number == placeLimit - 1 && hidden > 0 ? ["\(hidden) more places are refused"] : [])))
      }
    }
  }

  /// What was probably meant.
  private static func label(_ problem: Dockerfile.Problem, in file: Dockerfile) -> String? {
    guard problem.level == .instruction, let instruction = file.instruction(atLine: problem.line),
      instruction.keyword == nil
    else { return nil }
    let word = String(decoding: instruction.keywordText, as: UTF8.self)
    if word.utf8.count > 20 { return nil }
    let keywords = Keyword.allCases.map { $0.rawValue.uppercased() }
    return suggestion(for: word, among: keywords).map { "did you mean \($0)?" }
  }

  /// The message, safe to print; words of the file that it quotes may be long.
  private static func shortened(_ message: String) -> String {
    let text = printable(message)
    if text.unicodeScalars.count <= messageLimit { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(messageLimit))) + "…"
  }
}
