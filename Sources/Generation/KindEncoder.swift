internal import Caches
internal import Versions
internal import YAML

/// One kind on its way from YAML to its compact form, with what the index needs of it.
struct EncodedKind {
  var id = ""
  var aliases: [String] = []
  var directories: [String] = []
  var files: [String] = []
  var markers: [String] = []
  /// The texts that prove it, each with the name of the file in it.
  var soughtTexts: [(name: String, text: String)] = []
  var commands: [String] = []
  /// The commands that remove it.
  var cleaningCommands: [String] = []
  /// Those of its commands that are scripts, which an interpreter may be given.
  var scripts: [String] = []
  /// The commands that need what is left of it.
  var needingCommands: [String] = []
  /// The variables that turn it off.
  var variables: [String] = []
  var lines = ""
  /// Whether a command moves it for good.
  private var hasSettings = false

  init(_ source: Fields) throws(GenerationError) {
    var fields = source
    id = try fields.needed("id")
    add(.id, [id])
    aliases = try fields.list("aliases")
    add(.aliases, aliases)
    add(.tool, [try fields.needed("tool")])
    add(.what, [try fields.needed("what")])
    _ = try fields.choice("kind", of: CacheKind.Group.self)
    add(.group, [try fields.needed("kind")])
    directories = try fields.list("dirs")
    files = try fields.list("files")
    add(.directories, directories)
    add(.files, files)
    try addEvidence(&fields)
    try addUse(&fields)
    try addSwitches(&fields)
    try addLayer(&fields)
    try addAdvice(&fields)
    try fields.end()
  }

  private mutating func addEvidence(_ fields: inout Fields) throws(GenerationError) {
    let proof = try fields.list("proof")
    add(.proof, proof)
    let sought: [(name: String, text: String)]?
    do throws(ProofError) {
      sought = try Proof(proof).soughtTexts
    } catch {
      throw fields.problem(error.description, at: fields.node)
    }
    guard let sought else {
      throw fields.problem("a text is sought in a file of the place itself alone", at: fields.node)
    }
    soughtTexts = sought
    add(.supersedes, try fields.list("supersedes"))
    _ = try fields.choice("regenerates", of: CacheKind.Regeneration.self)
    add(.regenerates, [try fields.needed("regenerates")])
    add(.secrets, [try fields.choice("secrets", of: CacheKind.Secrets.self) ?? ""])
    _ = try fields.choice("evidence", of: CacheKind.Evidence.self)
    add(.evidence, [try fields.needed("evidence")])
    add(.source, [try fields.needed("source")])
    add(.trap, [try fields.text("trap") ?? ""])
    add(.note, [try fields.text("note") ?? ""])
  }

  private mutating func addUse(_ fields: inout Fields) throws(GenerationError) {
    markers = try fields.list("used_when")
    add(.usedWhen, markers)
    add(.samples, try fields.list("samples"))
    var marks: [RecordMark] = []
    for mark in RecordMark.allCases where mark != .followsXDG {
      if try fields.flag(mark.rawValue) { marks.append(mark) }
    }
    if var image = try fields.mapping("image") {
      add(.imageRoot, try image.list("root"))
      add(.imageUser, try image.list("user"))
      if try image.flag(RecordMark.followsXDG.rawValue) { marks.append(.followsXDG) }
      try image.end()
    }
    add(.flags, marks.map(\.rawValue))
    for writer in try fields.mappings("written_by") {
      var writer = writer
      var command = try writer.needed("command")
      if command.hasPrefix("./") {
        command.removeFirst(2)
        scripts.append(command)
      }
      if !commands.contains(command) { commands.append(command) }
      try addCommand(&writer, .writer)
    }
  }

  private mutating func addSwitches(_ fields: inout Fields) throws(GenerationError) {
    if var disable = try fields.mapping("disable") {
      for variable in try disable.mappings("env") { try addVariable(variable, .disableEnvironment) }
      for flag in try disable.mappings("flags") { try addFlag(flag, .disableFlag) }
      add(.disableConfiguration, try disable.list("config"))
      try disable.end()
    }
    if var relocate = try fields.mapping("relocate") {
      for variable in try relocate.mappings("env") { try addVariable(variable, .relocateEnvironment) }
      for flag in try relocate.mappings("flags") { try addFlag(flag, .relocateFlag) }
      add(.relocateConfiguration, try relocate.list("config"))
      try relocate.end()
    }
  }

  private mutating func addVariable(_ source: Fields, _ key: RecordKey) throws(GenerationError) {
    var fields = source
    let name = try fields.needed("name")
    if key == .relocateEnvironment {
      let effect = EnvironmentSwitch.Effect.moves.rawValue
      let note = try fields.text("note") ?? ""
      let ignored = joined(try fields.list("ignored_with"))
      add(key, [name, "", SwitchGrammar.path.rawValue, effect, "", note, ignored, try fields.text("below") ?? ""])
    } else {
      if !variables.contains(name) { variables.append(name) }
      let value = try fields.text("set_to") ?? ""
      guard let grammar = try fields.choice("values", of: SwitchGrammar.self),
        let effect = try fields.choice("effect", of: EnvironmentSwitch.Effect.self)
      else { throw fields.problem("a switch says `values` and `effect`", at: fields.node) }
      let only = try fields.text("only") ?? ""
      let note = try fields.text("note") ?? ""
      add(key, [name, value, grammar, effect, only, note, joined(try fields.list("ignored_with"))])
      for failing in try fields.mappings("fails") {
        var failing = failing
        try addCommand(&failing, .failing)
      }
    }
    try fields.end()
  }

