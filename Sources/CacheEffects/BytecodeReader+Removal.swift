internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Versions

extension BytecodeReader {
  /// The programs that may remove it.
  private static let removers: WordSet = ["py3clean", "pyclean", "rm", "find"]

  /// Whether a command may remove any: one that names bytecode, or also the directory that another has made.
  func mayRemove(_ index: Int, _ makesDirectories: Bool) -> Bool {
    let command = commands[index]
    guard Self.removers.contains(command.name) else { return false }
    return command.name == "pyclean" || command.name == "py3clean" || makesDirectories
      || command.arguments.contains { Self.namesBytecode($0.value ?? $0.prefix) }
  }

  func removal(of write: BytecodeWrite, among removers: ArraySlice<Int>) -> Int? {
    let writer = commands[write.command].invocation
    return removers.first { index in
      index > write.command && commands[index].invocation.runs(whenever: writer) && removesBytecode(index, write)
    }
  }

  private func removesBytecode(_ index: Int, _ write: BytecodeWrite) -> Bool {
    let command = commands[index]
    let names = { (argument: ShellArgument) in Self.namesBytecode(argument.value ?? argument.prefix) }
    switch command.name {
    case "py3clean", "pyclean": return true
    case "rm":
      if command.arguments.contains(where: names) { return true }
      // The very directory that was made.
      guard write.cause == .environment, let made = commands[write.command].arguments.last,
        let place = absolute(made, commands[write.command])
      else { return false }
      return command.arguments.contains { argument in
        absolute(argument, command).map { removes($0, place) } ?? false
      }
    case "find":
      guard command.arguments.contains(where: names) else { return false }
      let isRemoval =
        command.has("-delete") || command.arguments.contains { $0.isText("rm") || $0.isText("/bin/rm") }
        || index + 1 < commands.count && commands[index + 1].name == "rm"
          && commands[index + 1].arguments.contains(where: \.isSpread)
      guard isRemoval else { return false }
      let roots = command.arguments.prefix {
        $0.value?.first != UInt8(ascii: "-") && !$0.isText("(") && !$0.isText("!")
      }
      return roots.isEmpty || roots.contains { mayHold(absolute($0, command), write) }
    default: return false
    }
  }

  private static let names = ["__pycache__", ".pyc", ".py["].map { Array($0.utf8) }

  static func namesBytecode(_ text: [UInt8]) -> Bool {
    text.indices.contains { start in
      names.contains { text[start] == $0[0] && text[start...].starts(with: $0) }
    }
  }

  /// Whether what was written may lie below a directory; nil is one that is not known.
  private func mayHold(_ root: [UInt8]?, _ write: BytecodeWrite) -> Bool {
    guard let root, pythonBase?.source != .policy, pythonBase != nil, write.cause == .installer,
      environment.variables["VIRTUAL_ENV"] == nil,
      !["--target", "-t", "--prefix", "--root", "--user"].contains(where: { commands[write.command].has($0) }),
      commands[write.command].invocation.words.first?.value?.contains(UInt8(ascii: "/")) == false
    else { return true }
    let library = Array("/usr/local/lib".utf8)
    return isWithin(library, root) || isWithin(root, library)
  }
}
