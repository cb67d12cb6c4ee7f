public import CacheEffects
public import Dockerfiles
public import SourceText
internal import Versions

/// Lets a stage of a Dockerfile ship Python's bytecode and write none: the step that compiles ahead, and the variable.
///
/// The edits are proven before they are given: the file that they make is read again, has no new problem, compiles
/// what was asked for, and has the variable in the stage's final environment.
public struct PrecompileEditor: Sendable {
  private static let variable = "PYTHONDONTWRITEBYTECODE"

  private let file: Dockerfile
  private let effects: CacheEffects
  private let stage: Stage

  /// Creates an editor of a stage; nil where the file has no such stage.
  public init?(_ file: Dockerfile, _ effects: CacheEffects, stage: Int) {
    guard effects.environments.graph.stages.indices.contains(stage) else { return nil }
    self.file = file
    self.effects = effects
    self.stage = effects.environments.graph.stages[stage]
  }

  /// The edits that add the compile step for directories, and perhaps the variable.
  ///
  /// - Parameters:
  ///   - gaps: what has no bytecode.
  ///   - setsVariable: whether the variable is to be set, too.
  /// - Returns: the edits; all of them belong together.
  /// - Throws: the reason where a person has to decide.
  public func edits(for gaps: [BytecodeGap], setsVariable: Bool) throws(EditRefusal) -> [Edit] {
    let environments = effects.environments
    if let caution = environments.cautions(in: file, stage: stage.index).first { throw EditRefusal(caution.reason) }
    let directories = try directories(gaps)
    try refuseInterpreter()
    let place = try place(gaps)
    guard let editor = DockerfileEnvironmentEditor(file, environments, stage: stage.index) else {
      throw EditRefusal("the file has no such stage")
    }
    let line = keyword() + [0x20] + command(directories)
    var edits = [editor.after(file.instructions[place], line)]
    var added = 1
    if setsVariable {
      let others = try editor.set(Self.variable, to: "1")
      let isOwnLine = others.contains { $0.range.isEmpty && $0.replacement.contains(0x0A) && isInstruction($0) }
      if isOwnLine { added += 1 }
      edits = Self.joined(edits[0], others)
    }
    try prove(edits, added: added, directories, after: place, setsVariable: setsVariable)
    return edits
  }

  // MARK: What to compile

  private func command(_ directories: [[UInt8]]) -> [UInt8] {
    // Bytecode is kept for each level of optimisation apart.
    let level = effects.optimization(in: file, stage: stage.index)
    let flags = level > 0 ? "-" + String(repeating: "O", count: min(level, 2)) + " " : ""
    // A file with a syntax error in a package must not end the build.
    return Array("python \(flags)-m compileall -q -j 0 --invalidation-mode checked-hash ".utf8)
      + directories.joined(separator: [0x20]) + Array(" || true".utf8)
  }

  /// The directories, without those that lie in others.
  private func directories(_ gaps: [BytecodeGap]) throws(EditRefusal) -> [[UInt8]] {
    var directories: [[UInt8]] = []
    for gap in gaps.sorted(by: { $0.group > $1.group }) {
      guard let directory = gap.directory else {
        throw EditRefusal("the directory that has to be compiled is not known")
      }
      guard directory.count > 1 else {
        throw EditRefusal("the modules lie in `/`, and not in a directory of their own")
      }
      let isPlain = directory.allSatisfy { byte in
        byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || "/._-+*".utf8.contains(byte)
      }
      guard isPlain else { throw EditRefusal("the directory's name would need quotes") }
      if directories.contains(where: { contains($0, directory) }) { continue }
      directories = directories.filter { !contains(directory, $0) } + [directory]
    }
    if directories.isEmpty { throw EditRefusal("there is nothing to compile") }
    return directories
  }

  private func contains(_ outer: [UInt8], _ inner: [UInt8]) -> Bool {
    inner.starts(with: outer) && (inner.count == outer.count || inner[outer.count] == UInt8(ascii: "/"))
  }

