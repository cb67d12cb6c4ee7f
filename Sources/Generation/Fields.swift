internal import SourceText
internal import YAML

/// One mapping of a source file, read key by key; a key that nobody asked for is an error.
struct Fields {
  let path: String
  let node: Node
  private let lines: LineTable
  private var asked: Set<String> = []

  init(_ node: Node, path: String, lines: LineTable) throws(GenerationError) {
    self.node = node
    self.path = path
    self.lines = lines
    guard node.entries != nil else { throw problem("a mapping is wanted here", at: node) }
  }

  func problem(_ message: String, at node: Node) -> GenerationError {
    GenerationError(path: path, line: lines.line(of: node.range.lower), message: message)
  }

  mutating func text(_ key: String) throws(GenerationError) -> String? {
    guard let value = take(key) else { return nil }
    return try checked(value, key)
  }

  mutating func needed(_ key: String) throws(GenerationError) -> String {
    guard let text = try text(key), !text.isEmpty else { throw problem("`\(key)` is missing", at: node) }
    return text
  }

  mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, of type: Value.Type
  ) throws(GenerationError) -> String? where Value.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard Value(rawValue: text) != nil else {
      throw problem("`\(key)` cannot be `\(text)`", at: node[key] ?? node)
    }
    return text
  }

  mutating func list(_ key: String) throws(GenerationError) -> [String] {
    guard let value = take(key) else { return [] }
    guard let elements = value.elements else { throw problem("`\(key)` is a list", at: value) }
    var texts: [String] = []
    for element in elements { texts.append(try checked(element, key)) }
    return texts
  }

  mutating func flag(_ key: String) throws(GenerationError) -> Bool {
    guard let text = try text(key) else { return false }
    guard text == "true" || text == "false" else { throw problem("`\(key)` is true or false", at: node) }
    return text == "true"
  }

  mutating func mapping(_ key: String) throws(GenerationError) -> Fields? {
    guard let value = take(key) else { return nil }
    return try Fields(value, path: path, lines: lines)
  }

  mutating func mappings(_ key: String) throws(GenerationError) -> [Fields] {
    guard let value = take(key) else { return [] }
    guard let elements = value.elements else { throw problem("`\(key)` is a list", at: value) }
    var fields: [Fields] = []
    for element in elements { fields.append(try Fields(element, path: path, lines: lines)) }
    return fields
  }

  /// Ends the reading: every key must have been asked for.
  func end() throws(GenerationError) {
    for entry in node.entries ?? [] where !asked.contains(entry.name) {
      throw problem("`\(entry.name)` means nothing here", at: entry.key)
    }
  }

  private mutating func take(_ key: String) -> Node? {
    asked.insert(key)
    return node[key]
  }

  /// A text that the compact form can hold: one line, no control characters.
  private func checked(_ node: Node, _ key: String) throws(GenerationError) -> String {
    guard let text = node.text else { throw problem("`\(key)` is a text", at: node) }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw problem("`\(key)` holds a control character", at: node)
    }
    return text
  }
}

/// Reads a YAML file whose root is a mapping.
func fields(of file: TextFile) throws(GenerationError) -> Fields {
  let document = Document(file.bytes)
  let lines = LineTable(file.bytes)
  if let error = document.errors.first {
    throw GenerationError(path: file.path, line: lines.line(of: error.range.lower), message: error.description)
  }
  guard let root = document.root else { throw GenerationError(path: file.path, line: 1, message: "the file is empty") }
  return try Fields(root, path: file.path, lines: lines)
}
