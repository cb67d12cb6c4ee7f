internal import SourceText

/// How a program is called that runs the program that its arguments name.
private struct Wrapper {
  /// Options that take the next word as their value.
  var valued: Set<String> = []
  /// How many words stand between the options and the command.
  var operands = 0
  /// The sub-command after which the command stands; empty where there is none.
  var after: [String] = []
  /// Whether it is a tool of its own, which does more than to start the command.
  var isTool = false
}

extension ShellWalk {
  /// How many wrappers of one command are taken off.
  private static let wrapperLimit = 16

  /// Records a command without the wrappers before it, and walks the scripts that it is given.
  mutating func unwrap(_ command: ShellInvocation, _ input: ShellRedirection?) {
    var command = command
    for _ in 0..<Self.wrapperLimit {
      guard let base = command.name, base.count <= 24 else { break }
      let name = String(decoding: base, as: UTF8.self)
      switch name {
      case "sudo", "doas": sudo(&command)
      case "env": environment(&command)
      case "exec":
        drop(&command, Wrapper(valued: ["-a"]))
        replaceShell()
      case "su", "runuser":
        if switchUser(&command) { return }
      case "gosu", "su-exec", "setuidgid", "s6-setuidgid", "chpst":
        let user = command.words.count > 1 ? command.words[1].value : nil
        guard command.words.count > 2 else { return record(command) }
        command.user = user.map { .named(Array($0.prefix { $0 != UInt8(ascii: ":") })) } ?? .unknown
        command.words.removeFirst(2)
      case "command":
        // `command -v name` only looks for it.
        if command.words.dropFirst().first?.value?.first == UInt8(ascii: "-"), !command.words[1].isText("-p") {
          return record(command)
        }
        drop(&command, Wrapper())
      case "xargs":
        if arguments(&command) { return }
      case "find":
        record(command)
        execute(command)
        return
      case "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "rbash":
        if shell(command, input) { return }
        return record(command)
      case "busybox", "toybox":
        if command.words.count < 2 || command.words[1].value?.first == UInt8(ascii: "-") { return record(command) }
        command.words.removeFirst()
      default:
        guard let wrapper = wrappers[name], !unwrap(&command, wrapper) else { return record(command) }
      }
      if command.words.isEmpty { return }
    }
    record(command)
  }

  /// Does what `exec` does: nothing that follows runs, nor what `trap` has set.
  private mutating func replaceShell() {
    leave(.script)
    if stop == .script {
      traps = []
      return
    }
    let other = fork()
    for index in traps.indices { traps[index].branches.append(other) }
  }

  private mutating func record(_ command: ShellInvocation) {
    invocations.append(command)
  }

  /// `xargs`; true where it names no command.
  private mutating func arguments(_ command: inout ShellInvocation) -> Bool {
    let words = command.words.dropFirst()
    let valued: Set<String> = [
      "-n", "-P", "-I", "-J", "-L", "-R", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--max-lines",
      "--delimiter", "--arg-file", "--max-chars",
    ]
    let count = options(words, valued)
    var placeholder: [UInt8]?
    var mayBeLeftOut = false
    for (index, word) in zip(words.indices, words.prefix(count)) {
      guard let text = word.value, text.count > 1 else { continue }
      if text.starts(with: "--replace".utf8) || text.starts(with: "-i".utf8) {
        let name = text.dropFirst(text[1] == UInt8(ascii: "-") ? 10 : 2)
        placeholder = name.isEmpty ? Array("{}".utf8) : Array(name)
      } else if text.starts(with: "-I".utf8) || text.starts(with: "-J".utf8) {
        placeholder =
          text.count > 2 ? Array(text.dropFirst(2)) : words.dropFirst(index + 1 - words.startIndex).first?.value
      } else if text.elementsEqual("--no-run-if-empty".utf8) {
        mayBeLeftOut = true
      } else if text[1] != UInt8(ascii: "-"), text.contains(UInt8(ascii: "r")) {
        mayBeLeftOut = true
      }
    }
    command.words = Array(words.dropFirst(count))
    if command.words.isEmpty { return true }
    // Where there is nothing to remove, `rm` has nothing to do.
    if mayBeLeftOut, !(command.name?.elementsEqual("rm".utf8) ?? false) { command.branches.append(fork()) }
    command.isNested = true
    var rest = ShellArgument([], range: nil)
    rest.value = nil
    guard let placeholder, !placeholder.isEmpty else {
      rest.isSpread = true
      command.words.append(rest)
      return false
    }
    for index in command.words.indices {
      guard let value = command.words[index].value, let at = search(placeholder, in: value) else { continue }
      command.words[index].value = nil
      command.words[index].prefix = Array(value[..<at])
    }
    return false
  }

