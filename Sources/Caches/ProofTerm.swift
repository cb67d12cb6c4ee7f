internal import SourceText

/// One term of a proof.
enum ProofTerm: Sendable, Hashable {
  /// The name alone.
  case name
  /// One of the kind's places in an image.
  case imagePlace
  /// Its own name matches.
  case own(NameGlob, text: String)
  /// Something inside matches, and contains one of the texts where there are any.
  case inside(PathGlob, containing: [String], text: String)
  /// Something beside it matches.
  case beside(PathGlob, text: String)
  /// Its own name with the last suffix replaced lies beside it.
  case sameStem(suffix: String)
  /// Something in a directory above it matches.
  case above(PathGlob, text: String)
  /// The image has something at a path from its root.
  case root(Path, text: String)
  /// It is a symbolic link whose target contains a text.
  case link(String)
  /// It begins with these bytes.
  case magic([UInt8])

  init(_ term: some StringProtocol) throws(ProofError) {
    switch term {
    case "name": self = .name
    case "at": self = .imagePlace
    case "link": self = .link("")
    default:
      guard let colon = term.firstIndex(of: ":"), let read = Self(term[..<colon], of: term[term.index(after: colon)...])
      else { throw ProofError(term: String(term)) }
      self = read
    }
  }

  private init?(_ word: some StringProtocol, of argument: some StringProtocol) {
    let text = String(argument)
    guard !text.isEmpty else { return nil }
    switch word {
    case "is": self = .own(NameGlob(text.utf8), text: text)
    case "up": self = .above(PathGlob(text), text: text)
    case "root":
      guard text.hasPrefix("/"), text != "/" else { return nil }
      self = .root(Path(text.utf8.dropFirst()), text: text)
    case "link": self = .link(text)
    case "magic":
      guard let bytes = unescaped(text) else { return nil }
      self = .magic(bytes)
    case "by":
      guard text.hasPrefix("SAME_STEM") else {
        self = .beside(PathGlob(text), text: text)
        return
      }
      self = .sameStem(suffix: String(text.dropFirst("SAME_STEM".count)))
    case "in":
      guard let tilde = text.firstIndex(of: "~") else {
        self = .inside(PathGlob(text), containing: [], text: text)
        return
      }
      let glob = PathGlob(text[..<tilde])
      let texts = text[text.index(after: tilde)...].split(separator: " or ").map(String.init)
      self = .inside(glob, containing: texts, text: text)
    default: return nil
    }
  }

  /// Whether the term holds for the place at `path`.
  func holds(for path: Path, in surroundings: some Surroundings, isAtImagePlace: Bool) -> Bool {
    switch self {
    case .name: return true
    case .imagePlace: return isAtImagePlace
    case .own(let glob, _): return glob.matches(path.name)
    case .inside(let glob, let texts, _):
      if texts.isEmpty { return glob.any(below: path, in: surroundings) }
      return glob.any(below: path, in: surroundings) { file in
        guard let head = surroundings.head(of: file)?.prefix(headLimit) else { return false }
        return texts.contains { contains(head, ignoringCase: Array($0.utf8)) }
      }
    case .beside(let glob, _): return glob.any(below: path.parent, in: surroundings)
    case .sameStem(let suffix):
      guard let dot = path.name.lastIndex(of: UInt8(ascii: ".")), dot > path.name.startIndex else { return false }
      let name = path.name[..<dot] + Array(suffix.utf8)
      return surroundings.entry(at: path.parent.appending(name)) != nil
    case .above(let glob, _):
      var directory = path
      // No repository is deeper; a hostile path may be.
      for _ in 0..<256 where !directory.isRoot {
        directory = directory.parent
        if glob.any(below: directory, in: surroundings) { return true }
        if directory.bytes == [UInt8(ascii: "/")] { return false }
      }
      return false
    case .root(let place, _): return surroundings.imageHas(place)
    case .link(let text):
      guard let target = surroundings.target(of: path) else { return false }
      return contains(target[...], ignoringCase: Array(text.utf8))
    case .magic(let bytes):
      return surroundings.head(of: path)?.starts(with: bytes) ?? false
    }
  }

  /// The term as a sentence about the place.
  var words: String {
    switch self {
    case .name: "nothing else has this name"
    case .imagePlace: "it is where the tool keeps it"
    case .own(_, let text): "its name is \(text)"
    case .inside(_, let texts, let text):
      texts.isEmpty
        ? "\(text) lies in it" : "\(text.prefix { $0 != "~" }) in it speaks of \(texts.joined(separator: " or "))"
    case .beside(_, let text): "\(text) lies beside it"
    case .sameStem(let suffix):
      suffix.isEmpty ? "the file that it is a copy of lies beside it" : "its \(suffix) file lies beside it"
    case .above(_, let text): "\(text) lies above it"
    case .root(_, let text): "the image has \(text)"
    case .link(let text): text.isEmpty ? "it is a link" : "it is a link to \(text)"
    case .magic: "it begins as such a file does"
    }
  }
}

/// The bytes of a text in which `\xNN` stands for any byte; nil where an escape is no such.
private func unescaped(_ text: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "\\") else {
      bytes.append(byte)
      continue
    }
    guard rest.popFirst() == UInt8(ascii: "x"), rest.count >= 2,
      let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
    else { return nil }
    bytes.append(value)
    rest = rest.dropFirst(2)
  }
  return bytes
}
