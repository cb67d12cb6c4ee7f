/// Decodes the kinds of one ecosystem from their compact form.
///
/// The form is made by the generator and held equal to the YAML by a test, so what is not
/// understood here is left out; the same test would see it.
func decodeKinds(_ text: StaticString, ecosystem: String) -> [CacheKind] {
  var reader = RecordReader(text)
  var kinds: [CacheKind] = []
  kinds.reserveCapacity(64)
  var kind = CacheKind()
  while reader.next() {
    guard let key = reader.key.flatMap(RecordKey.init) else { continue }
    if key == .id {
      if !kind.id.isEmpty { kinds.append(kind) }
      kind = CacheKind()
      kind.ecosystem = ecosystem
    }
    kind.take(key, reader)
  }
  if !kind.id.isEmpty { kinds.append(kind) }
  return kinds
}

extension CacheKind {
  /// Takes one line of the compact form.
  fileprivate mutating func take(_ key: RecordKey, _ line: RecordReader) {
    switch key {
    case .id: id = line.text(1)
    case .aliases: aliases = line.texts()
    case .tool: tool = line.text(1)
    case .what: what = line.text(1)
    case .group: group = Group(rawValue: line.text(1)) ?? .generic
    case .directories: repositoryDirectories = line.texts()
    case .files: repositoryFiles = line.texts()
    case .proof: proof = line.texts()
    case .supersedes: supersedes = line.texts()
    case .usedWhen: usedWhen = line.texts().map { UseMarker($0) }
    case .samples: samples = line.texts()
    case .flags: take(marks: line.texts())
    case .imageRoot: image.root = line.texts()
    case .imageUser: image.user = line.texts()
    case .trap: trap = line.text(1)
    case .regenerates: regenerates = Regeneration(rawValue: line.text(1)) ?? .fully
    case .secrets: secrets = Secrets(rawValue: line.text(1)) ?? .none
    case .writer: writtenBy.append(CommandForm(line))
    case .layer: layer = LayerTraces(line)
    case .layerPlace: layer?.places.append(LayerPlace(line))
    case .layerParts: layer?.parts = line.texts()
    case .layerFiles: layer?.files = line.texts()
    case .layerPrinter: layer?.printers.append(PlacePrinter(command: line.text(1), below: line.text(2)))
    case .layerMovingFiles: layer?.movingFiles = line.texts()
    case .needer: layer?.needers.append(CommandForm(line))
    case .fetcher: layer?.fetchers.append(CommandForm(line))
    case .cleaner: layer?.cleaners.append(CommandForm(line))
    case .disableEnvironment: disable.environment.append(EnvironmentSwitch(line))
    case .failing:
      if let last = disable.environment.indices.last { disable.environment[last].failing.append(CommandForm(line)) }
    case .disableFlag: disable.flags.append(FlagSwitch(line))
    case .disableConfiguration: disable.configuration = line.texts()
    case .relocateEnvironment: relocate.environment.append(EnvironmentSwitch(line))
    case .relocateFlag: relocate.flags.append(FlagSwitch(line))
    case .relocateConfiguration: relocate.configuration = line.texts()
    case .clean: clean = line.texts()
    case .mount: mounts.append(CacheMount(target: line.text(1), sharing: line.text(2)))
    case .gitignore: gitignore = line.texts()
    case .dockerignore: dockerignore = line.texts()
    case .evidence: evidence = Evidence(rawValue: line.text(1)) ?? .recalled
    case .source: source = line.text(1)
    case .note: note = line.text(1)
    }
  }

  private mutating func take(marks: [String]) {
    for mark in marks {
      switch RecordMark(rawValue: mark) {
      case .ignoresItself: ignoresItself = true
      case .mayBePayload: mayBePayload = true
      case .commitOK: commitOK = true
      case .followsXDG: image.followsXDG = true
      case nil: break
      }
    }
  }
}

extension EnvironmentSwitch {
  fileprivate init(_ line: RecordReader) {
    self.init(
      name: line.text(1), value: line.text(2), grammar: SwitchGrammar(rawValue: line.text(3)) ?? .path,
      effect: Effect(rawValue: line.text(4)) ?? .moves, only: line.optional(5), note: line.optional(6),
      ignoredWith: line.list(7), below: line.optional(8).map { $0 == "." ? "" : $0 })
  }
}

extension FlagSwitch {
  fileprivate init(_ line: RecordReader) {
    self.init(
      action: Action(rawValue: line.text(1)) ?? .add, command: line.text(2), after: line.list(3),
      flag: line.text(4), value: line.optional(5), note: line.optional(6), below: line.text(7), undoneBy: line.list(8))
  }
}

extension CommandForm {
  fileprivate init(_ line: RecordReader) {
    // A script is called by its name, wherever it stands.
    let isScript = line.raw(1).starts(with: "./".utf8)
    let command = isScript ? String(decoding: line.raw(1).dropFirst(2), as: UTF8.self) : line.text(1)
    let flags = line.list(3)
    let unless = line.list(4)
    self.init(
      command: command, subcommands: line.list(2), flags: flags.filter { FormVariable($0) == nil },
      unless: unless.filter { FormVariable($0) == nil }, options: line.list(5), texts: line.list(6),
      variables: flags.compactMap { FormVariable($0) }, unlessVariables: unless.compactMap { FormVariable($0) })
  }
}

extension LayerTraces {
  fileprivate init(_ line: RecordReader) {
    evidence = CacheKind.Evidence(rawValue: line.text(1)) ?? .recalled
    clean = line.optional(2)
    mount = line.optional(3)
    isLocked = line.text(4) == "locked"
    isSmall = line.text(5) == "small"
    removedBy = line.optional(6)
  }
}

extension LayerPlace {
  fileprivate init(_ line: RecordReader) {
    self.init(
      variable: line.optional(1), below: line.text(2), path: line.text(3), isForRoot: line.text(4) == "root",
      tools: line.optional(5), isConfigured: line.text(6) == "configured")
  }
}