  /// What `find` starts for the files that it finds, but for `rm`, of which its own words tell all.
  private mutating func execute(_ command: ShellInvocation) {
    var rest = command.words.dropFirst()
    while let start = rest.firstIndex(where: { word in
      ["-exec", "-execdir", "-ok", "-okdir"].contains { word.isText($0) }
    }) {
      let following = rest[(start + 1)...]
      let end = following.firstIndex { $0.isText(";") || $0.isText("+") } ?? following.endIndex
      rest = following[end...].dropFirst()
      guard nesting < ShellRun.nestingLimit else {
        isComplete = false
        return
      }
      var inner = command
      inner.words = following[..<end].map { word in
        guard let value = word.value, let at = search(Array("{}".utf8), in: value) else { return word }
        var found = word
        found.value = nil
        found.prefix = Array(value[..<at])
        found.isSpread = at == 0 && value.count == 2
        return found
      }
      guard let name = inner.name, !name.elementsEqual("rm".utf8) else { continue }
      if !command.words[start].isText("-exec") { inner.directory = .unknown }
      inner.isNested = true
      inner.branches.append(fork())
      nesting += 1
      unwrap(inner, nil)
      nesting -= 1
    }
  }

  private func search(_ needle: [UInt8], in text: [UInt8]) -> Int? {
    text.indices.first { text[$0...].starts(with: needle) }
  }

  /// Takes a wrapper from the table off; true where the arguments name no command.
  private mutating func unwrap(_ command: inout ShellInvocation, _ wrapper: Wrapper) -> Bool {
    var words = command.words.dropFirst()
    for word in wrapper.after {
      words = words.dropFirst(options(words, wrapper.valued))
      guard words.first?.isText(word) ?? false else { return true }
      words = words.dropFirst()
    }
    words = words.dropFirst(options(words, wrapper.valued)).dropFirst(wrapper.operands)
    if words.first?.isText("--") ?? false { words = words.dropFirst() }
    guard let first = words.first, first.value?.first != UInt8(ascii: "-") else { return true }
    if wrapper.isTool { record(command) }
    command.words = Array(words)
    return false
  }

  private func drop(_ command: inout ShellInvocation, _ wrapper: Wrapper) {
    let words = command.words.dropFirst()
    command.words = Array(words.dropFirst(options(words, wrapper.valued)))
  }

  /// How many of the words are options and their values.
  private func options(_ words: ArraySlice<ShellArgument>, _ valued: Set<String>) -> Int {
    var count = 0
    var rest = words
    while let word = rest.first, let text = word.value, text.first == UInt8(ascii: "-"), text.count > 1 {
      count += 1
      rest = rest.dropFirst()
      if text.elementsEqual("--".utf8) { break }
      if takesNext(text, valued), !rest.isEmpty {
        count += 1
        rest = rest.dropFirst()
      }
    }
    return count
  }

  /// Whether the value of an option is the next word; of options in one word the last may have one.
  private func takesNext(_ text: [UInt8], _ valued: Set<String>) -> Bool {
    if valued.contains(String(decoding: text, as: UTF8.self)) { return true }
    if text[1] == UInt8(ascii: "-") { return false }
    for (index, letter) in text.enumerated().dropFirst()
    where valued.contains("-" + String(decoding: [letter], as: UTF8.self)) {
      return index == text.count - 1
    }
    return false
  }

  private func sudo(_ command: inout ShellInvocation) {
    let valued: Set<String> = ["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group"]
    var words = command.words.dropFirst()
    let count = options(words, valued)
    let given = words.prefix(count)
    words = words.dropFirst(count)
    var user = ShellUser.named(Array("root".utf8))
    var keeps = false
    for (index, word) in zip(given.indices, given) {
      guard let text = word.value else { continue }
      let isCluster = text.count > 1 && text[1] != UInt8(ascii: "-")
      if isCluster, text.contains(UInt8(ascii: "E")) { keeps = true }
      if isCluster && text.last == UInt8(ascii: "u") || text.elementsEqual("--user".utf8), index + 1 < given.endIndex {
        user = given[index + 1].value.map { .named($0) } ?? .unknown
      } else if text.starts(with: "--user=".utf8) {
        user = .named(Array(text.dropFirst(7)))
      } else if text.starts(with: "-u".utf8) {
        user = .named(Array(text.dropFirst(2)))
      } else if text.starts(with: "--preserve-env".utf8) {
        keeps = true
      }
    }
    command.user = user
    if !keeps { clear(&command.scope) }
    command.words = Array(assignments(words, to: &command.scope))
  }

