public import SourceText

/// Finds the cache kinds that a name may belong to; only proof makes one of them sure.
///
/// A class, so that asking it costs no counting of references to its tables.
public final class CandidateIndex: Sendable {
  /// The index of the catalogue.
  public static let shared = CandidateIndex()

  /// A pattern of a place: whose it is, and which directories must lead to it.
  private struct Pattern: Sendable {
    let kind: KindNumber
    let parents: ArraySlice<UInt8>
  }

  private let patterns: [Pattern]
  private let directories: NameTable
  private let files: NameTable

  private init() {
    var patterns: [Pattern] = []
    var directories = NameTable()
    var files = NameTable()
    var reader = RecordReader(GeneratedCatalogue.patterns)
    while reader.next() {
      guard let form = reader.raw(1).first.flatMap(NameForm.Comparison.init), let kind = reader.number(2) else {
        continue
      }
      if reader.key == UInt8(ascii: "D") {
        directories.add(form, reader.raw(4), patterns.count)
      } else {
        files.add(form, reader.raw(4), patterns.count)
      }
      patterns.append(Pattern(kind: kind, parents: reader.raw(3)))
    }
    self.patterns = patterns
    self.directories = directories
    self.files = files
  }

  /// The kinds that have a place of this name, which is meant to be cheap for the many that have none.
  ///
  /// - Parameters:
  ///   - name: The last part of a path.
  ///   - isDirectory: Whether it is a directory; a symbolic link counts as both.
  ///   - parent: The path of the directory that holds it.
  /// - Returns: The kinds, in the catalogue's order.
  public func classify(_ name: ArraySlice<UInt8>, isDirectory: Bool, in parent: Path) -> [KindNumber] {
    let found = isDirectory ? directories.payloads(for: name) : files.payloads(for: name)
    if found.isEmpty { return [] }
    var kinds: [KindNumber] = []
    for number in found {
      let pattern = patterns[number]
      if endsIn(parent.bytes, pattern.parents), kinds.last != pattern.kind { kinds.append(pattern.kind) }
    }
    return kinds
  }

  /// The kinds that have a place at this path.
  public func classify(_ path: Path, isDirectory: Bool) -> [KindNumber] {
    classify(path.name, isDirectory: isDirectory, in: path.parent)
  }

  /// Whether the last parts of `path` are `parents`.
  private func endsIn(_ path: [UInt8], _ parents: ArraySlice<UInt8>) -> Bool {
    if parents.isEmpty { return true }
    guard path.count >= parents.count, path.suffix(parents.count).elementsEqual(parents) else { return false }
    return path.count == parents.count || path[path.count - parents.count - 1] == UInt8(ascii: "/")
  }
}
