internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Reports patterns of git's ignore files that match nothing.
///
/// ## What it does
///
/// Git compares a pattern with paths as text. `./x`, `../x`, `a//b` never match, nor does a class
/// without its bracket, an unknown class name, or a backslash at the end. Tabs, carriage returns and
/// no-break spaces at the end belong to the pattern, and so does what looks like a comment behind it.
/// Braces are no alternatives. A file in UTF-16 holds no pattern at all, a symbolic link is not read.
///
/// ## Why is this bad
///
/// The line looks as if it kept something out, and it does not.
///
/// ## Example
///
/// ```text
/// ./build          # flagged; write /build
/// *.log # logs     # flagged; comments stand on lines of their own
/// ```
///
/// ## Fix safety
///
/// Unsafe: where it is plain what was meant, the fix writes it; the pattern begins to ignore files.
enum PatternNeverMatches: Rule {
  static let description = RuleDescription(
    RuleID("CP201", "pattern-never-matches"), "a pattern of an ignore file matches nothing", severity: .warning,
    group: .gitignore, fix: .unsafe, page: RulePages.page("PatternNeverMatches"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for file in facts.gitignores {
      if let whole = wholeFile(file) {
        report(Verdict(Finding(description.id, .warning, whole, at: .file(file.path, nil))))
        continue
      }
      for rule in file.file.rules {
        guard let never = rule.neverMatching else { continue }
        report(
          Verdict(
            Finding(
              description.id, .warning, "the pattern `\(printable(rule.pattern))` matches nothing",
              at: .file(file.path, rule.range), confidence: never.isProven ? .high : .medium,
              label: words(never.reason),
              evidence: [Evidence("pattern", printable(rule.pattern))],
              fix: fix(never, rule, file.path))))
      }
    }
  }

  private static func wholeFile(_ file: GitIgnoreFacts) -> String? {
    switch file.unread {
    case .link: return "git does not read an ignore file that is a symbolic link"
    case .notRegular: return "git reads no ignore file here: it is no ordinary file"
    case .tooLarge: return "git passes over an ignore file of more than 100 MiB"
    case nil: break
    }
    if file.bytes.starts(with: [0xFF, 0xFE]) || file.bytes.starts(with: [0xFE, 0xFF]) {
      return "the file is in UTF-16, of which git understands nothing; save it as UTF-8"
    }
    return nil
  }

  private static func fix(_ never: NeverMatching, _ rule: GitIgnoreRule, _ path: Path) -> Fix? {
    guard !never.replacements.isEmpty else { return nil }
    let shown = never.replacements.map { "`\(printable($0))`" }.joined(separator: " and ")
    let text = never.replacements.joined(separator: [UInt8(ascii: "\n")])
    return Fix(.unsafe, "write \(shown)", edits: [FileEdit(path, Edit(rule.range, Array(text)))])
  }

  private static func words(_ reason: NeverMatching.Reason) -> String {
    switch reason {
    case .empty: "nothing is left to match"
    case .unclosedClass: "the `[` is never closed"
    case .unknownClassName: "there is no class of this name"
    case .emptyClass: "no byte is in the class"
    case .trailingBackslash: "nothing follows the backslash"
    case .dotPart: "paths are compared as text, and have no `.` and `..`"
    case .emptyPart: "no path has two slashes in a row"
    case .trailingWhitespace: "white space at the end belongs to the pattern"
    case .leadingWhitespace: "white space at the beginning belongs to the pattern"
    case .commentTail: "the comment belongs to the pattern"
    case .braces: "git has no alternatives in braces"
    }
  }
}
