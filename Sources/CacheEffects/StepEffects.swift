internal import Dockerfiles

extension InstructionEffects {
  /// How many bytes of a step are read; of a longer one nothing is known.
  ///
  /// Those of official images have up to 5 KiB.
  public static let stepLimit = 8 << 10
  /// How many variables that were set before are looked at, the last ones.
  public static let stepVariables = 256

  /// The effects of a step of which only the text is left, as in the history of an image.
  ///
  /// Mounts are not in such a text, so nothing is known of them. It is read as the only RUN of a Dockerfile that is made
  /// for it.
  ///
  /// - Parameters:
  ///   - step: the command of the RUN, without its shell.
  ///   - variables: what was set before it, each as `NAME=VALUE`, in order; a HOME among them is the home.
  ///   - user: who runs it; nil for root. What is no name and no number is a user of whom nothing is known.
  ///   - home: the home of that user as an absolute path; nil where it is not known.
  ///   - directory: the working directory as an absolute path; nil where it is not known.
  /// - Returns: the effects; nil where the text is too long, or not understood as a whole.
  public static func of(
    step: String, variables: [String], user: String?, home: String?, directory: String? = "/"
  ) -> InstructionEffects? {
    guard step.utf8.count <= stepLimit else { return nil }
    var lines = ["FROM scratch"]
    // Of an argument without a value nothing is known.
    var unknown = "UNKNOWN"
    while variables.contains(where: { $0.hasPrefix(unknown + "=") }) { unknown += "_" }
    lines.append("ARG \(unknown)")
    lines.append(home.flatMap { assignment("HOME", $0[...]) } ?? "ARG HOME")
    for variable in variables.suffix(stepVariables) {
      guard let equals = variable.firstIndex(of: "="), isName(variable[..<equals]) else { continue }
      if let line = assignment(variable[..<equals], variable[variable.index(after: equals)...]) { lines.append(line) }
    }
    if let user, !user.isEmpty {
      lines.append("USER \(isPlain(user, "_.:-") ? user : "$\(unknown)")")
    }
    lines.append("WORKDIR \(directory.flatMap { isPlain($0, "/_.:-+@~ ") ? $0 : nil } ?? "$\(unknown)")")
    var end = "END_OF_STEP"
    while step.contains(end) { end += "_" }
    lines += ["RUN <<'\(end)'", step, end, ""]
    let effects = CacheEffects(Dockerfile(Array(lines.joined(separator: "\n").utf8)))
    return effects.instructions.last.flatMap { $0.isComplete ? $0 : nil }
  }

  /// The line that sets a variable; nil for a value that is too long or has several lines.
  private static func assignment(_ name: Substring, _ text: Substring) -> String? {
    guard text.utf8.count <= stepLimit, !text.contains(where: \.isNewline) else { return nil }
    var value = ""
    for character in text {
      if "\\\"$".contains(character) { value += "\\" }
      value.append(character)
    }
    return "ENV \(name)=\"\(value)\""
  }

  /// Whether a text has nothing but letters, digits and some signs.
  private static func isPlain(_ text: String, _ signs: String) -> Bool {
    text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || signs.contains($0)) }
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.first, !first.isNumber else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
