internal import CacheEffects
internal import Caches
internal import Editors
internal import Findings
internal import Shell

extension LayerFixes {
  /// Lets the RUN end with the command of the catalogue that removes the cache.
  static func clean(_ found: LayerCase, _ reasons: inout [String]) -> Plan? {
    guard let layer = found.kind.layer, var text = layer.clean else { return nil }
    let home = layer.places.last?.path ?? ""
    for write in found.staying {
      let invocation = found.run.commands[write.command].invocation
      if invocation.isPerhaps {
        reasons.append("the command may not run, and a clean-up at the end would always")
      }
      switch invocation.user {
      case .same: break
      case .named(let name) where name.elementsEqual("root".utf8):
        text = "sudo " + (text.contains("~") ? text.split(separator: "~").joined(separator: "/root") : text)
      case .named, .unknown:
        reasons.append("another user runs the command")
        return nil
      }
      guard let place = write.place else {
        reasons.append("the place of the cache is not known")
        return nil
      }
      // Moved by a variable or a flag: the clean-up names the place itself.
      let usual = home.utf8.drop { $0 == UInt8(ascii: "~") }
      if text.hasPrefix("rm -rf "), !home.isEmpty, !place.path.suffix(usual.count).elementsEqual(usual) {
        // A wildcard such as that of `ruby/*/cache` is for the shell.
        guard place.isCertain, place.path.allSatisfy({ isPlainByte($0) || $0 == UInt8(ascii: "*") }) else {
          reasons.append("the place of the cache is not known for sure")
          return nil
        }
        let parts = layer.parts.isEmpty ? [""] : layer.parts.map { "/" + $0 }
        text = "rm -rf " + parts.map { String(decoding: place.path, as: UTF8.self) + $0 }.joined(separator: " ")
      }
      if text.hasPrefix("sudo "), found.staying.count > 1 { break }
    }
    if let reason = missing(text, found) {
      // The tool is not there by then: what it wrote is removed by its path.
      guard let place = found.staying.first?.place, place.isCertain, found.staying.allSatisfy({ $0.place == place }),
        place.path.allSatisfy(isPlainByte), found.staying.allSatisfy({ isSame($0, found) })
      else {
        reasons.append(reason)
        return nil
      }
      text = "rm -rf " + String(decoding: place.path, as: UTF8.self)
    }
    text = withDirectory(text, found)
    let isKnown = layer.evidence != .recalled
    return Plan(
      operations: [.append(text)], title: "end the RUN with `\(text)`",
      safety: isPlain(found) && isKnown ? .safe : .unsafe)
  }

  private static func isSame(_ write: CacheWrite, _ found: LayerCase) -> Bool {
    if case .same = found.run.commands[write.command].invocation.user { return true }
    return false
  }

  /// Why the program of a clean-up may not be there at the end of the RUN; nil where it is.
  private static func missing(_ text: String, _ found: LayerCase) -> String? {
    guard let tool = text.split(separator: " ").first(where: { $0 != "sudo" }), tool != "rm",
      let last = found.staying.last
    else { return nil }
    for command in found.run.commands.dropFirst(last.command + 1) {
      let words = command.arguments.compactMap(\.value).map { String(decoding: $0, as: UTF8.self) }
      let removes = Programs.removals[command.name].map { names in words.contains { names.contains($0) } } ?? false
      // What has the name of the tool may be its cache.
      let places = found.kind.layer?.places.map(\.path) ?? []
      let deletes =
        command.name == "rm"
        && words.contains { word in
          if places.contains(where: { word.hasPrefix($0) }) { return false }
          return word.split(separator: "/").contains { $0 == tool || $0.hasPrefix(tool + "-") || $0 == "bin" }
        }
      if removes || deletes { return "`\(command.title)` may remove the tool that cleans up" }
    }
    // A shell of its own, such as `bash -lc`, may find programs that the RUN does not find.
    let isNested = found.staying.contains { found.run.commands[$0.command].invocation.isNested }
    return isNested ? "the tool is run by a shell of its own" : nil
  }

  /// The clean-up with the path by which the RUN calls its program, which may not be in PATH.
  private static func withDirectory(_ text: String, _ found: LayerCase) -> String {
    guard let last = found.staying.last, let word = found.run.commands[last.command].invocation.words.first?.value,
      word.contains(UInt8(ascii: "/")), word.allSatisfy(isPlainByte)
    else { return text }
    let tool = String(decoding: word.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
    let path = String(decoding: word, as: UTF8.self)
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return words.map { $0 == tool ? path : String($0) }.joined(separator: " ")
  }
}
