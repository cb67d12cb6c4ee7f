internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import SourceText

/// One place that gives a switch its value, with the commands that get it.
struct SwitchSite {
  /// The longest value that a message shows, in bytes.
  private static let shownLimit = 40

  /// How many places of one file a rule offers edits for; each is proven by reading the file again.
  static let fixLimit = 100

  let dockerfile: DockerfileFacts
  /// The place's number in the file, from 0.
  let number: Int
  /// How the switch stands at the first of the commands.
  let use: SwitchUse
  /// The commands that get the value, in the order of the file.
  private(set) var commands: [(run: InstructionEffects, command: Int)]

  /// The places of a Dockerfile that give switches their values, for the commands that `isWanted`.
  ///
  /// - Parameters:
  ///   - dockerfile: the file.
  ///   - runs: the instructions that are looked at.
  ///   - isWanted: whether a switch at a command is of interest.
  /// - Returns: the places in the order of the file; those of one value are one.
  static func all(
    in dockerfile: DockerfileFacts, _ runs: [InstructionEffects],
    where isWanted: (SwitchUse, ToolCommand) -> Bool
  ) -> [SwitchSite] {
    struct Key: Hashable {
      let origin: VariableOrigin?
      let instruction: Int?
      let name: String
      let value: [UInt8]
    }
    var sites: [SwitchSite] = []
    var positions: [Key: Int] = [:]
    for run in runs {
      for use in run.switches where isWanted(use, run.commands[use.command]) {
        let key = Key(
          origin: use.origin, instruction: use.isInScript ? run.instruction : nil, name: use.variable.name,
          value: use.value)
        if let position = positions[key] {
          sites[position].commands.append((run, use.command))
        } else {
          positions[key] = sites.count
          sites.append(
            SwitchSite(dockerfile: dockerfile, number: sites.count, use: use, commands: [(run, use.command)]))
        }
      }
    }
    return sites
  }

  /// The instructions whose layers ship, and what the images that ship start.
  static func shipped(_ dockerfile: DockerfileFacts) -> [InstructionEffects] {
    let graph = dockerfile.environments.graph
    let products = Set(dockerfile.products.map(\.stage))
    let shipped = Set(products.flatMap { graph.chain(of: $0) })
    return dockerfile.effects.instructions.filter { shipped.contains($0.stage) }
      + dockerfile.effects.starts.filter { products.contains($0.stage) }
  }

  /// The profile of the product that the commands belong to; nil where no product has them.
  var profile: String? {
    let graph = dockerfile.environments.graph
    return dockerfile.products.first { product in
      let chain = graph.chain(of: product.stage)
      return commands.contains { chain.contains($0.run.stage) }
    }?.profile
  }

  // MARK: What findings say

  /// The variable.
  var name: String { use.variable.name }

  /// The value, for a program.
  var text: String { String(decoding: use.value, as: UTF8.self) }

  /// The value, for people.
  var shown: String {
    if use.value.isEmpty { return "an empty value" }
    let short = use.value.count <= Self.shownLimit
    return "`\(printable(use.value.prefix(Self.shownLimit)))\(short ? "" : "…")`"
  }

  /// The tool that gets it first.
  var tool: String { commands[0].run.commands[commands[0].command].name }

  /// Where the value is written, else where the first command stands.
  var place: Place {
    if let origin = use.origin {
      if let range = dockerfile.file.valueRange(of: origin), !range.isEmpty { return .file(dockerfile.path, range) }
      if let range = dockerfile.file.range(of: origin) { return .file(dockerfile.path, range) }
    }
    if let (run, range) = assignment {
      return .file(dockerfile.path, run.place(range.isEmpty ? nameRange(before: range) : range))
    }
    return commandPlace(0)
  }

  /// The commands that get the value, unless the finding stands at the one.
  func related(_ message: String) -> [RelatedPlace] {
    if use.origin == nil, assignment == nil, commands.count == 1 { return [] }
    let shown = commands.indices.prefix(Judgement.relatedLimit).map { RelatedPlace(commandPlace($0), message) }
    var places: [RelatedPlace] = []
    for place in shown where !places.contains(where: { $0.place == place.place }) { places.append(place) }
    return places
  }

  private func commandPlace(_ index: Int) -> Place {
    let (run, command) = commands[index]
    let instruction = dockerfile.file.instructions[run.instruction]
    return .file(dockerfile.path, run.place(ofCommand: command) ?? instruction.text.physical(instruction.keywordRange))
  }

