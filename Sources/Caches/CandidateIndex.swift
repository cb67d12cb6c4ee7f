public import SourceText

/// Finds the cache kinds that a name may belong to; only proof makes one of them sure.
public struct CandidateIndex: Sendable {
  /// The index of the catalogue.
  public static let shared = CandidateIndex()

  /// A pattern of a place: whose it is, and which directories must lead to it.
  private struct Pattern: Sendable {
    let kind: KindNumber
    let parents: [UInt8]
  }

  private var patterns: [Pattern] = []
  private var directories = NameTable()
  private var files = NameTable()

  private init() {
    for line in RecordLines(GeneratedCatalogue.patterns) {
      guard let kind = UInt16(line.text(1)).map(KindNumber.init) else { continue }
      var isDirectory = line.text(0) == "D"
      var parts = line.text(2).utf8.split(separator: UInt8(ascii: "/"))
      // All files of a directory are that directory.
      if !isDirectory, parts.count > 1, parts.last?.elementsEqual("*".utf8) == true {
        parts.removeLast()
        isDirectory = true
      }
      guard let name = parts.popLast() else { continue }
      let parents = Array(parts.joined(separator: [UInt8(ascii: "/")]))
      if isDirectory {
        directories.add(NameGlob(name), patterns.count)
      } else {
        files.add(NameGlob(name), patterns.count)
      }
      patterns.append(Pattern(kind: kind, parents: parents))
    }
  }

  /// The kinds that have a place of this name, which is meant to be cheap for the many that have none.
  ///
  /// - Parameters:
  ///   - name: The last part of a path.
  ///   - isDirectory: Whether it is a directory; a symbolic link counts as both.
  ///   - parent: The path of the directory that holds it.
  /// - Returns: The kinds, in the catalogue's order.
  public func classify(_ name: ArraySlice<UInt8>, isDirectory: Bool, in parent: Path) -> [KindNumber] {
    let found = (isDirectory ? directories : files).payloads(for: name)
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
  private func endsIn(_ path: [UInt8], _ parents: [UInt8]) -> Bool {
    if parents.isEmpty { return true }
    guard path.count >= parents.count, path.suffix(parents.count).elementsEqual(parents) else { return false }
    return path.count == parents.count || path[path.count - parents.count - 1] == UInt8(ascii: "/")
  }
}
