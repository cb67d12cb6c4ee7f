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
  ///   - variables: what was set before it, each as `NAME=VALUE`, in order.
  ///   - user: who runs it; nil for root.
  /// - Returns: the effects; nil where the text is too long, or not understood as a whole.
  public static func of(step: String, variables: [String], user: String?) -> InstructionEffects? {
    guard step.utf8.count <= stepLimit else { return nil }
    var lines = ["FROM scratch"]
    for variable in variables.suffix(stepVariables) {
      guard let equals = variable.firstIndex(of: "="), isName(variable[..<equals]),
        variable.utf8.count <= stepLimit, !variable.contains(where: \.isNewline)
      else { continue }
      var value = ""
      for character in variable[variable.index(after: equals)...] {
        if "\\\"$".contains(character) { value += "\\" }
        value.append(character)
      }
      lines.append("ENV \(variable[..<equals])=\"\(value)\"")
    }
    if let user, !user.isEmpty, user.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.:-".contains($0)) }) {
      lines.append("USER \(user)")
    }
    var end = "END_OF_STEP"
    while step.contains(end) { end += "_" }
    lines += ["RUN <<'\(end)'", step, end, ""]
    let effects = CacheEffects(Dockerfile(Array(lines.joined(separator: "\n").utf8)))
    return effects.instructions.last.flatMap { $0.isComplete ? $0 : nil }
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.first, !first.isNumber else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
