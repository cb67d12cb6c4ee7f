internal import Bytecode
internal import Facts
internal import Findings
internal import SourceText
internal import Versions

extension BytecodeGroup {
  /// How many directories one command names.
  private static let directoryLimit = 5
  /// How many files one command names.
  private static let fileLimit = 20
  /// How many commands compile.
  private static let compilerLimit = 10

  /// What a person does to have good bytecode in place of this.
  ///
  /// - Parameters:
  ///   - facts: the target.
  ///   - isChecked: whether the bytecode is to be checked by content outside of images too.
  /// - Returns: the fix, which is manual.
  func compiling(in facts: TargetFacts, isChecked: Bool = false) -> Fix {
    if key.isTracked { return removing(in: facts) }
    let isImage = facts.image != nil
    let commands = compilers(facts).map { compiler in
      let mode = compiler.hasModes && (isChecked || isImage) ? " --invalidation-mode checked-hash" : ""
      let sources = compiler.files.map(\.name.source.parent)
      let places = Self.roots(of: sources).map { Self.word($0, in: facts) }.joined(separator: " ")
      let command = "\(compiler.program) -m compileall -q -f\(isImage ? " -j 0" : "")\(mode) \(places)"
      return isImage ? "RUN \(command) || true" : command
    }
    let title =
      isImage
      ? "compile in the last stage, as root, after the last step that changes sources; the mode is checked by content, "
        + "so no copy makes it void"
      : "compile the sources again, or remove the bytecode"
    return Fix(manual: title, commands: commands)
  }

  /// What a person does to be rid of the files.
  ///
  /// - Parameters:
  ///   - facts: the target.
  ///   - alternative: what else helps, in words that end in a comma.
  /// - Returns: the fix, which is manual.
  func removing(in facts: TargetFacts, orElse alternative: String = "") -> Fix {
    if key.isTracked {
      return Fix(
        manual: "\(alternative)take \(word("it", "them")) out of the repository",
        commands: removals("git rm -q --", isPathspec: true, in: facts))
    }
    if facts.image != nil {
      return Fix(
        manual:
          "\(alternative)remove \(word("it", "them")) in the step that brings \(word("it", "them")): in a later one "
          + "\(word("it ships", "they ship")) all the same", commands: removals("rm -f --", in: facts))
    }
    return Fix(manual: "\(alternative)remove \(word("it", "them"))", commands: removals("rm -f --", in: facts))
  }

  private func removals(_ command: String, isPathspec: Bool = false, in facts: TargetFacts) -> [String] {
    if files.count <= Self.fileLimit {
      return ["\(command) \(files.map { Self.word($0.path, isPathspec, in: facts) }.joined(separator: " "))"]
    }
    // A tag tells the files apart from all others; what else is wrong with a file its name does not say.
    guard let tag = key.tag, !key.isTracked else { return [] }
    let places = Self.roots(of: files.map(\.directory)).map { Self.word($0, in: facts) }.joined(separator: " ")
    return ["find \(places) -name '*.\(tag)[.-]*pyc' -delete"]
  }

  /// A call of Python that writes bytecode for some of the files.
  private struct Compiler {
    let program: String
    /// Whether its compileall can be told how bytecode is checked, as since 3.7.
    let hasModes: Bool
    var files: [BytecodeFact]
  }

  /// The calls that write bytecode of the names of all files, each for one version and one level.
  private func compilers(_ facts: TargetFacts) -> [Compiler] {
    var compilers: [Compiler] = []
    for file in files {
      let version = version(of: file, facts)
      var program = Self.program(version)
      if case .cached(_, let level) = file.name.form, level > 0 {
        program =
          level > 2 ? "PYTHONOPTIMIZE=\(level) \(program)" : "\(program) -\(String(repeating: "O", count: level))"
      }
      program = Self.prefixed(file, facts) + program
      if let known = compilers.firstIndex(where: { $0.program == program }) {
        compilers[known].files.append(file)
      } else if compilers.count < Self.compilerLimit {
        compilers.append(Compiler(program: program, hasModes: version?.isAtLeast(3, 7) ?? true, files: [file]))
      }
    }
    return compilers
  }

  /// The version that compiles: the one that a file was written for, where the target has it, else its only one.
  private func version(of file: BytecodeFact, _ facts: TargetFacts) -> PythonVersion? {
    let tags = facts.interpreters.tags
    if let tag = file.name.tag, tags.isEmpty || tags.contains(tag) { return tag.version }
    return tags.count == 1 ? tags[0].version : nil
  }

  /// The program of a version.
  static func program(_ version: PythonVersion?) -> String {
    guard let version, let minor = version.minor else { return "python3" }
    return "\(version.implementation == .pypy ? "pypy" : "python")\(version.major).\(minor)"
  }

  /// What has Python write below the prefix that a file lies below; nothing for one in `__pycache__`.
  private static func prefixed(_ file: BytecodeFact, _ facts: TargetFacts) -> String {
    guard case .cached = file.name.form, !file.name.isInCacheDirectory,
      let prefix = facts.bytecodeLookup.prefixes.first(where: file.path.isWithin)
    else { return "" }
    return prefixed(prefix, facts)
  }

  /// What has Python write below a prefix.
  ///
  /// The workers that compileall starts are not told of `-X` [measured: 3.12 and 3.13].
  static func prefixed(_ prefix: Path, _ facts: TargetFacts) -> String {
    "PYTHONPYCACHEPREFIX=\(word(prefix, in: facts)) "
  }

  /// Directories that hold all of these, none in another, and few: where there are more, those above them.
  static func roots(of directories: [Path]) -> [Path] {
    var places = Set(directories)
    while true {
      places = places.filter { place in
        var above = place
        while !above.isRoot {
          above = above.parent
          if places.contains(above) { return false }
        }
        return true
      }
      let depth = places.map(\.components.count).max() ?? 0
      if places.count <= directoryLimit || depth <= 1 { break }
      places = Set(places.map { $0.components.count == depth ? $0.parent : $0 })
    }
    return places.count > directoryLimit ? [.root] : places.sorted()
  }

  /// A path as a word of a command: in an image from its root.
  static func word(_ path: Path, _ isPathspec: Bool = false, in facts: TargetFacts) -> String {
    if facts.image != nil { return shellWord([UInt8(ascii: "/")] + path.bytes, isPathspec: false) }
    if path.isRoot { return "." }
    // A name that begins as an option does is written as a path.
    let start = path.bytes.first == UInt8(ascii: "-") ? Array("./".utf8) : []
    return shellWord(start + path.bytes, isPathspec: isPathspec)
  }
}

extension BytecodeFact {
  /// The directory that a command names for it: above `__pycache__`, where it lies there.
  var directory: Path { name.isInCacheDirectory ? path.parent.parent : path.parent }
}