  var evidence: [Evidence] {
    [Evidence("variable", name), Evidence("value", printable(use.value)), Evidence("reading", use.reading.rawValue)]
  }

  // MARK: Fixes

  /// The fix that puts another value there, or the reason why a person has to.
  func replacement(_ value: String, _ safety: FixSafety, _ title: String) -> Fix {
    fix(safety, title) { editor, origin throws(EditRefusal) in
      try editor.replace(origin, with: value)
    } script: {
      run, range in
      guard run.script != nil, run.text.isContiguous(range) else { return nil }
      return Edit(run.place(range), value)
    }
  }

  /// The fix that takes the variable out there, or the reason why a person has to.
  func removal(_ safety: FixSafety, _ title: String) -> Fix {
    fix(safety, title) { editor, origin throws(EditRefusal) in
      try editor.remove(origin)
    } script: { _, _ in
      nil
    }
  }

  private func fix(
    _ safety: FixSafety, _ title: String,
    _ edits: (DockerfileEnvironmentEditor, VariableOrigin) throws(EditRefusal) -> [Edit],
    script: (InstructionEffects, ByteRange) -> Edit?
  ) -> Fix {
    if dockerfile.isTemplateByName {
      return Fix(manual: "\(title) where the template is kept: the file is a template by its name")
    }
    if number >= Self.fixLimit { return Fix(manual: title) }
    guard let origin = use.origin else {
      if !use.isInScript { return Fix(manual: "\(title) in the base image, which sets it") }
      guard let (run, range) = assignment, let edit = script(run, range), keepsForm(edit) else {
        return Fix(manual: "\(title) in the script")
      }
      return Fix(safety, title, edits: [FileEdit(dockerfile.path, edit)])
    }
    return Self.fix(dockerfile, origin, safety, title, edits)
  }

  /// The fix that an editor makes where a variable is set, or the reason why a person has to.
  static func fix(
    _ dockerfile: DockerfileFacts, _ origin: VariableOrigin, _ safety: FixSafety, _ title: String,
    _ edits: (DockerfileEnvironmentEditor, VariableOrigin) throws(EditRefusal) -> [Edit]
  ) -> Fix {
    if dockerfile.isTemplateByName {
      return Fix(manual: "\(title) where the template is kept: the file is a template by its name")
    }
    let stages = dockerfile.environments.graph.stages
    guard let stage = stages.first(where: { $0.instructions.contains(origin.instruction) }),
      let editor = DockerfileEnvironmentEditor(dockerfile.file, dockerfile.environments, stage: stage.index)
    else { return Fix(manual: title) }
    do {
      let changes = try edits(editor, origin)
      return Fix(safety, title, edits: changes.map { FileEdit(dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: "\(title) by hand: \(refusal.reason)")
    }
  }

  /// Whether the edited file has the same instructions, and no new problem.
  private func keepsForm(_ edit: Edit) -> Bool {
    let file = dockerfile.file
    guard let bytes = try? applying([edit], to: file.bytes), file.cautions.isEmpty else { return false }
    let edited = Dockerfile(bytes)
    return edited.instructions.count == file.instructions.count && edited.problems.count == file.problems.count
  }

  // MARK: Scripts

  /// Where the script writes the value, without quotes; nil unless one place alone can be meant.
  private var assignment: (run: InstructionEffects, range: ByteRange)? {
    guard use.isInScript else { return nil }
    let run = commands[0].run
    let bytes = run.text.bytes
    let key = Array(name.utf8) + [UInt8(ascii: "=")]
    var found: ByteRange?
    var index = 0
    while index + key.count <= bytes.count {
      guard bytes[index] == key[0], bytes[index..<(index + key.count)].elementsEqual(key),
        index == 0 || !isNamePart(bytes[index - 1])
      else {
        index += 1
        continue
      }
      if found != nil { return nil }
      var start = index + key.count
      var quote: UInt8?
      if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
        quote = bytes[start]
        start += 1
      }
      let end = start + use.value.count
      guard end <= bytes.count, bytes[start..<end].elementsEqual(use.value) else { return nil }
      let next = end < bytes.count ? bytes[end] : 0x20
      guard quote.map({ $0 == next }) ?? (next <= 0x20 || ";&|)".utf8.contains(next)) else { return nil }
      found = ByteRange(start, end)
      index = end
    }
    return found.map { (run, $0) }
  }

  private func nameRange(before value: ByteRange) -> ByteRange {
    ByteRange(max(0, value.lower - name.utf8.count - 1), value.lower)
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || isAlphanumeric(byte)
  }
}
