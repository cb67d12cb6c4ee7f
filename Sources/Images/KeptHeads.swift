internal import Caches

/// Of which files the first bytes are worth keeping while a layer streams by, and how many.
///
/// A proof that a directory is a cache may look into a file, such as `CACHEDIR.TAG`; whether bytecode fits its source
/// stands in its header. No other content is ever kept.
public struct KeptHeads: Sendable {
  private var globs: [NameGlob] = []
  private var names: Set<[UInt8]> = []

  /// The header of a `.pyc`: magic, flags, and either time and size of the source or its hash.
  private static let bytecodeHeader = 16

  /// Reads from the catalogue which files its proofs look into.
  public init() {
    for position in 0..<Catalogue.count {
      guard let kind = Catalogue.kind(KindNumber(rawValue: UInt16(truncatingIfNeeded: position))) else { continue }
      for term in kind.proof.flatMap({ $0.split(separator: " & ") }) {
        if term.hasPrefix("magic:") {
          for name in kind.repositoryFiles { add(name) }
        } else if term.hasPrefix("in:"), let tilde = term.firstIndex(of: "~") {
          add(String(term[..<tilde].dropFirst(3)))
        }
      }
    }
  }

  private mutating func add(_ glob: String) {
    let name = glob.utf8.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
    if name.contains(where: { "*?[\\".utf8.contains($0) }) {
      globs.append(NameGlob(name))
    } else {
      names.insert(name)
    }
  }

  /// How many bytes of a file are worth keeping, by its name; 0 for nearly all.
  public func length(ofFileNamed name: ArraySlice<UInt8>) -> Int {
    if name.count > 4, name.suffix(4).elementsEqual(".pyc".utf8) || name.suffix(4).elementsEqual(".pyo".utf8) {
      return Self.bytecodeHeader
    }
    if names.contains(Array(name)) || globs.contains(where: { $0.matches(name) }) { return headLimit }
    return 0
  }
}
