internal import SourceText

extension ShellWalk {
  /// What POSIX calls special: assignments before them may stay.
  private static let specialNames = [
    ":", ".", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times", "trap", "unset", "break",
    "continue", "source", "declare", "typeset", "local",
  ]
  /// Those of a shell that POSIX calls special, and what bash treats alike.
  static let special = WordSet(specialNames)
  /// What a shell does itself.
  static let builtins = WordSet(
    specialNames + [
      "cd", "pushd", "popd", "read", "mapfile", "readarray", "getopts", "true", "false", "[", "test", "echo", "printf",
      "wait", "umask", "ulimit", "alias", "unalias", "hash", "type", "shopt", "let",
    ])

  /// Does what a built-in command does; false where it is a command like any other.
  mutating func builtin(_ name: String, _ command: ShellInvocation) -> Bool {
    let arguments = command.words.dropFirst()
    switch name {
    case "export", "readonly", "declare", "typeset", "local": export(name, arguments)
    case "unset": unset(arguments)
    case "set": options(arguments)
    case "cd", "pushd": change(to: arguments)
    case "popd": directory = .unknown
    case "read", "mapfile", "readarray", "getopts", "let":
      for argument in arguments {
        guard let bytes = argument.value else {
          forget()
          continue
        }
        let text = bytes.prefix { isNamePart($0) }
        if !text.isEmpty { scope.set(String(decoding: text, as: UTF8.self), .unknown) }
      }
    case ".", "source":
      if !activate(arguments) { scope.mayHaveMore = true }
    case "eval":
      let outer = anchor
      anchor = command.origin
      defer { anchor = outer }
      if arguments.count == 1, let text = arguments.first {
        evaluate(text)
      } else if let text = text(of: arguments) {
        evaluate(ShellArgument(text, range: nil))
      } else {
        scope.mayHaveMore = true
        isComplete = false
      }
    case "trap": trap(arguments)
    case "exit":
      if maySucceed(arguments, isReturn: false) || branches.count <= floors.script {
        leave(.script)
      } else if escapes.isEmpty, let last = branches.last {
        failing.insert(last)
      }
    case "return": if maySucceed(arguments, isReturn: true) || branches.count <= floors.function { leave(.function) }
    case "break", "continue":
      let levels = arguments.first.map { $0.isText("1") ? 1 : 2 } ?? 1
      leave(name == "break" || levels > 1 ? .loop : .iteration)
      // Which of the loops further out goes on is not followed.
      if levels > 1, floors.loop != nil { mayLeave(.function) }
    case "alias":
      // The name may be anything from now on.
      if isBash { return true }
      for argument in arguments {
        guard let text = argument.value, let equals = text.firstIndex(of: UInt8(ascii: "=")) else { continue }
        define(Array(text[..<equals]), nil)
      }
    case "exec":
      // Without a command it moves input and output alone.
      return arguments.isEmpty
    case "printf":
      if arguments.first?.isText("-v") ?? false, let name = arguments.dropFirst().first?.value {
        scope.set(String(decoding: name, as: UTF8.self), .unknown)
      }
      return false
    case "echo": return false
    default: break
    }
    return true
  }

  /// Does what the script `activate` of an environment of Python's `venv` does; false where it is another file.
  private mutating func activate(_ arguments: ArraySlice<ShellArgument>) -> Bool {
    guard let argument = arguments.first, var path = argument.value, !argument.isPattern else { return false }
    if path.first != UInt8(ascii: "/"), !argument.isHome { path = Array("./".utf8) + path }
    let ending = Array("/bin/activate".utf8)
    // Those of conda have the same name, and do something else.
    guard path.suffix(ending.count).elementsEqual(ending), path.count > ending.count,
      !["conda", "mamba", "forge"].contains(where: { String(decoding: path, as: UTF8.self).contains($0) })
    else { return false }
    let root = Array(path.dropLast(ending.count))
    let place: [UInt8]?
    if argument.isHome {
      if case .value(let home) = scope.expansion("HOME", inherited: inherited) {
        place = home + root.dropFirst()
      } else {
        place = nil
      }
    } else if root.first == UInt8(ascii: "/") {
      place = root
    } else {
      switch directory {
      case .same: place = root
      case .path(let start): place = start.first == UInt8(ascii: "~") ? nil : start + [UInt8(ascii: "/")] + root
      case .unknown: place = nil
      }
    }
    scope.set("VIRTUAL_ENV", place.map { .value($0) } ?? .unknown, isExported: true)
    var search = VariableValue.unknown
    if let place, case .value(let old) = scope.expansion("PATH", inherited: inherited) {
      search = .value(place + Array("/bin:".utf8) + old)
    }
    scope.set("PATH", search, isExported: true)
    countVariables()
    return true
  }

  private func text(of arguments: ArraySlice<ShellArgument>) -> [UInt8]? {
    var result: [UInt8] = []
    for (index, argument) in arguments.enumerated() {
      guard let value = argument.value, !argument.isPattern, !argument.isHome else { return nil }
      if index > 0 { result.append(0x20) }
      result += value
    }
    return result
  }

