internal import SourceText

/// Why a text is not of a form.
struct FormProblem {
  let message: String
  let help: String?

  init(_ message: String, _ help: String? = nil) {
    self.message = message
    self.help = help
  }
}

extension Form {
  /// What is wrong with `text`; nil where it is of this form.
  func problem(_ text: String, _ names: Names) -> FormProblem? {
    let shown = "`\(shortened(text))`"
    switch self {
    case .any: return nil
    case .words: return isBlank(text) ? FormProblem("is blank") : nil
    case .date:
      return CalendarDate(text) == nil ? FormProblem("\(shown) is no date", "write it as 2027-03-31") : nil
    case .size:
      return byteSize(text) == nil ? FormProblem("\(shown) is no size", "write it as 50MiB, 1.5GB or 4096") : nil
    case .share:
      return Share(text) == nil ? FormProblem("\(shown) is no share", "write it as 1% or 0.5%, at most 100%") : nil
    case .reference: return referenceProblem(text, shown)
    case .newProfile:
      return isProfileName(text)
        ? nil : FormProblem("\(shown) cannot name a profile", "use letters, digits, `-`, `_` and `.`")
    case .profile, .profileOrAll:
      let allowed = names.profiles + (isProfileOrAll ? ["*"] : [])
      if allowed.contains(text) { return nil }
      return FormProblem(
        "the profile \(shown) is not declared", help(for: text, among: allowed))
    case .selector:
      if names.caches.selector(text) != nil { return nil }
      return FormProblem("\(shown) selects no cache", help(for: text, among: selectorCandidates(text, names)))
    case .cache:
      if names.caches.id(named: text) != nil { return nil }
      return FormProblem("there is no cache \(shown)", help(for: text, among: names.caches.ids + names.caches.aliases))
    case .rule:
      if names.rule(text) != nil { return nil }
      return FormProblem("there is no rule \(shown)", help(for: text, among: names.ruleNames))
    case .pattern: return patternProblem(text)
    case .wildcard: return text.isEmpty ? FormProblem("is blank") : nil
    case .relativePath:
      return isRelativePath(text)
        ? nil : FormProblem("\(shown) is no path inside the tree", "write it without a leading `/` and without `..`")
    case .keyword:
      if instructionKeywords.contains(text) { return nil }
      return FormProblem("there is no instruction \(shown)", help(for: text, among: instructionKeywords))
    }
  }

  private var isProfileOrAll: Bool {
    if case .profileOrAll = self { return true }
    return false
  }

  private func referenceProblem(_ text: String, _ shown: String) -> FormProblem? {
    if let name = text.dropping(prefix: "builtin:") {
      return name.isEmpty ? FormProblem("\(shown) lacks the policy's name") : nil
    }
    if text.utf8.contains(0) { return FormProblem("\(shown) is no path") }
    if text.contains("://") { return FormProblem("\(shown): nothing is fetched", "keep a copy beside this file") }
    if text.hasPrefix("/") { return FormProblem("\(shown) is an absolute path", "write it relative to this file") }
    if text.hasPrefix("./") || text.hasPrefix("../") { return nil }
    return FormProblem("\(shown) names no policy", "write `builtin:\(text)` or `./\(text)`")
  }

  private func patternProblem(_ text: String) -> FormProblem? {
    if isBlank(text) { return FormProblem("is blank") }
    if text.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") }) {
      return FormProblem("a pattern is a single line")
    }
    return nil
  }

  private func selectorCandidates(_ text: String, _ names: Names) -> [String] {
    if text.hasPrefix("kind:") { return names.selectors.filter { $0.hasPrefix("kind:") } }
    if text.hasSuffix(".*") { return names.selectors.filter { $0.hasSuffix(".*") } }
    return names.selectors
  }

  private func isProfileName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
  }

  private func isRelativePath(_ text: String) -> Bool {
    if text.isEmpty || text.hasPrefix("/") || text.utf8.contains(0) { return false }
    return !text.utf8.split(separator: UInt8(ascii: "/")).contains { Array($0) == Array("..".utf8) }
  }
}

/// The instructions of Dockerfiles.
let instructionKeywords = [
  "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
  "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
]

/// A text that is safe to print and no longer than a line.
func shortened(_ text: String) -> String {
  let safe = printable(text)
  return safe.unicodeScalars.count <= 60 ? safe : String(String.UnicodeScalarView(safe.unicodeScalars.prefix(60))) + "…"
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: false
  }
}

func isBlank(_ text: String) -> Bool {
  text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
}

extension String {
  /// The text after `prefix`; nil where it begins otherwise.
  func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