  /// Takes in `NAME=value` before a command.
  func assignments(
    _ words: ArraySlice<ShellArgument>, to scope: inout ShellScope
  ) -> ArraySlice<ShellArgument> {
    var rest = words
    while let word = rest.first {
      let text = word.value ?? word.prefix
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0, text[..<equals].allSatisfy(isNamePart)
      else { return rest }
      let value: VariableValue = word.value == nil ? .unknown : .value(Array(text[(equals + 1)...]))
      scope.set(String(decoding: text[..<equals], as: UTF8.self), value, isExported: true)
      rest = rest.dropFirst()
    }
    return rest
  }

  /// `su` and `runuser`; true where all that they run is recorded.
  private mutating func switchUser(_ command: inout ShellInvocation) -> Bool {
    var user: ShellUser = .named(Array("root".utf8))
    var script: ShellArgument?
    var hasUser = false
    var isLogin = false
    var words = command.words.dropFirst()
    while let word = words.first {
      words = words.dropFirst()
      guard let text = word.value else {
        if !hasUser { user = .unknown }
        hasUser = true
        continue
      }
      switch String(decoding: text, as: UTF8.self) {
      case "-c", "--command":
        script = words.first
        words = words.dropFirst()
      case "-u", "--user":
        user = words.first?.value.map { .named($0) } ?? .unknown
        hasUser = true
        words = words.dropFirst()
        // `runuser -u user -- command`
        if words.first?.isText("--") ?? false { words = words.dropFirst() }
        if let first = words.first, first.value?.first != UInt8(ascii: "-") {
          command.words = Array(words)
          command.user = user
          return false
        }
      case "-s", "--shell", "-g", "--group", "-G": words = words.dropFirst()
      case "-", "-l", "--login": isLogin = true
      default:
        if text.first == UInt8(ascii: "-") { continue }
        if !hasUser { user = .named(text) }
        hasUser = true
      }
    }
    guard let script else {
      record(command)
      return true
    }
    command.user = user
    if isLogin {
      command.scope = ShellScope()
      command.scope.isCleared = true
    }
    begin(script, command, stopsOnError: false)
    return true
  }

  /// A shell that is started; true where its script is known and was walked.
  private mutating func shell(_ command: ShellInvocation, _ input: ShellRedirection?) -> Bool {
    var words = command.words.dropFirst()
    var isScript = false
    var stops = false
    var readsInput = false
    while let word = words.first, let text = word.value, let sign = text.first,
      sign == UInt8(ascii: "-") || sign == 0x2B
    {
      words = words.dropFirst()
      if text.elementsEqual("--".utf8) { break }
      if text.count == 1 {
        readsInput = true
        break
      }
      if text.starts(with: "--".utf8) {
        if word.isText("--rcfile") || word.isText("--init-file") { words = words.dropFirst() }
        continue
      }
      if sign == UInt8(ascii: "-"), text.contains(UInt8(ascii: "e")) { stops = true }
      if text.contains(UInt8(ascii: "s")) { readsInput = true }
      if text.contains(UInt8(ascii: "c")) { isScript = true }
      if text.last == UInt8(ascii: "o") || text.last == UInt8(ascii: "O") {
        if words.first?.isText("errexit") ?? false { stops = true }
        words = words.dropFirst()
      }
    }
    if isScript {
      guard let script = words.first, script.value != nil, !script.isPattern else { return false }
      begin(script, command, stopsOnError: stops)
      return true
    }
    guard readsInput || words.isEmpty, let input, let document = input.document else { return false }
    var argument = ShellArgument(Array(bytes[document.range.indices]), range: mapped(document.range))
    if document.expands {
      guard let text = expanded(document) else { return false }
      argument.value = text
    }
    if input.symbol.elementsEqual("<<-".utf8), let text = argument.value {
      var isStart = true
      argument.value = text.filter { byte in
        if isStart, byte == 0x09 { return false }
        isStart = byte == 0x0A
        return true
      }
    }
    begin(argument, command, stopsOnError: stops)
    return true
  }

