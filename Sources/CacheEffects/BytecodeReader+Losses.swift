internal import Shell

extension BytecodeReader {
  /// Takes in what makes void the bytecode of earlier commands and instructions.
  mutating func lose(_ index: Int) {
    let command = commands[index]
    if command.invocation.isPerhaps || command.invocation.isBackground { return }
    switch command.name {
    case "pyclean", "py3clean":
      for argument in command.arguments { lose(argument, .removal, index) }
    case "rm":
      for argument in command.arguments {
        guard let value = argument.value, Self.namesBytecode(value) else { continue }
        lose(argument, .removal, index)
      }
    case "find":
      guard let cause = findsFor(index) else { return }
      let roots = command.arguments.prefix {
        $0.value?.first != UInt8(ascii: "-") && !$0.isText("(") && !$0.isText("!")
      }
      if roots.isEmpty, let here = absolute(ShellArgument([UInt8(ascii: ".")], range: nil), command) {
        effects.losses.append(BytecodeLoss(command: index, cause: cause, place: here))
      }
      for root in roots { lose(root, cause, index) }
    case "touch":
      for argument in command.arguments where Self.isSource(argument) { lose(argument, .time, index) }
    case "sed", "perl":
      // `sed -i`, `sed -i.bak`, `sed -Ei`, `perl -pi -e`
      let isInPlace = command.arguments.contains { argument in
        guard let text = argument.value, text.first == UInt8(ascii: "-"), text.count > 1 else { return false }
        if text[1] == UInt8(ascii: "-") { return text.starts(with: "--in-place".utf8) }
        return text.dropFirst().prefix { "EnrszupwlW0".utf8.contains($0) || $0 == UInt8(ascii: "i") }.contains(
          UInt8(ascii: "i"))
      }
      guard isInPlace else { return }
      for argument in command.arguments where Self.isSource(argument) { lose(argument, .content, index) }
    case "dos2unix", "black", "isort", "autopep8", "yapf", "2to3":
      for argument in command.arguments where argument.value?.first != UInt8(ascii: "-") {
        lose(argument, .content, index)
      }
    default: return
    }
  }

  /// What a `find` does to the files that it finds; nil where they keep their bytecode.
  private func findsFor(_ index: Int) -> BytecodeLoss.Cause? {
    let command = commands[index]
    let names = command.arguments.contains { Self.namesBytecode($0.value ?? $0.prefix) }
    let feeds = index + 1 < commands.count && commands[index + 1].arguments.contains(where: \.isSpread)
    let next = feeds && commands[index + 1].invocation.isNested ? commands[index + 1].name : ""
    func starts(_ program: String) -> Bool {
      next == program || command.arguments.contains { $0.isText(program) }
    }
    if names { return command.has("-delete") || starts("rm") || starts("/bin/rm") ? .removal : nil }
    if starts("touch") { return .time }
    return starts("sed") && (next == "sed" || command.has("-i")) || starts("dos2unix") ? .content : nil
  }

  /// Whether an argument names sources of Python.
  private static func isSource(_ argument: ShellArgument) -> Bool {
    argument.value?.suffix(3).elementsEqual(".py".utf8) ?? false
  }

  private mutating func lose(_ argument: ShellArgument, _ cause: BytecodeLoss.Cause, _ index: Int) {
    guard let value = argument.value, value.first != UInt8(ascii: "-"), effects.losses.count < RunReader.removalLimit
    else { return }
    // What a pattern stands for lies in the directory before it.
    var kept = value.prefix { !"*?[".utf8.contains($0) }
    if kept.count < value.count { kept = kept[..<(kept.lastIndex(of: UInt8(ascii: "/")) ?? kept.startIndex)] }
    if let cache = value.split(separator: UInt8(ascii: "/")).last, cache.elementsEqual("__pycache__".utf8),
      kept.count == value.count
    {
      kept = kept.dropLast(cache.count)
    }
    let path = kept.isEmpty ? Array((value.first == UInt8(ascii: "/") ? "/" : ".").utf8) : Array(kept)
    guard let place = absolute(ShellArgument(path, range: nil), commands[index]) else { return }
    effects.losses.append(BytecodeLoss(command: index, cause: cause, place: place))
  }
}
