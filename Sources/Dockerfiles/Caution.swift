internal import SourceText

/// Why a Dockerfile, or a stage of it, is better not edited.
public enum Caution: Hashable, Sendable {
  /// BuildKit refuses the file.
  case problem(Dockerfile.Problem)
  /// It is a template that another program fills in.
  case template
  /// A comment says that a program writes it.
  case generated
  /// The named frontend may read another language.
  case frontend(String)
  /// The stage runs on Windows.
  case windows
  /// The stage's commands are read by this shell, which is none of POSIX.
  case shell(String)

  /// The reason, for people.
  public var reason: String {
    switch self {
    case .problem(let problem): "Docker cannot read the file: line \(problem.line): \(problem.message)"
    case .template: "the file is a template"
    case .generated: "a comment says that the file is generated; change what generates it"
    case .frontend(let name): "the syntax `\(name)` is not known"
    case .windows: "the stage runs on Windows"
    case .shell(let name): "the stage's shell is `\(name)`, not one of POSIX"
    }
  }
}

extension Dockerfile {
  /// Whether a file of this name is a template.
  public static func isTemplateName(_ name: some Collection<UInt8>) -> Bool {
    let endings = [".template", ".tmpl", ".tpl", ".in", ".j2", ".jinja", ".jinja2", ".erb", ".mustache", ".gotmpl"]
    return endings.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// Why the file is better not edited at all.
  public var cautions: [Caution] {
    var cautions: [Caution] = []
    if isTemplate { cautions.append(.template) }
    if let problem = problems.first { cautions.append(.problem(problem)) }
    if isGenerated { cautions.append(.generated) }
    if let name = unknownFrontend { cautions.append(.frontend(name)) }
    return cautions
  }

  /// The frontend that `# syntax=` names, where it is none of Docker's own: it may read another language.
  public var unknownFrontend: String? {
    guard let syntax = directives.first(where: { $0.name == "syntax" }) else { return nil }
    let name = text(syntax.value.prefix { $0 != 0x20 })
    let image = ImageName(name).repository
    let known = ["docker/dockerfile", "docker/dockerfile-upstream"]
    return known.contains { $0 == image || "docker.io/" + $0 == image } ? nil : name
  }

  /// Whether a comment says that the file is generated and not to be edited.
  public var isGenerated: Bool {
    var comments: [UInt8] = []
    for piece in pieces {
      switch piece.kind {
      case .comment: comments += bytes[piece.range.indices].map(lowercased)
      case .instruction:
        if Self.saysGenerated(comments) { return true }
        comments = []
      default: continue
      }
    }
    return Self.saysGenerated(comments)
  }

  private static func saysGenerated(_ comments: [UInt8]) -> Bool {
    guard contains(comments, "generated") else { return false }
    return contains(comments, "do not edit") || contains(comments, "don't edit")
      || contains(comments, "dockerfile is generated") || contains(comments, "do not modify")
  }

  private static func contains(_ text: [UInt8], _ word: String) -> Bool {
    let word = Array(word.utf8)
    if text.count < word.count { return false }
    return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
  }
}

extension Instruction {
  /// Whether a mark of a template language stands in it, outside of quotes and here-documents.
  public var hasTemplateMark: Bool {
    let line = text.bytes
    for index in line.indices.dropLast() {
      let isMark =
        line[index] == UInt8(ascii: "{")
        && (line[index + 1] == UInt8(ascii: "{") || line[index + 1] == UInt8(ascii: "%"))
        || line[index] == UInt8(ascii: "<") && line[index + 1] == UInt8(ascii: "%")
      if isMark, index == 0 || !"'\"".utf8.contains(line[index - 1]) { return true }
    }
    return false
  }
}

extension StageEnvironments {
  /// Why a stage is better not edited, the file's own reasons first.
  public func cautions(in file: Dockerfile, stage: Int) -> [Caution] {
    var cautions = file.cautions
    if isWindows(stage) { cautions.append(.windows) }
    // Windows brings its own shells; the first reason is enough.
    if let shell = final[stage].shellName, final[stage].shell == nil, !isWindows(stage) {
      cautions.append(.shell(shell))
    }
    return cautions
  }

  private func isWindows(_ stage: Int) -> Bool {
    bases[stage]?.isWindows ?? graph.image(of: stage).map(KnownBase.isWindows) ?? false
  }
}