  /// Walks a script that another shell runs: nothing that it sets stays.
  private mutating func begin(_ argument: ShellArgument, _ command: ShellInvocation, stopsOnError: Bool) {
    guard let text = argument.value, nesting < ShellRun.nestingLimit else {
      isComplete = false
      return
    }
    let script = ShellScript(text)
    if !script.isComplete { isComplete = false }
    let outer = (user, knowledge, self.stopsOnError, isBash, anchor)
    anchor = command.origin
    user = command.user
    directory = command.directory
    scope = command.scope.handedOn(inherited: inherited)
    isBash = ["bash", "rbash", "ksh", "mksh", "zsh"].contains { command.name?.elementsEqual($0.utf8) ?? false }
    self.stopsOnError = stopsOnError
    nesting += 1
    start(script, shift: place(of: argument, text))
    nesting -= 1
    (user, knowledge, self.stopsOnError, isBash, anchor) = outer
  }
}

/// Programs that run what their arguments name, from their manual pages.
private let wrappers: [String: Wrapper] = [
  "nice": Wrapper(valued: ["-n", "--adjustment"]),
  "ionice": Wrapper(valued: ["-c", "-n", "--class", "--classdata"]),
  "chrt": Wrapper(operands: 1),
  "taskset": Wrapper(operands: 1),
  "nohup": Wrapper(),
  "setsid": Wrapper(),
  "time": Wrapper(valued: ["-f", "-o", "--format", "--output"]),
  "timeout": Wrapper(valued: ["-s", "-k", "--signal", "--kill-after"], operands: 1),
  "stdbuf": Wrapper(valued: ["-i", "-o", "-e"]),
  "unbuffer": Wrapper(),
  "eatmydata": Wrapper(),
  "builtin": Wrapper(),
  "fakeroot": Wrapper(valued: ["-s", "-i", "-l"]),
  "flock": Wrapper(valued: ["-w", "-E", "--timeout", "--wait"], operands: 1),
  "xvfb-run": Wrapper(valued: ["-s", "-n", "-e", "-f", "--server-args", "--server-num"]),
  "dbus-run-session": Wrapper(),
  "tini": Wrapper(valued: ["-p", "-e"]),
  "dumb-init": Wrapper(),
  "catchsegv": Wrapper(),
  "linux32": Wrapper(),
  "linux64": Wrapper(),
  "i386": Wrapper(),
  "setarch": Wrapper(operands: 1),
  "setpriv": Wrapper(valued: ["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"]),
  "retry": Wrapper(valued: ["-t", "-d", "-n"]),
  "torsocks": Wrapper(),
  "proxychains": Wrapper(),
  "proxychains4": Wrapper(),
  "opentelemetry-instrument": Wrapper(),
  "ddtrace-run": Wrapper(),
  "corepack": Wrapper(isTool: true),
  "uv": Wrapper(
    valued: [
      "--with", "--python", "-p", "--directory", "--project", "--extra", "--group", "--env-file", "--index-url",
    ],
    after: ["run"], isTool: true),
  "uvx": Wrapper(valued: ["--with", "--python", "-p", "--from"], isTool: true),
  "poetry": Wrapper(valued: ["-C", "--directory", "-P", "--project"], after: ["run"], isTool: true),
  "pipenv": Wrapper(after: ["run"], isTool: true),
  "pdm": Wrapper(valued: ["-p", "--project"], after: ["run"], isTool: true),
  "rye": Wrapper(after: ["run"], isTool: true),
  "pixi": Wrapper(valued: ["-e", "--environment", "--manifest-path"], after: ["run"], isTool: true),
  "conda": Wrapper(valued: ["-n", "-p", "--name", "--prefix", "--cwd"], after: ["run"], isTool: true),
  "mamba": Wrapper(valued: ["-n", "-p", "--name", "--prefix", "--cwd"], after: ["run"], isTool: true),
  "micromamba": Wrapper(valued: ["-n", "-p", "-r", "--name", "--prefix", "--cwd"], after: ["run"], isTool: true),
  "bundle": Wrapper(after: ["exec"], isTool: true),
  "npx": Wrapper(valued: ["-p", "--package", "-c"], isTool: true),
  "rustup": Wrapper(operands: 1, after: ["run"], isTool: true),
]
