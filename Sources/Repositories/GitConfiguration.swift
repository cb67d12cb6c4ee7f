public import SourceText

/// The settings of one git configuration file, in their order.
public struct GitConfiguration: Sendable {
  /// One setting.
  public struct Setting: Sendable, Hashable {
    /// The section, in lower case.
    public let section: [UInt8]
    /// The subsection, in its own case; empty for none.
    public let subsection: [UInt8]
    /// The name, in lower case.
    public let name: [UInt8]
    /// The value; nil where only the name is given, which means yes.
    public let value: [UInt8]?
    /// The line it begins on, from 1.
    public let line: Int
  }

  /// A configuration file larger than this is refused.
  public static let sizeLimit = 16 << 20

  /// The settings.
  public internal(set) var settings: [Setting]

  /// Reads a file's bytes; `path` is what an error calls it.
  public init(_ bytes: [UInt8], path: Path) throws(RepositoryError) {
    var reader = GitConfigurationReader(bytes: bytes, path: path)
    settings = try reader.read()
  }

  /// No settings.
  init() {
    settings = []
  }

  /// The last value of a setting such as `core.bare`; an empty one where only the name is given.
  public func value(_ section: String, _ name: String) -> [UInt8]? {
    let setting = settings.last {
      $0.subsection.isEmpty && $0.section.elementsEqual(section.utf8) && $0.name.elementsEqual(name.utf8)
    }
    return setting.map { $0.value ?? [] }
  }

  /// Whether the last value of a setting means yes; nil where it is not set or means neither.
  public func flag(_ section: String, _ name: String) -> Bool? {
    let setting = settings.last {
      $0.subsection.isEmpty && $0.section.elementsEqual(section.utf8) && $0.name.elementsEqual(name.utf8)
    }
    return setting.flatMap { $0.value.map(Self.boolean) ?? true }
  }

  /// What a value means as a boolean, as git reads it; nil for a word that is none.
  static func boolean(_ value: [UInt8]) -> Bool? {
    switch String(decoding: value, as: UTF8.self).lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off", "": false
    case let text: Int(text).map { $0 != 0 }
    }
  }
}
