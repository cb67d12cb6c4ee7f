public import Caches

/// The cache kinds that a statement speaks of.
public enum Selector: Hashable, Sendable {
  /// One kind, by its id.
  case id(String)
  /// The kinds whose ids have this part before the dot.
  case prefix(String)
  /// The kinds in which tools keep the same sort of thing.
  case group(CacheKind.Group)
  /// Every kind.
  case all

  /// The selectors that speak of `kind`, the narrowest first.
  static func speaking(of kind: CacheKind) -> [Selector] {
    [.id(kind.id), .prefix(String(kind.prefix)), .group(kind.group), .all]
  }

  /// Whether it names one kind.
  public var isID: Bool {
    guard case .id = self else { return false }
    return true
  }
}

extension Selector: CustomStringConvertible {
  /// The selector as a policy writes it.
  public var description: String {
    switch self {
    case .id(let id): id
    case .prefix(let prefix): "\(prefix).*"
    case .group(let group): "kind:\(group.rawValue)"
    case .all: "*"
    }
  }
}

/// The names of cache kinds, as the reader of policies needs them.
public struct CacheNames: Sendable {
  /// All ids.
  public let ids: [String]
  /// All further names.
  public let aliases: [String]
  private let lookUp: @Sendable (String) -> CacheKind?
  private let lookUpID: @Sendable (String) -> String?

  /// Creates the names of a catalogue.
  ///
  /// - Parameters:
  ///   - ids: all ids.
  ///   - aliases: all further names.
  ///   - id: the id that a name means; it is asked more often, and need not know the kind itself.
  ///   - kind: the kind with an id or another name.
  public init(
    ids: [String], aliases: [String] = [], id: @escaping @Sendable (String) -> String?,
    kind: @escaping @Sendable (String) -> CacheKind?
  ) {
    self.ids = ids
    self.aliases = aliases
    lookUpID = id
    lookUp = kind
  }

  /// Creates the names of `kinds`.
  public init(_ kinds: [CacheKind]) {
    var byName: [String: CacheKind] = [:]
    for kind in kinds { for alias in kind.aliases where byName[alias] == nil { byName[alias] = kind } }
    for kind in kinds { byName[kind.id] = kind }
    let names = byName
    self.init(ids: kinds.map(\.id), aliases: kinds.flatMap(\.aliases)) {
      names[$0]?.id
    } kind: {
      names[$0]
    }
  }

  /// The names of the program's catalogue.
  public static var catalogue: CacheNames {
    CacheNames(ids: Catalogue.ids, aliases: Catalogue.aliases) {
      Catalogue.number(named: $0).map { Catalogue.id(of: $0) }
    } kind: {
      Catalogue.kind(named: $0)
    }
  }

  /// The kind with this id or other name.
  public func kind(named name: String) -> CacheKind? {
    lookUp(name)
  }

  /// The id of the kind with this id or other name.
  func id(named name: String) -> String? {
    lookUpID(name)
  }

  /// The parts of ids before the dot.
  var prefixes: [String] {
    Set(ids.map { String($0.prefix { $0 != "." }) }).sorted()
  }

  /// What `text` selects; nil where it names nothing.
  public func selector(_ text: String) -> Selector? {
    if text == "*" { return .all }
    if text.hasPrefix("kind:") { return CacheKind.Group(rawValue: String(text.dropFirst(5))).map(Selector.group) }
    if text.hasSuffix(".*") {
      let prefix = String(text.dropLast(2))
      return prefixes.contains(prefix) ? .prefix(prefix) : nil
    }
    return id(named: text).map { .id($0) }
  }
}
