/// Turns the doc comments of the rules' types into one Swift file, so that `explain` can show them.
///
/// A rule is a file `Sources/Rules/<Group>/<Name>.swift` with an `enum <Name>`; a file without one
/// is no rule and is left out.
public func generateRulePages(_ sources: [TextFile]) throws(GenerationError) -> TextFile {
  var cases = ""
  var constants = ""
  for source in sources.sorted(by: { $0.path < $1.path }) {
    guard let page = docComment(ofEnum: source.stem, in: String(decoding: source.bytes, as: UTF8.self)) else {
      continue
    }
    let name = swiftName(source.stem.prefix(1).lowercased() + source.stem.dropFirst(), isType: true)
    let constant = name.prefix(1).lowercased() + name.dropFirst()
    cases += "    case \"\(source.stem)\": \(constant)\n"
    constants += "\n  private static let \(constant): StaticString = \(rawLiteral(page))\n"
  }
  let text = """
    /// The pages of the rules: the doc comments of their types.
    enum RulePages {
      /// The page of a rule by the name of its type; empty for a name that none has.
      static func page(_ typeName: String) -> String {
        let text: StaticString =
          switch typeName {
    \(indented(cases, by: 4))      default: ""
          }
        return text.description
      }
    \(constants)}

    """
  return TextFile(path: "Sources/Rules/Generated/RulePages.swift", header + text)
}

/// The text of the `///` lines right above `enum <name>`, without the marks.
func docComment(ofEnum name: String, in source: String) -> String? {
  var comment: [Substring] = []
  for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.hasPrefix("///") {
      let text = line.dropFirst(3)
      comment.append(text.first == " " ? text.dropFirst() : text)
      continue
    }
    let words = line.prefix { $0 != ":" && $0 != "{" }.split(separator: " ")
    if words.last.map(String.init) == name, words.contains("enum"), !comment.isEmpty {
      return comment.joined(separator: "\n")
    }
    if !line.hasPrefix("@") { comment = [] }
  }
  return nil
}

private func indented(_ text: String, by count: Int) -> String {
  let blanks = String(repeating: " ", count: count)
  return text.split(separator: "\n").map { blanks + $0 + "\n" }.joined()
}
