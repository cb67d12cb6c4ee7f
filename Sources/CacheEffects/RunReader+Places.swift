internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText
internal import Versions

extension RunReader {
  /// Where a command writes a cache.
  func place(of kind: CacheKind, _ command: ToolCommand) -> PlaceReading {
    // Where there is a directory /etc/apk/cache, which a mount makes, apk uses that one.
    if kind.id == "os.apk", mounts.contains(where: { $0.target?.elementsEqual("/etc/apk/cache".utf8) ?? false }) {
      return PlaceReading(Array("/etc/apk/cache".utf8))
    }
    for flag in kind.relocate.flags where flag.action == .add && flag.command == command.name {
      if flag.value == nil {
        if command.has(flag.flag) { return PlaceReading() }
        continue
      }
      guard let value = command.value(of: flag.flag) else { continue }
      guard case .value(let path) = value, !path.isEmpty else { return PlaceReading() }
      return PlaceReading(absolute(path, command).map { $0 + below(flag.below) })
    }
    var isCertain = true
    var others: [[UInt8]] = []
    var copied: Doubt?
    for place in kind.layer?.places ?? [] {
      if place.isConfigured {
        if let moved = configured(kind, &copied) { return moved }
        continue
      }
      if let tools = place.tools, tools != state.tools?.rawValue {
        if state.tools == nil { others.append(Array(place.path.utf8)) }
        continue
      }
      if place.isForRoot {
        switch isRoot(command) {
        case true?: break
        case false?: continue
        case nil: isCertain = false
        }
      }
      guard let variable = place.variable else {
        guard let path = absolute(Array(place.path.utf8), command, isHome: place.path.hasPrefix("~")) else {
          return PlaceReading()
        }
        let isSure = !place.path.hasPrefix("~") || isHomeCertain(command)
        let real = state.real(path)
        // A mount that takes nothing else may be where a file moves it to.
        if let copied, mounts.contains(where: { $0.type == "cache" && !($0.real.map { isWithin(real, $0) } ?? true) }) {
          return PlaceReading(doubt: copied)
        }
        return PlaceReading(real, isCertain: isCertain && isSure && others.isEmpty, others: others)
      }
      let isIgnored = kind.relocate.environment.contains { known in
        known.name == variable && known.ignoredWith.contains { command.has($0) }
      }
      if isIgnored { continue }
      switch value(variable, command) {
      case .unset: continue
      case .value(let path):
        if path.isEmpty { continue }
        return PlaceReading(absolute(path, command).map { state.real($0 + below(place.below)) })
      case .unknown:
        // A base that is not known hardly ever moves a cache; what the file itself leaves open may do so.
        guard environment.mayInheritMore, environment.variables[variable] == nil, environment.arguments[variable] == nil
        else {
          return PlaceReading()
        }
        isCertain = false
      }
    }
    return PlaceReading()
  }

  private func below(_ path: String) -> [UInt8] { path.isEmpty ? [] : [UInt8(ascii: "/")] + Array(path.utf8) }

  /// Where a command or a configuration file has moved a kind for good; nil where none has, as far as is known.
  ///
  /// - Parameters:
  ///   - kind: the kind.
  ///   - copied: gets a file that may move it, though nothing is known of what it says.
  /// - Returns: the place, or why it is not known.
  private func configured(_ kind: CacheKind, _ copied: inout Doubt?) -> PlaceReading? {
    if let move = state.moves[kind.id] {
      guard move.isCertain, let path = move.path, move.home == home?.path else {
        return PlaceReading(doubt: .moved(move.text, instruction: move.instruction))
      }
      return PlaceReading(state.real(path))
    }
    guard let files = kind.layer?.movingFiles, !files.isEmpty, let (name, instruction) = configuration(files) else {
      return nil
    }
    let doubt = Doubt.moved(name, instruction: instruction)
    let isWritten = state.writtenFiles.contains { path in
      let bytes = Array(name.utf8.drop { $0 == UInt8(ascii: "~") })
      return path.suffix(bytes.count).elementsEqual(bytes)
    }
    if isWritten { return PlaceReading(doubt: doubt) }
    copied = doubt
    return nil
  }

  func isRoot(_ command: ToolCommand) -> Bool? {
    switch command.invocation.user {
    case .same: environment.isRoot
    case .named(let name): name.elementsEqual("root".utf8) || name.elementsEqual("0".utf8)
    case .unknown: nil
    }
  }

  private func isHomeCertain(_ command: ToolCommand) -> Bool {
    switch command.invocation.user {
    case .same: home?.isCertain ?? false
    case .named(let name):
      name.elementsEqual("root".utf8) || state.homes[String(decoding: name, as: UTF8.self)] != nil
    case .unknown: false
    }
  }

  private func home(of command: ToolCommand) -> [UInt8]? {
    switch command.invocation.user {
    case .same:
      if case .value(let path) = value("HOME", command), path.first == UInt8(ascii: "/") { return path }
      return home?.path
    case .named(let name):
      if name.elementsEqual("root".utf8) || name.elementsEqual("0".utf8) { return Array("/root".utf8) }
      return state.homes[String(decoding: name, as: UTF8.self)] ?? Array("/home/".utf8) + name
    case .unknown: return nil
    }
  }

  /// An absolute path without a slash at its end, for one that a command is given.
  func absolute(_ path: [UInt8], _ command: ToolCommand, isHome: Bool = false) -> [UInt8]? {
    var path = path
    if isHome {
      guard let home = home(of: command) else { return nil }
      path = home + path.dropFirst()
    }
    if path.first != UInt8(ascii: "/") {
      switch command.invocation.directory {
      case .same: break
      case .path(let directory):
        var start = directory
        if directory.first == UInt8(ascii: "~") {
          guard let home = home(of: command) else { return nil }
          start = home + directory.dropFirst()
        }
        path = start + [UInt8(ascii: "/")] + path
      case .unknown: return nil
      }
    }
    return environment.absolute(path)
  }
}

/// What is known of the place of a cache.
struct PlaceReading {
  let place: CachePlace?
  /// Where it is instead, where the tools of the image are not known.
  let others: [[UInt8]]
  let doubt: Doubt?

  /// Nothing is known without a path.
  init(_ path: [UInt8]? = nil, isCertain: Bool = true, others: [[UInt8]] = [], doubt: Doubt? = nil) {
    place = path.map { CachePlace(path: $0, isCertain: isCertain) }
    self.others = others
    self.doubt = doubt
  }
}
