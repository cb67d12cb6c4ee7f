/// A sign that a tool is used in a directory, found by a name alone.
public struct UseSign: Sendable, Hashable {
  /// The kind that the tool writes.
  public let kind: KindNumber
  /// What the name is a sign of; it may ask for a text in the file, or for no such file above.
  public let marker: UseMarker
}

/// Finds the signs that a file's name gives of the tools that are used in its directory.
public struct MarkerIndex: Sendable {
  /// The index of the catalogue.
  public static let shared = MarkerIndex()

  private var signs: [UseSign] = []
  private var names = NameTable()

  private init() {
    for line in RecordLines(GeneratedCatalogue.markers) {
      guard let kind = UInt16(line.text(0)).map(KindNumber.init) else { continue }
      let marker = UseMarker(line.text(1))
      names.add(NameGlob(marker.name.utf8), signs.count)
      signs.append(UseSign(kind: kind, marker: marker))
    }
  }

  /// The signs that a file of this name gives; cheap for the many that give none.
  public func classify(_ name: ArraySlice<UInt8>) -> [UseSign] {
    let found = names.payloads(for: name)
    return found.isEmpty ? [] : found.map { signs[$0] }
  }
}
