public import SourceText

/// What a stage starts from.
public enum StageBase: Hashable, Sendable {
  /// Another stage of the file, by its number.
  case stage(Int)
  /// An image by its name; nil where a variable in it is not known.
  case image(String?)

  /// Whether it is the empty image.
  public var isScratch: Bool { self == .image("scratch") }
}

/// A stage of a build: FROM and what follows it.
public struct Stage: Sendable {
  /// Its number, from 0.
  public let index: Int
  /// Its name in small letters, or nil where it has none.
  public let name: String?
  /// The number of its FROM in the file's instructions.
  public let from: Int
  /// The numbers of its instructions, FROM first.
  public let instructions: Range<Int>
  /// What it starts from.
  public let base: StageBase
  /// Where the base is written, in the joined text of FROM.
  public let baseRange: ByteRange

  /// How people call it: by its name, else by its number.
  public var title: String { name.map { "stage `\($0)`" } ?? "stage \(index)" }
}

/// The stages of a Dockerfile and how they depend on each other.
public struct StageGraph: Sendable {
  /// How many stages of a file are examined.
  public static let stageLimit = 1_000

  /// The stages, in order.
  public let stages: [Stage]
  /// The ARGs before the first FROM, as FROM sees them.
  public let globals: [String: VariableValue]
  /// The numbers of the stages by their names; of several with one name, the last.
  private let names: [String: Int]

  /// Reads the stages of a file; `arguments` is what the build is given with `--build-arg`.
  public init(_ file: Dockerfile, arguments: [String: [UInt8]] = [:]) {
    let globals = globalArguments(file, arguments)
    let starts = file.instructions.indices.filter { file.instructions[$0].keyword == .from }
    var names: [String: Int] = [:]
    var stages: [Stage] = []
    var work = 0
    for (index, start) in starts.prefix(Self.stageLimit).enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : file.instructions.count
      let instruction = file.instructions[start]
      var words: [ByteRange] = []
      if case .words(let found) = instruction.arguments { words = found }
      let range = words.first ?? instruction.argumentRange
      let base = expand(instruction.text[range], escape: file.escape, work: &work) {
        globals[$0] ?? targetArguments[$0] ?? .unset
      }
      let name = words.count == 3 ? text(instruction.text[words[2]].map(lowercased)) : nil
      let image = base.map { text($0) }
      let parent = image.flatMap { names[$0] }.map { StageBase.stage($0) } ?? .image(image)
      stages.append(
        Stage(index: index, name: name, from: start, instructions: start..<end, base: parent, baseRange: range))
      if let name { names[name] = index }
    }
    self.stages = stages
    self.globals = globals
    self.names = names
  }

  /// The stage that a target names: by its name, whatever the case, or by its number.
  public func stage(named target: String) -> Int? {
    if let index = names[text(target.utf8.map(lowercased))] { return index }
    return Int(target).flatMap { stages.indices.contains($0) ? $0 : nil }
  }

  /// The stage itself and those that its FROM leads to: their layers ship with it.
  public func chain(of stage: Int) -> [Int] {
    var chain = [stage]
    while case .stage(let parent) = stages[chain[chain.count - 1]].base { chain.append(parent) }
    return chain
  }

  /// The image at the end of the stage's chain; nil where it is not known.
  public func image(of stage: Int) -> String? {
    let chain = chain(of: stage)
    if case .image(let name) = stages[chain[chain.count - 1]].base { return name }
    return nil
  }

  /// The stages that are built for a target: through FROM, `COPY --from` and `RUN --mount=from`.
  public func built(for stage: Int, in file: Dockerfile) -> Set<Int> {
    var reached: Set<Int> = []
    var waiting = [stage]
    while let next = waiting.popLast() {
      if !reached.insert(next).inserted { continue }
      var sources = file.instructions[stages[next].instructions].flatMap { self.sources($0.keyword, $0.flags) }
      if case .stage(let parent) = stages[next].base {
        waiting.append(parent)
        for instruction in file.instructions[stages[parent].instructions] {
          guard case .onbuild(let inner) = instruction.arguments else { continue }
          sources += self.sources(inner.keyword, inner.flags)
        }
      }
      for source in sources {
        if case .stage(let found) = reference(source) { waiting.append(found) }
      }
    }
    return reached
  }

  /// What `--from` of COPY and of a mount names.
  ///
  /// BuildKit looks for the name among all stages, also later ones, and of several with one name it takes the last. It
  /// expands no variables here.
  public func reference(_ source: some Collection<UInt8>) -> StageReference {
    if source.contains(UInt8(ascii: "$")) { return .unknown }
    if let number = Int(text(source)) { return stages.indices.contains(number) ? .stage(number) : .unknown }
    return names[text(source.map(lowercased))].map { .stage($0) } ?? .image(text(source))
  }

  private func sources(_ keyword: Keyword?, _ flags: [Flag]) -> [[UInt8]] {
    switch keyword {
    case .copy: flags.first { $0.name.elementsEqual("from".utf8) }?.value.map { [Array($0)] } ?? []
    case .run: flags.filter { $0.name.elementsEqual("mount".utf8) }.compactMap { Mount.value("from", in: $0) }
    default: []
    }
  }
}

/// The ARGs before the first FROM.
private func globalArguments(_ file: Dockerfile, _ given: [String: [UInt8]]) -> [String: VariableValue] {
  var globals: [String: VariableValue] = [:]
  var work = 0
  for instruction in file.instructions {
    if instruction.keyword == .from { break }
    guard case .declarations(let pairs) = instruction.arguments else { continue }
    for pair in pairs {
      let name = text(instruction.text[pair.key])
      globals[name] = declared(pair, name, instruction, file.escape, given, work: &work) { globals[$0] ?? .unset }
    }
  }
  return globals
}

/// The value that an ARG gives its variable.
func declared(
  _ pair: Pair, _ name: String, _ instruction: Instruction, _ escape: UInt8, _ given: [String: [UInt8]],
  work: inout Int, lookup: (String) -> VariableValue
) -> VariableValue {
  if let value = given[name] { return .value(value) }
  if let known = targetArguments[name] { return known }
  guard let range = pair.value else { return .unknown }
  guard let value = expand(instruction.text[range], escape: escape, work: &work, lookup: lookup) else {
    return .unknown
  }
  return .value(value)
}

/// What BuildKit itself puts into ARGs of these names; only the build knows what.
private let targetArguments: [String: VariableValue] = Dictionary(
  uniqueKeysWithValues: [
    "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH",
    "BUILDVARIANT", "TARGETSTAGE",
  ].map { ($0, .unknown) })

/// The text expanded as Docker does it, or nil where something in it is not known or wrong.
public func expand(
  _ bytes: some Collection<UInt8>, escape: UInt8, lookup: (String) -> VariableValue
) -> [UInt8]? {
  var work = 0
  return expand(bytes, escape: escape, work: &work, lookup: lookup)
}

/// The text expanded; `work` counts what the expansions of a file cost, and past the limit nothing is known.
func expand(
  _ bytes: some Collection<UInt8>, escape: UInt8, work: inout Int, lookup: (String) -> VariableValue
) -> [UInt8]? {
  let bytes = Array(bytes)
  let isPlain = !bytes.contains { $0 == escape || $0 == 0x22 || $0 == 0x24 || $0 == 0x27 }
  if isPlain { return bytes }
  return withoutActuallyEscaping(lookup) { lookup in
    var lexer = ExpansionLexer(bytes, escape: escape, work: work, lookup: lookup)
    let result = try? lexer.process().text
    work = lexer.work
    return lexer.isUnknown ? nil : result
  }
}
