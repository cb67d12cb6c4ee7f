/// A sign that a tool is used in a directory, found by a name alone.
public struct UseSign: Sendable, Hashable {
  /// The kind that the tool writes.
  public let kind: KindNumber
  /// What the name is a sign of; it may ask for a text in the file, or for no such file above.
  public let marker: UseMarker
}

/// Finds the signs that a file's name gives of the tools that are used in its directory.
///
/// A class, so that asking it costs no counting of references to its tables.
public final class MarkerIndex: Sendable {
  /// The index of the catalogue.
  public static let shared = MarkerIndex()

  private let signs: [UseSign]
  private let names: NameTable

  private init() {
    var signs: [UseSign] = []
    var names = NameTable()
    var reader = RecordReader(GeneratedCatalogue.markers)
    while reader.next() {
      guard let form = reader.key.flatMap(NameForm.Comparison.init), let kind = reader.number(1) else { continue }
      names.add(form, reader.raw(3), signs.count)
      signs.append(UseSign(kind: kind, marker: UseMarker(reader.text(2))))
    }
    self.signs = signs
    self.names = names
  }

  /// The signs that a file of this name gives; cheap for the many that give none.
  public func classify(_ name: ArraySlice<UInt8>) -> [UseSign] {
    let found = names.payloads(for: name)
    return found.isEmpty ? [] : found.map { signs[$0] }
  }
}