  private func refuseInterpreter() throws(EditRefusal) {
    let environments = effects.environments
    guard environments.final[stage.index].shell != nil else {
      throw EditRefusal("the stage has no shell that is known")
    }
    guard let base = environments.bases[stage.index], base.isPython, let python = base.python else {
      throw EditRefusal("the version of the stage's Python is not known")
    }
    guard python.implementation == .cpython, python.isAtLeast(3, 7) else {
      throw EditRefusal("only CPython from 3.7 on can check bytecode by the content of its source")
    }
    let chain = Set(environments.graph.chain(of: stage.index))
    let isOwn = effects.instructions.contains { run in
      chain.contains(run.stage)
        && run.commands.contains { $0.name == "uv" && $0.subcommand(["python install"], skipping: []) != nil }
    }
    if isOwn { throw EditRefusal("uv installs another Python than the image's") }
    let hasTriggers = chain.contains { index in
      environments.graph.stages[index].instructions.contains { file.instructions[$0].keyword == .onbuild }
    }
    if hasTriggers { throw EditRefusal("the stage has an ONBUILD, which may bring more modules") }
  }

  // MARK: Where

  /// The instruction that the step goes behind: the last one that changes files, while root is the user.
  private func place(_ gaps: [BytecodeGap]) throws(EditRefusal) -> Int {
    var place = stage.from
    for index in stage.instructions {
      switch file.instructions[index].keyword {
      case .copy, .add, .run: if effects.isRoot(before: index) == true { place = index }
      default: continue
      }
    }
    guard effects.isRoot(before: place) == true else { throw EditRefusal("it is not known whether root is the user") }
    let later = stage.instructions.first { index in
      guard index > place else { return false }
      let keyword = file.instructions[index].keyword
      return keyword == .copy || keyword == .add || gaps.contains { $0.instruction == index }
    }
    if let later {
      throw EditRefusal(
        "line \(file.instructions[later].startLine) brings files when root is no longer the user, who has to compile")
    }
    return place
  }

  private func keyword() -> [UInt8] {
    let isSmall = file.instructions[stage.from].keywordText.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    return Array((isSmall ? "run" : "RUN").utf8)
  }

  // MARK: Edits

  private func isInstruction(_ edit: Edit) -> Bool {
    let text = edit.replacement.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }
    return text.starts(with: "ENV ".utf8) || text.starts(with: "env ".utf8)
  }

  /// The edits of both, in one where both insert at the same place.
  private static func joined(_ step: Edit, _ others: [Edit]) -> [Edit] {
    guard let same = others.firstIndex(where: { $0.range == step.range }) else { return [step] + others }
    var edits = others
    edits[same] = Edit(step.range, step.replacement + others[same].replacement)
    return edits
  }

  private func prove(
    _ edits: [Edit], added: Int, _ directories: [[UInt8]], after place: Int, setsVariable: Bool
  ) throws(EditRefusal) {
    let failure = EditRefusal("the change cannot be made by a small edit")
    guard let bytes = try? applying(edits, to: file.bytes) else { throw failure }
    let edited = Dockerfile(bytes)
    // What the step compiles depends on no other RUN, and a file may have many and long ones.
    let line = command(directories)
    let after = CacheEffects(
      edited,
      isRead: { index in
        index > place && edited.instructions[index].text.bytes.suffix(line.count).elementsEqual(line)
      })
    guard edited.instructions.count == file.instructions.count + added, edited.problems.count <= file.problems.count,
      after.environments.final.indices.contains(stage.index)
    else { throw failure }
    if setsVariable, after.environments.final[stage.index][Self.variable] != .value([UInt8(ascii: "1")]) {
      throw failure
    }
    let isThere = after.instructions.contains { run in
      run.stage == stage.index && run.instruction > place
        && run.bytecode.steps.contains { step in step.isCertain && directories.allSatisfy { step.covers($0) } }
    }
    guard isThere else { throw failure }
  }
}