  private mutating func trap(_ arguments: ArraySlice<ShellArgument>) {
    var arguments = arguments
    if arguments.first?.isText("--") ?? false { arguments = arguments.dropFirst() }
    guard let text = arguments.first else { return }
    // `trap EXIT` takes it back, as `trap - EXIT` does.
    let isReset = arguments.count == 1 || text.isText("-")
    let signals = arguments.count == 1 ? arguments : arguments.dropFirst()
    guard signals.contains(where: { $0.isText("EXIT") || $0.isText("0") || $0.value == nil }) else { return }
    let isSure = branches.count <= floors.script && signals.allSatisfy { $0.value != nil }
    if isSure {
      traps = []
    } else {
      // The ones before may have been replaced.
      let other = fork()
      for index in traps.indices { traps[index].branches.append(other) }
    }
    if traps.count >= ShellRun.trapLimit {
      isComplete = false
      return
    }
    if !isReset { traps.append((text, conditions)) }
  }

  private mutating func unset(_ arguments: ArraySlice<ShellArgument>) {
    var isFunction = false
    for argument in arguments {
      guard let bytes = argument.value else {
        forget()
        continue
      }
      if bytes.first == UInt8(ascii: "-") {
        isFunction = bytes.contains(UInt8(ascii: "f"))
        continue
      }
      if isFunction {
        define(bytes, nil)
      } else {
        scope.entries[String(decoding: bytes, as: UTF8.self)] = .init(value: .unset, isExported: false)
      }
    }
    countVariables()
  }

  private mutating func export(_ name: String, _ arguments: ArraySlice<ShellArgument>) {
    var exports: Bool? = name == "export" ? true : nil
    // An error, which ends some shells.
    if name == "local", locals == nil { return declareUnknown(arguments) }
    var isLocal = locals != nil && name != "export" && name != "readonly"
    for argument in arguments {
      let bytes = argument.value ?? argument.prefix
      if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        if name == "export" {
          if bytes.contains(UInt8(ascii: "n")) { exports = false }
        } else {
          if bytes.contains(UInt8(ascii: "x")) { exports = sign == UInt8(ascii: "-") }
          if bytes.contains(UInt8(ascii: "g")) { isLocal = false }
          // A number or an array, which is worked out.
          if bytes.contains(where: { "iaAnul".utf8.contains($0) }) { return declareUnknown(arguments) }
        }
        continue
      }
      let equals = bytes.firstIndex(of: UInt8(ascii: "="))
      if equals == nil, argument.value == nil {
        forget()
        continue
      }
      let end = equals.map { $0 > 0 && bytes[$0 - 1] == UInt8(ascii: "+") ? $0 - 1 : $0 } ?? bytes.count
      let variable = String(decoding: bytes[..<end], as: UTF8.self)
      if isLocal, locals?[variable] == nil {
        let outside = scope.entries[variable]
        locals?[variable] = .some(outside)
      }
      if let equals {
        var value: VariableValue = argument.value == nil ? .unknown : .value(Array(bytes[(equals + 1)...]))
        if end < equals { value = .unknown }
        scope.set(variable, value, isExported: exports)
        if argument.value == nil { scope.begin(variable, with: Array(bytes[(equals + 1)...])) }
      } else if isLocal {
        // Some shells keep the value, others do not.
        scope.set(variable, .unknown, isExported: exports)
      } else {
        scope.set(variable, scope.expansion(variable, inherited: inherited), isExported: exports)
      }
    }
    countVariables()
  }

  private mutating func declareUnknown(_ arguments: ArraySlice<ShellArgument>) {
    for argument in arguments {
      let bytes = argument.value ?? argument.prefix
      let text = bytes.prefix { isNamePart($0) }
      if !text.isEmpty { scope.set(String(decoding: text, as: UTF8.self), .unknown) }
    }
  }

  private mutating func options(_ arguments: ArraySlice<ShellArgument>) {
    var expectsName: UInt8?
    for argument in arguments {
      guard let bytes = argument.value else { return }
      if let sign = expectsName {
        option(bytes, sign)
        expectsName = nil
        continue
      }
      guard let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"), bytes.count > 1 else {
        return
      }
      if bytes.elementsEqual("--".utf8) { return }
      if bytes.contains(UInt8(ascii: "e")) { option(Array("errexit".utf8), sign) }
      if bytes.contains(UInt8(ascii: "a")) { option(Array("allexport".utf8), sign) }
      if bytes.last == UInt8(ascii: "o") { expectsName = sign }
    }
  }

  private mutating func option(_ name: [UInt8], _ sign: UInt8) {
    if name.elementsEqual("errexit".utf8) { stopsOnError = sign == UInt8(ascii: "-") }
    if name.elementsEqual("allexport".utf8) { scope.exportsAll = sign == UInt8(ascii: "-") }
  }

  private mutating func change(to arguments: ArraySlice<ShellArgument>) {
    guard
      let target = arguments.first(where: { $0.value?.first != UInt8(ascii: "-") || $0.isText("-") })
    else {
      directory = .path([UInt8(ascii: "~")])
      return
    }
    directory = target.isText("-") ? .unknown : directory.moved(to: target)
  }
}
