internal import Bytecode
internal import Facts
internal import JSON
internal import SourceText

/// Bytecode and interpreters as `facts` prints them.
enum BytecodeDocument {
  /// The members of the document; none where there is neither bytecode nor an interpreter.
  static func members(_ facts: TargetFacts) -> [JSONMember] {
    if facts.bytecode.isEmpty, facts.interpreters.isEmpty { return [] }
    return [
      JSONMember("bytecode", .array(facts.bytecode.map(value))),
      JSONMember("interpreters", .array(facts.interpreters.tags.map { .bytes($0.bytes) })),
    ]
  }

  /// One file: where it is, what it is, and whether it is loaded.
  static func value(_ fact: BytecodeFact) -> JSONValue {
    [
      "path": .bytes(fact.path.bytes), "layer": fact.layer.map { .integer($0) } ?? .null,
      "tag": fact.name.tag.map { .bytes($0.bytes) } ?? .null,
      "verdict": .string(fact.judgement.verdict.rawValue), "loaded": fact.isLoaded.map { .bool($0) } ?? .null,
    ]
  }
}
