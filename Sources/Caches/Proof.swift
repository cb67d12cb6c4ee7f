public import SourceText

/// What proves that a place with the right name is a cache: the catalogue's proof language, read once.
public struct Proof: Sendable, Hashable {
  /// Ways to prove it; one suffices.
  let alternatives: [Alternative]

  /// Terms of which all must hold.
  struct Alternative: Sendable, Hashable {
    let text: String
    let terms: [ProofTerm]
  }

  /// Reads the alternatives of a kind.
  public init(_ texts: [String]) throws(ProofError) {
    var alternatives: [Alternative] = []
    for text in texts {
      var terms: [ProofTerm] = []
      for term in text.split(separator: " & ", omittingEmptySubsequences: false) { terms.append(try ProofTerm(term)) }
      guard !terms.isEmpty else { throw ProofError(term: text) }
      alternatives.append(Alternative(text: text, terms: terms))
    }
    self.alternatives = alternatives
  }

  /// The texts that are sought in files, each with the name of the file; nil where one of them does not lie in the
  /// place itself.
  package var soughtTexts: [(name: String, text: String)]? {
    var sought: [(name: String, text: String)] = []
    for case .inside(_, let texts, let text) in alternatives.flatMap(\.terms) where !texts.isEmpty {
      let name = String(text.prefix { $0 != "~" })
      if name.contains("/") || name == ".." { return nil }
      sought += texts.map { (name, $0) }
    }
    return sought
  }

  /// The evidence that the place at `path` is the cache, or nil where none is found.
  ///
  /// - Parameters:
  ///   - path: The place, which has one of the kind's names.
  ///   - surroundings: What lies around it.
  ///   - isAtImagePlace: Whether it is at one of the kind's places in an image.
  /// - Returns: What proved it.
  public func prove(
    _ path: Path, in surroundings: some Surroundings, isAtImagePlace: Bool = false
  ) -> ProofEvidence? {
    for alternative in alternatives {
      let holds = alternative.terms.allSatisfy { term in
        term.holds(for: path, in: surroundings, isAtImagePlace: isAtImagePlace)
      }
      if holds { return ProofEvidence(alternative) }
    }
    return nil
  }
}

/// What proved that a place is a cache.
public struct ProofEvidence: Sendable, Hashable {
  /// The alternative as the catalogue writes it: `by:Cargo.toml & in:debug/`.
  public let alternative: String
  /// The same in words: `Cargo.toml lies beside it, and debug/ in it`.
  public let words: String
  /// Whether nothing but the name spoke for it.
  public let isNameOnly: Bool

  init(_ alternative: Proof.Alternative) {
    self.alternative = alternative.text
    isNameOnly = alternative.terms == [.name]
    let parts = alternative.terms.filter { $0 != .name || alternative.terms.count == 1 }.map(\.words)
    words = parts.joined(separator: ", and ")
  }
}

/// A term that is not of the proof language.
public struct ProofError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The term.
  public let term: String

  /// The error in words.
  public var description: String { "`\(term)` is no term of a proof" }
}
