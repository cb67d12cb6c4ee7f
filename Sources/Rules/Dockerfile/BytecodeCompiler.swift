internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

/// Why a command writes Python's bytecode while PYTHONDONTWRITEBYTECODE says not to.
enum BytecodeCompiler {
  /// pip compiles what it installs; the number is the argument behind which a flag may stand.
  case pip(install: Int)
  /// `python -m venv` starts a pip without the variables.
  case venv
  /// `compileall`, `py_compile` and `py3compile` are there to compile.
  case compiler
  /// uv, with the flag that asks for it.
  case uv
  /// Python with `-E` or `-I`; where the letters of the flag stand in the script.
  case isolated(flag: ByteRange?)

  /// Why, for a command that writes bytecode whatever the variable says; nil for all others, and where words that are
  /// not known may be options that stop it.
  init?(_ command: ToolCommand) {
    switch command.name {
    case "pip":
      guard let install = command.subcommand(["install"], skipping: []), install.isCertain,
        !command.has("--no-compile"), !command.has("--dry-run"), !command.has("--help"), !command.mayHaveMoreOptions
      else { return nil }
      self = .pip(install: install.end - 1)
    case "venv":
      let stops = ["--without-pip", "--help", "-h"]
      if command.arguments.isEmpty || command.mayHaveMoreOptions || stops.contains(where: { command.has($0) }) {
        return nil
      }
      self = .venv
    case "compileall", "py_compile", "py3compile":
      if command.has("--help") || command.has("-h") { return nil }
      self = .compiler
    case "uv":
      guard command.has("--compile-bytecode") || command.has("--compile") else { return nil }
      if command.subcommand(["sync", "pip install", "pip sync"], skipping: []) == nil { return nil }
      self = .uv
    default:
      guard let flags = Self.interpreterFlags(command.invocation) else { return nil }
      self = .isolated(flag: flags)
    }
  }

  /// Where the flag stands with which an interpreter looks at no variable; nil where it does, or writes nothing anyway.
  private static func interpreterFlags(_ invocation: ShellInvocation) -> ByteRange?? {
    guard let name = invocation.name, isPython(name) else { return nil }
    var isolating: ShellArgument?
    var skipsNext = false
    for word in invocation.words.dropFirst() {
      if skipsNext {
        skipsNext = false
        continue
      }
      guard let text = word.value else { return nil }
      guard text.first == UInt8(ascii: "-"), text.count > 1 else { break }
      if text[1] == UInt8(ascii: "-") {
        skipsNext = text.elementsEqual("--check-hash-based-pycs".utf8)
        continue
      }
      let letters = text.dropFirst().prefix { !"cmXW".utf8.contains($0) }
      if letters.contains(UInt8(ascii: "B")) { return nil }
      if letters.contains(where: { "EI".utf8.contains($0) }) { isolating = word }
      guard letters.count < text.count - 1 else { continue }
      let ending = text[1 + letters.count]
      if ending == UInt8(ascii: "c") || ending == UInt8(ascii: "m") { break }
      skipsNext = letters.count == text.count - 2
    }
    guard let isolating, let text = isolating.value else { return nil }
    let isPlain = text.dropFirst().allSatisfy { isAlphanumeric($0) && !"cmXW".utf8.contains($0) }
    return .some(isPlain ? isolating.range : nil)
  }

  private static func isPython(_ name: ArraySlice<UInt8>) -> Bool {
    ["python", "pypy"].contains { stem in
      name.starts(with: stem.utf8)
        && name.dropFirst(stem.utf8.count).allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }
    }
  }

  /// Why it does, for people.
  var reason: String {
    switch self {
    case .pip: "pip compiles what it installs, whatever the variable says"
    case .venv: "the pip that it installs is compiled, whatever the variable says"
    case .compiler: "it compiles, whatever the variable says"
    case .uv: "the flag asks for it"
    case .isolated: "with -E or -I Python looks at no variable"
    }
  }
}
