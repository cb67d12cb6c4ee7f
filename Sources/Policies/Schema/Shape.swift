internal import Findings

/// What may stand at a place of a policy: the one description from which both the reader's errors and
/// the JSON Schema come.
indirect enum Shape: Sendable {
  /// A single value.
  case text(Form)
  /// One of a few words.
  case choice([String])
  /// `true` or `false`.
  case boolean
  /// A whole number from a least one on, up to a greatest one.
  case number(least: Int, most: Int = 999_999_999)
  /// Exactly this number.
  case exactly(Int)
  /// A list.
  case list(Shape, least: Int = 0)
  /// A list, or a single value that stands for a list of one.
  case oneOrMany(Shape)
  /// Known keys.
  case record(Record)
  /// Keys of a form, each with a value of one shape.
  case map(Form, Shape)
  /// A single value, or something with keys or elements.
  case either(scalar: Shape, collection: Shape)
  /// The rules: what stands below a key depends on whether it names an own rule.
  case rules(builtin: Shape, own: Shape)
  /// A shape that has a name, since it holds itself.
  case named(String)
}

/// Known keys and what they hold.
struct Record: Sendable {
  /// How many of the keys must be there.
  enum Need: Sendable {
    case required
    /// Exactly one key, whichever.
    case exactlyOne
    case atLeastOne
  }

  let fields: [Field]
  let need: Need

  init(_ fields: [Field]) {
    self.init(.required, fields)
  }

  init(_ need: Need, _ fields: [Field]) {
    self.fields = fields
    self.need = need
  }

  func field(_ name: String) -> Field? {
    fields.first { $0.name == name }
  }
}

/// A key and what it holds.
struct Field: Sendable {
  let name: String
  let shape: Shape
  let isRequired: Bool
  /// What it is for, as editors show it.
  let summary: String
  /// The option of rules that it sets; nil for what every rule has.
  let option: RuleOption?

  init(_ name: String, _ shape: Shape, isRequired: Bool = false, _ summary: String) {
    self.init(name, shape, isRequired: isRequired, option: nil, summary)
  }

  init(_ option: RuleOption, _ shape: Shape, _ summary: String) {
    self.init(option.rawValue, shape, isRequired: false, option: option, summary)
  }

  private init(_ name: String, _ shape: Shape, isRequired: Bool, option: RuleOption?, _ summary: String) {
    self.name = name
    self.shape = shape
    self.isRequired = isRequired
    self.option = option
    self.summary = summary
  }

  /// The same key for a rule that has only these options; nil where it is another one.
  func keeping(_ options: [RuleOption]) -> Field? {
    if let option, !options.contains(option) { return nil }
    return Field(name, shape.keeping(options), isRequired: isRequired, option: option, summary)
  }
}

extension Shape {
  /// The shape without the keys of options that a rule does not have.
  func keeping(_ options: [RuleOption]) -> Shape {
    switch self {
    case .record(let record): .record(Record(record.need, record.fields.compactMap { $0.keeping(options) }))
    case .map(let form, let shape): .map(form, shape.keeping(options))
    case .either(let scalar, let collection):
      .either(scalar: scalar.keeping(options), collection: collection.keeping(options))
    case .list(let shape, let least): .list(shape.keeping(options), least: least)
    case .oneOrMany(let shape): .oneOrMany(shape.keeping(options))
    case .text, .choice, .boolean, .number, .exactly, .rules, .named: self
    }
  }
}

/// What a single value must look like, or name.
enum Form: Sendable {
  /// Any text.
  case any
  /// A text that is not blank.
  case words
  /// A day, such as 2027-03-31.
  case date
  /// An amount of bytes, such as 50MiB.
  case size
  /// A share of a whole, such as 1%.
  case share
  /// `builtin:NAME` or a relative path.
  case reference
  /// The name of a profile, where it is declared.
  case newProfile
  /// The name of a declared profile.
  case profile
  /// The name of a declared profile, or `*`.
  case profileOrAll
  /// What selects cache kinds.
  case selector
  /// One cache kind.
  case cache
  /// A rule by code or name.
  case rule
  /// A pattern in git's ignore language.
  case pattern
  /// A pattern for names.
  case wildcard
  /// A path inside a tree.
  case relativePath
  /// The keyword of a Dockerfile's instruction.
  case keyword
}
