internal import Bytecode
internal import SourceText
internal import Spelling
internal import Versions

extension Interpreters {
  /// The interpreters that a person names by their tags.
  ///
  /// - Parameter names: tags such as `cpython-311` or `pypy39`.
  /// - Throws: ``UsageError`` where one is the tag of no known interpreter.
  init(named names: [String]) throws(UsageError) {
    self.init()
    for name in names {
      guard let tag = CacheTag(name.utf8), Self.known.contains(tag) else {
        let near = Self.suggestion(for: name).map { "; did you mean \($0)?" } ?? ""
        throw UsageError(
          "'\(printable(name))' is the tag of no known interpreter\(near) (write it as sys.implementation.cache_tag "
            + "does, such as cpython-311 or pypy39)")
      }
      insert(tag)
    }
  }

  /// The tags that are accepted: those of all versions so far, and of some years to come.
  private static let known: [CacheTag] =
    [PythonVersion(2, 7), PythonVersion(2, 7, implementation: .pypy)].compactMap(CacheTag.init)
    + (0...40).compactMap { CacheTag(PythonVersion(3, $0)) }
    + (2...40).compactMap { CacheTag(PythonVersion(3, $0, implementation: .pypy)) }

  /// The tag that was probably meant: people write versions and names of programs too.
  private static func suggestion(for name: String) -> String? {
    let text = name.lowercased()
    let letters = text.prefix { $0.isASCII && $0.isLetter }
    let digits = text.dropFirst(letters.count).filter { $0.isASCII && $0.isNumber }
    if ["", "python", "cpython", "cp", "py", "pypy", "pp"].contains(letters), digits.count >= 2 {
      let start = letters.hasPrefix("pyp") || letters == "pp" ? "pypy" : "cpython-"
      if let tag = CacheTag((start + digits).utf8), known.contains(tag) { return tag.description }
    }
    return Spelling.suggestion(for: name, among: known.map(\.description))
  }
}
