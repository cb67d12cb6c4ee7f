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
  mutating func unwrap(_ command: ShellInvocation, _ document: ShellDocument?) {
    var command = command
    for _ in 0..<Self.wrapperLimit {
      guard let base = command.name, base.count <= 24 else { break }
      let name = String(decoding: base, as: UTF8.self)
      switch name {
      case "sudo", "doas": sudo(&command)
      case "env": environment(&command)
      case "exec":
        drop(&command, Wrapper(valued: ["-a"]))
        if branches.isEmpty { isDone = true }
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
        drop(&command, Wrapper(valued: ["-n", "-P", "-I", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs"]))
        if command.words.isEmpty { return }
        var rest = ShellArgument([], range: nil)
        rest.value = nil
        rest.isSpread = true
        command.words.append(rest)
        command.isNested = true
      case "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "rbash":
        if shell(command, document) { return }
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

  private mutating func record(_ command: ShellInvocation) {
    invocations.append(command)
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
      if valued.contains(String(decoding: text, as: UTF8.self)), !rest.isEmpty {
        count += 1
        rest = rest.dropFirst()
      }
    }
    return count
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
      if text.elementsEqual("-u".utf8) || text.elementsEqual("--user".utf8), index + 1 < given.endIndex {
        user = given[index + 1].value.map { .named($0) } ?? .unknown
      } else if text.starts(with: "--user=".utf8) {
        user = .named(Array(text.dropFirst(7)))
      } else if text.starts(with: "-u".utf8) {
        user = .named(Array(text.dropFirst(2)))
      } else if text.starts(with: "--preserve-env".utf8) {
        keeps = true
      } else if text.count > 1, text[1] != UInt8(ascii: "-"), text.contains(UInt8(ascii: "E")) {
        keeps = true
      }
    }
    command.user = user
    if !keeps {
      command.scope.entries = [:]
      command.scope.isCleared = true
      command.scope.mayHaveMore = false
    }
    command.words = Array(assignments(words, to: &command.scope))
  }

  private func environment(_ command: inout ShellInvocation) {
    let words = command.words.dropFirst()
    let count = options(words, ["-u", "-C", "-S", "--unset", "--chdir"])
    let given = words.prefix(count)
    for (index, word) in zip(given.indices, given) {
      if word.isText("-i") || word.isText("-") || word.isText("--ignore-environment") {
        command.scope.entries = [:]
        command.scope.isCleared = true
        command.scope.mayHaveMore = false
      } else if word.isText("-u") || word.isText("--unset"), index + 1 < given.endIndex {
        guard let name = given[index + 1].value else { continue }
        command.scope.set(String(decoding: name, as: UTF8.self), ShellScope.Entry(value: .unset, isExported: true))
      } else if word.isText("-C") || word.isText("--chdir") {
        command.directory = .unknown
      }
    }
    command.words = Array(assignments(words.dropFirst(count), to: &command.scope))
  }

  /// Takes in `NAME=value` before a command.
  private func assignments(
    _ words: ArraySlice<ShellArgument>, to scope: inout ShellScope
  ) -> ArraySlice<ShellArgument> {
    var rest = words
    while let word = rest.first {
      let text = word.value ?? word.prefix
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > 0, text[..<equals].allSatisfy(isNamePart)
      else { return rest }
      let value: VariableValue = word.value == nil ? .unknown : .value(Array(text[(equals + 1)...]))
      scope.set(String(decoding: text[..<equals], as: UTF8.self), ShellScope.Entry(value: value, isExported: true))
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
    let outer = (self.user, scope)
    self.user = user
    if isLogin {
      scope = ShellScope()
      scope.isCleared = true
    } else {
      scope = command.scope
    }
    nested(script)
    (self.user, scope) = outer
    return true
  }

  /// A shell that is started; true where its script is known and was walked.
  private mutating func shell(_ command: ShellInvocation, _ document: ShellDocument?) -> Bool {
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
    let outer = (user, scope, stopsOnError)
    defer { (user, scope, stopsOnError) = outer }
    user = command.user
    scope = command.scope
    stopsOnError = stops
    if isScript, let script = words.first {
      guard script.value != nil else { return false }
      nested(script)
      return true
    }
    guard !isScript, readsInput || words.isEmpty, let document else { return false }
    guard nesting < ShellRun.nestingLimit else { return false }
    let text = Array(bytes[document.range.indices])
    let start = shift.map { $0 + document.range.lower }
    let script = ShellScript(text)
    if !script.isComplete { isComplete = false }
    nesting += 1
    run(script, shift: start)
    nesting -= 1
    return true
  }

  /// Walks a script that another shell runs: nothing that it sets stays.
  private mutating func nested(_ script: ShellArgument) {
    let place = directory
    let isFinished = isDone
    run(text: script)
    directory = place
    isDone = isFinished
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
