/// Turns the built-in policies, `policies/*.yaml`, into one Swift file.
public func generateBuiltinPolicies(_ sources: [TextFile]) throws(GenerationError) -> TextFile {
  let sources = sources.sorted { $0.path < $1.path }
  var cases = ""
  var constants = ""
  for source in sources {
    guard let text = String(validating: source.bytes, as: UTF8.self), !text.contains("\r") else {
      throw GenerationError(path: source.path, line: nil, message: "the file is not plain UTF-8")
    }
    guard text.last == "\n" else {
      throw GenerationError(path: source.path, line: nil, message: "the last line does not end")
    }
    let name = swiftName(source.stem, isType: false)
    cases += "    case \"\(source.stem)\": text = \(name)\n"
    constants += "\n  private static let \(name): StaticString = \(rawLiteral(text))\n"
  }
  let text = """
    /// The policies that the program has built in, as they stand in policies/.
    public enum BuiltinPolicies {
      /// Their names, sorted.
      public static let names: [String] = [\(sources.map { "\"\($0.stem)\"" }.joined(separator: ", "))]

      /// The text of a policy, or nil for a name that none has.
      public static func bytes(_ name: String) -> [UInt8]? {
        let text: StaticString
        switch name {
    \(cases)    default: return nil
        }
        return text.withUTF8Buffer { unsafe Array($0) }
      }
    \(constants)}

    """
  return TextFile(path: "Sources/Policies/Generated/BuiltinPolicies.swift", header + text)
}
