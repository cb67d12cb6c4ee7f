/// The number of a cache kind in the catalogue: what hot paths carry in place of an id.
public struct KindNumber: Hashable, Sendable, Comparable, RawRepresentable {
  /// The position in `Catalogue.ids`.
  public let rawValue: UInt16

  /// Creates the number of a position.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Orders numbers as the catalogue does.
  public static func < (left: KindNumber, right: KindNumber) -> Bool { left.rawValue < right.rawValue }
}

/// All cache kinds that the program knows.
///
/// The kinds of an ecosystem are decoded when the first of them is asked for, so a run that needs
/// two of them pays for little more.
public enum Catalogue {
  /// The ids of all kinds, in the catalogue's order.
  public static var ids: [String] { index.ids }

  /// How many kinds there are.
  public static var count: Int { index.ids.count }

  /// All kinds, in the catalogue's order.
  public static var all: [CacheKind] {
    (0..<GeneratedCatalogue.ecosystems.count).flatMap { GeneratedCatalogue.kinds(ofEcosystem: $0) }
  }

  /// The ecosystems, in the catalogue's order.
  public static var ecosystems: [String] { GeneratedCatalogue.ecosystems }

  /// The kind with a number that the catalogue gave out; nil for any other.
  public static func kind(_ number: KindNumber) -> CacheKind? {
    guard let home = index.home(of: number) else { return nil }
    let kinds = GeneratedCatalogue.kinds(ofEcosystem: home.ecosystem)
    return kinds.indices.contains(home.position) ? kinds[home.position] : nil
  }

  /// The kind with an id, or nil for an id that no kind has.
  public static func kind(_ id: String) -> CacheKind? {
    number(ofID: id).flatMap { kind($0) }
  }

  /// The kind that a person names by its id or by an alias, such as `pip`.
  public static func kind(named name: String) -> CacheKind? {
    number(named: name).flatMap { kind($0) }
  }

  /// The names beside the ids that a person may type, sorted.
  public static var aliases: [String] { index.numbers.filter(\.value.isAlias).keys.sorted() }

  /// The number of the kind with an id.
  public static func number(ofID id: String) -> KindNumber? {
    index.numbers[id].flatMap { $0.isAlias ? nil : $0.number }
  }

  /// The number of the kind that a person names by its id or by an alias.
  public static func number(named name: String) -> KindNumber? {
    index.numbers[name]?.number
  }

  /// The id of a number, which is empty for a number that the catalogue did not give out.
  public static func id(of number: KindNumber) -> String {
    index.ids.indices.contains(Int(number.rawValue)) ? index.ids[Int(number.rawValue)] : ""
  }

  /// All names that a person may type for a kind: ids and aliases, sorted.
  public static var names: [String] { index.numbers.keys.sorted() }

  /// The kinds that a command may write, by its name with or without a version: `pip`, `pip3.12`.
  ///
  /// Which sub-commands and flags do, says `CacheKind.writtenBy`.
  public static func kinds(writtenBy command: String) -> [CacheKind] {
    if let numbers = writers[command] { return numbers.compactMap { kind($0) } }
    let isVersion: (UInt8) -> Bool = { $0 == UInt8(ascii: ".") || $0 >= 0x30 && $0 <= 0x39 }
    guard let last = command.utf8.last, isVersion(last) else { return [] }
    let plain = command.utf8.reversed().drop(while: isVersion).reversed()
    return (writers[String(decoding: Array(plain), as: UTF8.self)] ?? []).compactMap { kind($0) }
  }

  /// The kinds that a command may remove from an image, by its name without a version.
  public static func kinds(removedBy command: String) -> [CacheKind] {
    (cleaners[command] ?? []).compactMap { kind($0) }
  }

  /// The kinds of which a command may need what earlier ones have left, by its name without a version.
  public static func kinds(neededBy command: String) -> [CacheKind] {
    (needers[command] ?? []).compactMap { kind($0) }
  }

  /// Whether a script of this name is a tool of the catalogue, which an interpreter may be given: `mvnw`, `get-pip.py`.
  public static func isScript(_ name: String) -> Bool { scripts.contains(name) }

  private static let scripts = Set(RecordReader.map(GeneratedCatalogue.scripts) { $0.text(0) })

  private static let index = CatalogueIndex()

  /// The kinds that an environment variable turns off, at least in part.
  public static func kinds(switchedBy variable: String) -> [CacheKind] {
    (variables[variable] ?? []).compactMap { kind($0) }
  }

  private static let writers = numbers(in: GeneratedCatalogue.commands)
  private static let cleaners = numbers(in: GeneratedCatalogue.cleaners)
  private static let needers = numbers(in: GeneratedCatalogue.needers)
  private static let variables = numbers(in: GeneratedCatalogue.variables)

  private static func numbers(in text: StaticString) -> [String: [KindNumber]] {
    var numbers: [String: [KindNumber]] = [:]
    var reader = RecordReader(text)
    while reader.next() {
      numbers[reader.text(0)] = reader.texts().compactMap { UInt16($0).map(KindNumber.init) }
    }
    return numbers
  }
}

/// The names of all kinds and where each is kept.
private struct CatalogueIndex {
  var ids: [String] = []
  var numbers: [String: (number: KindNumber, isAlias: Bool)] = [:]
  /// The number of the first kind of each ecosystem.
  var starts: [Int] = []

  init() {
    var reader = RecordReader(GeneratedCatalogue.names)
    numbers.reserveCapacity(640)
    while reader.next() {
      guard let number = UInt16(exactly: ids.count).map(KindNumber.init) else { return }
      if reader.key == UInt8(ascii: "*") { starts.append(ids.count) }
      let id = reader.text(1)
      ids.append(id)
      numbers[id] = (number, false)
      for alias in reader.texts(from: 2) { numbers[alias] = (number, true) }
    }
  }

  func home(of number: KindNumber) -> (ecosystem: Int, position: Int)? {
    let number = Int(number.rawValue)
    guard let ecosystem = starts.lastIndex(where: { $0 <= number }), number < ids.count else { return nil }
    return (ecosystem, number - starts[ecosystem])
  }
}
