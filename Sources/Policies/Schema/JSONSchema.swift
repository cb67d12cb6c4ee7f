public import Findings

/// The JSON Schema of policies, for editors: the bytes of one document.
///
/// It comes from the same description by which policies are read, so it holds what a single value, list
/// or key may be; what depends on other values, such as a declared profile, only the reader knows.
public func policySchema(rules: [RuleDescription], caches: CacheNames) -> [UInt8] {
  let names = Names(rules: rules, caches: caches)
  guard case .object(let members) = PolicySchema.root.schema(names) else { return [] }
  var document: [(String, SchemaValue)] = [
    ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
    ("title", .text("cachepolicy policy, version \(PolicySchema.version)")),
  ]
  document += members
  let definitions = PolicySchema.named.sorted { $0.key < $1.key }.map { ($0.key, $0.value.schema(names)) }
  document.append(("$defs", .object(definitions)))
  var text = ""
  SchemaValue.object(document).write(to: &text, indent: 0)
  return Array((text + "\n").utf8)
}

/// A piece of JSON that keeps the order of its keys.
private indirect enum SchemaValue {
  case text(String)
  case number(Int)
  case boolean(Bool)
  case list([SchemaValue])
  case object([(String, SchemaValue)])

  static func words(_ words: [String]) -> SchemaValue {
    .list(words.map(SchemaValue.text))
  }

  func write(to result: inout String, indent: Int) {
    switch self {
    case .text(let text): result += quotedForJSON(text)
    case .number(let number): result += String(number)
    case .boolean(let value): result += value ? "true" : "false"
    case .list(let values):
      result += "["
      for (index, value) in values.enumerated() {
        if index > 0 { result += ", " }
        value.write(to: &result, indent: indent)
      }
      result += "]"
    case .object(let members):
      if members.isEmpty { return result += "{}" }
      let inner = String(repeating: " ", count: indent + 2)
      result += "{\n"
      for (index, member) in members.enumerated() {
        result += "\(inner)\(quotedForJSON(member.0)): "
        member.1.write(to: &result, indent: indent + 2)
        result += index == members.count - 1 ? "\n" : ",\n"
      }
      result += String(repeating: " ", count: indent) + "}"
    }
  }
}

/// The text as JSON writes it, in double quotes; YAML reads it too.
func quotedForJSON(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    default:
      // Line separators and what a terminal could take for a command are never written raw.
      let isPlain =
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x2028...0x202E).contains(scalar.value)
        && scalar.value != 0xFEFF
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
      }
    }
  }
  return result + "\""
}

extension Shape {
  fileprivate func schema(_ names: Names) -> SchemaValue {
    switch self {
    case .text(let form): form.schema(names)
    case .choice(let words): .object([("enum", .words(words))])
    case .boolean: .object([("type", .text("boolean"))])
    case .number(let least, let most):
      .object([("type", .text("integer")), ("minimum", .number(least)), ("maximum", .number(most))])
    case .exactly(let number): .object([("const", .number(number))])
    case .list(let shape, let least): list(of: shape, least: least, names)
    case .oneOrMany(let shape): .object([("anyOf", .list([shape.schema(names), list(of: shape, least: 1, names)]))])
    case .record(let record): record.schema(names)
    case .map(let form, let shape):
      .object([
        ("type", .text("object")), ("propertyNames", form.schema(names)),
        ("additionalProperties", shape.schema(names)),
      ])
    case .either(let scalar, let collection):
      .object([("anyOf", .list([scalar.schema(names), collection.schema(names)]))])
    case .rules(let builtin, let own): rulesSchema(builtin: builtin, own: own, names)
    case .named(let name): .object([("$ref", .text("#/$defs/\(name)"))])
    }
  }

  private func list(of shape: Shape, least: Int, _ names: Names) -> SchemaValue {
    .object([("type", .text("array")), ("items", shape.schema(names)), ("minItems", .number(least))])
  }

  private func rulesSchema(builtin: Shape, own: Shape, _ names: Names) -> SchemaValue {
    let keys = names.rules.flatMap { rule in
      let shape = builtin.keeping(rule.options).schema(names)
      return [rule.id.code, rule.id.name].map { key -> (String, SchemaValue) in
        guard case .object(let members) = shape else { return (key, shape) }
        return (key, .object([("description", .text(rule.summary))] + members))
      }
    }
    return .object([
      ("type", .text("object")), ("properties", .object(keys)),
      ("patternProperties", .object([("^[a-z0-9-]+/[a-z0-9-]+$", own.schema(names))])),
      ("additionalProperties", .boolean(false)),
    ])
  }
}

extension Record {
  fileprivate func schema(_ names: Names) -> SchemaValue {
    let properties = fields.map { field -> (String, SchemaValue) in
      guard case .object(let members) = field.shape.schema(names) else { return (field.name, .object([])) }
      return (field.name, .object([("description", .text(field.summary))] + members))
    }
    var members: [(String, SchemaValue)] = [
      ("type", .text("object")), ("properties", .object(properties)), ("additionalProperties", .boolean(false)),
    ]
    let required = fields.filter(\.isRequired).map(\.name)
    if !required.isEmpty { members.append(("required", .words(required))) }
    switch need {
    case .required: break
    case .atLeastOne: members.append(("minProperties", .number(1)))
    case .exactlyOne: members += [("minProperties", .number(1)), ("maxProperties", .number(1))]
    }
    return .object(members)
  }
}

extension Form {
  /// YAML without quotes may be a number or a truth for an editor; for the reader it is the text.
  private static let anyText = SchemaValue.words(["string", "number", "boolean"])

  fileprivate func schema(_ names: Names) -> SchemaValue {
    switch self {
    case .any: .object([("type", Self.anyText)])
    case .words, .wildcard, .pattern: .object([("type", Self.anyText), ("pattern", .text("\\S"))])
    case .date: matching("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    case .size:
      .object([("type", .words(["string", "number"])), ("pattern", .text("^[0-9]+(\\.[0-9]{1,3})?([kKMGT]i?)?B?$"))])
    case .share: matching("^[0-9]{1,3}(\\.[0-9]{1,4})?%$")
    case .reference: matching("^(builtin:.|\\./|\\.\\./)")
    case .newProfile: matching("^[A-Za-z0-9][A-Za-z0-9._-]*$")
    case .profile, .profileOrAll: .object([("type", Self.anyText)])
    case .selector: .object([("enum", .words(names.selectors))])
    case .cache: .object([("enum", .words(names.caches.ids + names.caches.aliases))])
    case .rule:
      .object([
        (
          "anyOf",
          .list([
            .object([("enum", .words(names.rules.flatMap { [$0.id.code, $0.id.name] }))]),
            matching("^[a-z0-9-]+/[a-z0-9-]+$"),
          ])
        )
      ])
    case .relativePath: matching("^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\u0000]+$")
    case .keyword: .object([("enum", .words(instructionKeywords))])
    }
  }

  private func matching(_ pattern: String) -> SchemaValue {
    .object([("type", .text("string")), ("pattern", .text(pattern))])
  }
}
