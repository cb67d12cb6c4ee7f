internal import Caches
internal import Dockerfiles
internal import Shell
internal import SourceText

extension RunReader {
  /// Where a command writes a cache.
  func place(of kind: CacheKind, _ command: ToolCommand) -> CachePlace? {
    // Where there is a directory /etc/apk/cache, which a mount makes, apk uses that one.
    if kind.id == "os.apk", mounts.contains(where: { $0.target?.elementsEqual("/etc/apk/cache".utf8) ?? false }) {
      return CachePlace(path: Array("/etc/apk/cache".utf8), isCertain: true)
    }
    for flag in kind.relocate.flags where flag.action == .add && flag.command == command.name {
      guard let value = command.value(of: flag.flag) else { continue }
      guard case .value(let path) = value, !path.isEmpty else { return nil }
      return absolute(path, command).map { CachePlace(path: $0, isCertain: true) }
    }
    if kind.id == "os.dnf", state.dnfIsFive {
      return CachePlace(path: Array("/var/cache/libdnf5".utf8), isCertain: true)
    }
    var isCertain = true
    for place in kind.layer?.places ?? [] {
      if place.isForRoot {
        switch isRoot(command) {
        case true?: break
        case false?: continue
        case nil: isCertain = false
        }
      }
      guard let variable = place.variable else {
        guard let path = absolute(Array(place.path.utf8), command, isHome: place.path.hasPrefix("~")) else {
          return nil
        }
        let isSure = !place.path.hasPrefix("~") || isHomeCertain(command)
        return CachePlace(path: path, isCertain: isCertain && isSure)
      }
      switch value(variable, command) {
      case .unset: continue
      case .value(let path):
        if path.isEmpty { continue }
        guard let path = absolute(path, command) else { return nil }
        let below = place.below.isEmpty ? [] : [UInt8(ascii: "/")] + Array(place.below.utf8)
        return CachePlace(path: path + below, isCertain: true)
      case .unknown:
        // A base that is not known hardly ever moves a cache; what the file itself leaves open may do so.
        guard environment.mayInheritMore, environment.variables[variable] == nil, environment.arguments[variable] == nil
        else {
          return nil
        }
        isCertain = false
      }
    }
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
