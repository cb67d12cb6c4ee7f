internal import Caches
internal import Shell

/// Which Yarn the command `yarn` is: the two share their name, and most of their commands.
enum YarnGeneration {
  /// The kind of Yarn 1.
  private static let classic = "js.yarn-classic"
  /// The kind of Yarn 2 and later.
  private static let modern = "js.yarn-berry"

  /// Whether Yarn is version 2 or later after a command; nil where the command does not decide that.
  static func isModern(after command: ToolCommand) -> Bool? {
    switch command.name {
    case "yarn":
      guard command.subcommand(["set version"], skipping: []) != nil, let version = command.arguments.last?.value else {
        return nil
      }
      return isModern(version[...])
    case "corepack":
      let start = Array("yarn@".utf8)
      let versions = command.arguments.compactMap(\.value).filter { $0.starts(with: start) && $0.count > start.count }
      return versions.last.map { isModern($0.dropFirst(start.count)) }
    default: return nil
    }
  }

  private static func isModern(_ version: ArraySlice<UInt8>) -> Bool {
    version.first != UInt8(ascii: "1") && !version.elementsEqual("classic".utf8)
  }

  /// Whether a file that is copied shows it: Yarn 1 has no use for these, its settings are in .yarnrc.
  static func isModern(copying path: ArraySlice<UInt8>) -> Bool {
    let names = path.split(separator: UInt8(ascii: "/"))
    return names.last?.elementsEqual(".yarnrc.yml".utf8) ?? false
      || names.suffix(2).map { String(decoding: $0, as: UTF8.self) } == [".yarn", "releases"]
  }

  /// Whether a command of Yarn 2 or later writes a kind, for what it writes as Yarn 1.
  static func match(_ kind: CacheKind, _ found: FormMatch, asClassic: (CacheKind) -> FormMatch) -> FormMatch {
    switch kind.id {
    case classic: .no
    case modern where found == .no: Catalogue.kind(classic).map(asClassic) ?? .no
    default: found
    }
  }
}