  private mutating func addFlag(_ source: Fields, _ key: RecordKey) throws(GenerationError) {
    var fields = source
    let note = try fields.text("note") ?? ""
    if let run = try fields.text("run") {
      hasSettings = hasSettings || key == .relocateFlag
      let below = try fields.text("below") ?? ""
      add(key, [FlagSwitch.Action.run.rawValue, run, "", "", "", note, below])
    } else {
      let command = try fields.needed("command")
      let after = joined(try fields.list("after"))
      if let omitted = try fields.text("without") {
        add(key, [FlagSwitch.Action.omit.rawValue, command, after, omitted, "", note])
      } else {
        let flag = try fields.needed("flag")
        let value = try fields.text("value") ?? ""
        let below = try fields.text("below") ?? ""
        let undoneBy = joined(try fields.list("undone_by"))
        add(key, [FlagSwitch.Action.add.rawValue, command, after, flag, value, note, below, undoneBy])
      }
    }
    try fields.end()
  }

  private mutating func addCommand(_ fields: inout Fields, _ key: RecordKey) throws(GenerationError) {
    add(
      key,
      [
        try fields.needed("command"), joined(try fields.list("subcommands")), joined(try fields.list("flags")),
        joined(try fields.list("unless")), joined(try fields.list("options")), joined(try fields.list("texts")),
      ])
    try fields.end()
  }

  private mutating func addLayer(_ fields: inout Fields) throws(GenerationError) {
    guard var layer = try fields.mapping("layer") else { return }
    _ = try layer.choice("evidence", of: CacheKind.Evidence.self)
    let sharing = try layer.text("sharing") ?? ""
    let base = try layer.text("base") ?? ""
    guard ["", "shared", "locked"].contains(sharing) else {
      throw layer.problem("`sharing` is shared or locked", at: layer.node)
    }
    guard ["", "docker-clean"].contains(base) else {
      throw layer.problem("`base` can be docker-clean alone", at: layer.node)
    }
    add(
      .layer,
      [
        try layer.needed("evidence"), try layer.text("clean") ?? "", try layer.text("mount") ?? "", sharing,
        try layer.flag("small") ? "small" : "", base,
      ])
    var isFixed = false
    var takesSettings = false
    for place in try layer.mappings("places") {
      var place = place
      let variable = try place.text("env") ?? ""
      let path = try place.text("path") ?? ""
      let user = try place.text("user") ?? ""
      let tools = try place.choice("tools", of: PackageTools.self) ?? ""
      let isConfigured = try place.flag("configured")
      guard [!variable.isEmpty, !path.isEmpty, isConfigured].count(where: { $0 }) == 1,
        user.isEmpty || user == "root"
      else {
        throw place.problem(
          "a place says `env`, `path` or `configured`, and `user: root` where it is root's", at: place.node)
      }
      isFixed = !path.isEmpty && user.isEmpty && tools.isEmpty
      takesSettings = takesSettings || isConfigured
      add(
        .layerPlace,
        [variable, try place.text("below") ?? "", path, user, tools, isConfigured ? "configured" : ""])
      try place.end()
    }
    guard isFixed else { throw layer.problem("the last of `places` must be a path for everybody", at: layer.node) }
    add(.layerParts, try layer.list("parts"))
    guard takesSettings || !hasSettings else {
      throw layer.problem(
        "`places` says nowhere where `configured` counts, which a command of `relocate` sets", at: layer.node)
    }
    add(.layerFiles, try layer.list("files"))
    add(.layerMovingFiles, try layer.list("moving_files"))
    for needer in try layer.mappings("needed_by") {
      var needer = needer
      let command = try needer.needed("command")
      if !needingCommands.contains(command) { needingCommands.append(command) }
      try addCommand(&needer, .needer)
    }
    for fetcher in try layer.mappings("fetched_by") {
      var fetcher = fetcher
      try addCommand(&fetcher, .fetcher)
    }
    for printer in try layer.mappings("printed_by") {
      var printer = printer
      add(.layerPrinter, [try printer.needed("run"), try printer.text("below") ?? ""])
      try printer.end()
    }
    for cleaner in try layer.mappings("cleaners") {
      var cleaner = cleaner
      let command = try cleaner.needed("command")
      if !cleaningCommands.contains(command) { cleaningCommands.append(command) }
      try addCommand(&cleaner, .cleaner)
    }
    try layer.end()
  }

  private mutating func addAdvice(_ fields: inout Fields) throws(GenerationError) {
    add(.clean, try fields.list("clean"))
    for mount in try fields.mappings("mounts") {
      var mount = mount
      add(.mount, [try mount.needed("target"), try mount.needed("sharing")])
      try mount.end()
    }
    add(.gitignore, try fields.list("gitignore"))
    add(.dockerignore, try fields.list("dockerignore"))
  }

  private func joined(_ texts: [String]) -> String {
    texts.joined(separator: String(Unicode.Scalar(innerSeparator)))
  }

  /// Adds a line, unless it would say nothing.
  private mutating func add(_ key: RecordKey, _ texts: [String]) {
    var texts = texts[...]
    while texts.last?.isEmpty == true { texts = texts.dropLast() }
    guard !texts.isEmpty else { return }
    lines += ([String(Unicode.Scalar(key.rawValue))] + texts).joined(separator: "\t") + "\n"
  }
}
