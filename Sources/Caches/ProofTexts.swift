/// Finds by its name the file whose text may prove a cache, for readers that keep nothing else of files.
///
/// A class, so that asking it costs no counting of references to its tables.
public final class ProofTexts: Sendable {
  /// The texts of the catalogue.
  public static let shared = ProofTexts()

  private let texts: [[UInt8]]
  private let names: NameTable

  private init() {
    var texts: [[UInt8]] = []
    var names = NameTable()
    var reader = RecordReader(GeneratedCatalogue.proofTexts)
    while reader.next() {
      guard let form = reader.key.flatMap(NameForm.Comparison.init) else { continue }
      names.add(form, reader.raw(1), texts.count)
      texts.append(Array(reader.raw(2)))
    }
    self.texts = texts
    self.names = names
  }

  /// The texts that a file of this name proves something with; none for nearly all names.
  ///
  /// - Parameter name: The last part of a path.
  /// - Returns: The texts, which are sought in the first ``headLimit`` bytes with ``contains(_:ignoringCase:)``.
  public func texts(for name: ArraySlice<UInt8>) -> [[UInt8]] {
    let found = names.payloads(for: name)
    return found.isEmpty ? [] : found.map { texts[$0] }
  }
}
