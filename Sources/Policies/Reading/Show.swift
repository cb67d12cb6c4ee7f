extension Policy {
  /// The merged policy as YAML, with the file and line that say each value where `origin` is set.
  ///
  /// The text is a policy itself: read again it means the same, save for who said it.
  public func show(origin: Bool) -> String {
    var writer = PolicyWriter(showsOrigin: origin)
    writer.write("version: 1", nil)
    writer.write(merged.members, indent: 0)
    return writer.text
  }
}

private struct PolicyWriter {
  let showsOrigin: Bool
  var text = ""

  mutating func write(_ line: String, _ origin: Origin?) {
    text += line
    if showsOrigin, let origin { text += "  # \(origin)" }
    text += "\n"
  }

  mutating func write(_ members: [Value.Member], indent: Int, first: String? = nil) {
    for (index, member) in members.enumerated() {
      let lead = index == 0 ? first ?? spaces(indent) : spaces(indent)
      write(member.value, after: "\(lead)\(key(member.key)):", indent: indent)
    }
  }

  private mutating func write(_ value: Value, after lead: String, indent: Int) {
    switch value.content {
    case .text(let text, let isPlain): write("\(lead) \(scalar(text, isPlain: isPlain))", value.origin)
    case .map(let members):
      if members.isEmpty { return write("\(lead) {}", value.origin) }
      write(lead, nil)
      write(members, indent: indent + 2)
    case .list(let values):
      let texts = values.compactMap { value -> String? in
        guard case .text(let text, let isPlain) = value.content else { return nil }
        return scalar(text, isPlain: isPlain)
      }
      if texts.count == values.count {
        return write("\(lead) [\(texts.joined(separator: ", "))]", value.origin)
      }
      write(lead, nil)
      for value in values { write(element: value, indent: indent + 2) }
    }
  }

  private mutating func write(element: Value, indent: Int) {
    switch element.content {
    case .text(let text, let isPlain):
      write("\(spaces(indent))- \(scalar(text, isPlain: isPlain))", element.origin)
    case .map(let members):
      if members.isEmpty { return write("\(spaces(indent))- {}", element.origin) }
      write(members, indent: indent + 2, first: "\(spaces(indent))- ")
    case .list: write(element, after: "\(spaces(indent))-", indent: indent)
    }
  }

  private func key(_ text: String) -> String {
    scalar(text, isPlain: true)
  }

  private func scalar(_ text: String, isPlain: Bool) -> String {
    isPlain && needsNoQuotes(text) ? text : quotedForJSON(text)
  }

  /// Only what no reader of YAML could take for anything else goes without quotes.
  private func needsNoQuotes(_ text: String) -> Bool {
    guard let first = text.utf8.first, isWordByte(first) else { return false }
    return text.utf8.allSatisfy { isWordByte($0) || [0x2D, 0x2E, 0x2F, 0x5F].contains($0) }
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private func spaces(_ count: Int) -> String {
    String(repeating: " ", count: count)
  }
}
