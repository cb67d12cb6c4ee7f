/// A glob over names in the form in which names are looked up fastest.
package struct NameForm {
  /// How the text is to be compared.
  package enum Comparison: UInt8 {
    /// It is the name: `n`.
    case name = 0x6E
    /// It is the end of the name: `e`.
    case ending = 0x65
    /// It is a glob: `g`.
    case glob = 0x67
  }

  /// How the text is to be compared.
  package let comparison: Comparison
  /// The name, the ending, or the glob.
  package let text: String

  /// The comparison as it stands in the compact form.
  package var letter: Character { Character(Unicode.Scalar(comparison.rawValue)) }

  /// The forms that together match the same names as a glob.
  ///
  /// A set of few bytes is written out, so that `*.py[cod]` becomes three endings.
  package static func forms(of glob: String) -> [NameForm] {
    variants(of: NameGlob(glob.utf8)).map { variant in
      if let name = variant.literal {
        return NameForm(comparison: .name, text: String(decoding: name, as: UTF8.self))
      }
      if let ending = variant.ending, !ending.isEmpty {
        return NameForm(comparison: .ending, text: String(decoding: ending, as: UTF8.self))
      }
      return NameForm(comparison: .glob, text: glob)
    }
  }

  /// The globs without sets that together match the same names, where all of them are names or
  /// endings and they are few; else the glob itself.
  private static func variants(of glob: NameGlob) -> [NameGlob] {
    var variants = [NameGlob(tokens: [])]
    for token in glob.tokens {
      guard case .set(let set) = token else {
        variants = variants.map { NameGlob(tokens: $0.tokens + [token]) }
        continue
      }
      let members = set.members
      guard members.count * variants.count <= 8 else { return [glob] }
      variants = variants.flatMap { variant in
        members.map { NameGlob(tokens: variant.tokens + [.byte($0)]) }
      }
    }
    let areLookedUp = variants.allSatisfy { $0.literal != nil || $0.ending?.isEmpty == false }
    return areLookedUp ? variants : [glob]
  }
}

extension NameGlob {
  fileprivate init(tokens: [Token]) {
    self.tokens = tokens
  }

  /// The bytes after the star, for a glob like `*.ext`.
  fileprivate var ending: [UInt8]? {
    guard tokens.first == .star else { return nil }
    return NameGlob(tokens: Array(tokens.dropFirst())).literal
  }
}
