public import SourceText
internal import Versions

/// The interpreters that a target is known to have; with none known, no bytecode is foreign.
public struct Interpreters: Hashable, Sendable {
  /// Their tags, in order.
  public private(set) var tags: [CacheTag] = []

  /// Creates a set of no known interpreter.
  public init() {}

  /// Creates a set of these.
  public init(_ tags: some Sequence<CacheTag>) {
    for tag in tags { insert(tag) }
  }

  /// Finds the interpreters that the paths of a target show.
  ///
  /// - Parameters:
  ///   - paths: the paths of the target's files, links among them.
  ///   - named: the tags that the user names besides.
  public init(paths: some Sequence<Path>, named: some Sequence<CacheTag> = []) {
    for path in paths { note(path) }
    for tag in named { insert(tag) }
  }

  /// Whether none is known.
  public var isEmpty: Bool { tags.isEmpty }

  /// The keys of the hashes that these interpreters write: what to take of a source whose bytecode comes later.
  public var hashKeys: [SourceHashKey] {
    tags.compactMap(\.version).flatMap(SourceHashKey.keys(of:))
  }

  /// Whether an interpreter with this tag is known.
  public func contains(_ tag: CacheTag) -> Bool { tags.contains(tag) }

  /// Adds an interpreter.
  public mutating func insert(_ tag: CacheTag) {
    guard !tags.contains(tag) else { return }
    tags.insert(tag, at: tags.firstIndex { tag < $0 } ?? tags.endIndex)
  }

  /// Adds the interpreter that a path shows, if it shows one.
  public mutating func note(_ path: Path) {
    if let tag = Self.tag(shownBy: path) { insert(tag) }
  }

  /// Adds the interpreter that a link shows, if it shows one.
  ///
  /// A virtual environment has a `bin/python3.11` that leads to whatever interpreter there is in its place, or nowhere.
  ///
  /// - Parameters:
  ///   - link: the path of the link.
  ///   - target: what it leads to in the end, whose name counts where it tells a version; nil where that is nothing.
  public mutating func note(_ link: Path, leadingTo target: @autoclosure () -> Path?) {
    guard let tag = Self.tag(shownBy: link), let target = target() else { return }
    insert(Self.tag(shownBy: target) ?? tag)
  }

  /// The tag of the interpreter that a path shows; nil where it shows none.
  ///
  /// It may be the program (`bin/python3.11`, `bin/pypy3.9`), its library (`libpython3.11.so.1.0`), or a module that
  /// only a standard library holds (`lib/python3.11/os.py`, `lib/pypy3.9/os.py`). A directory `lib/python3.11` alone
  /// shows nothing: packages are installed there for interpreters of other places.
  public static func tag(shownBy path: Path) -> CacheTag? {
    let name = path.name
    if name.starts(with: "py".utf8) {
      guard let tag = tag(program: name), path.parent.name.elementsEqual("bin".utf8) else { return nil }
      return tag
    }
    if name.starts(with: "libpy".utf8) {
      guard let end = firstIndex(of: ".so", in: name) else { return nil }
      return tag(program: name[(name.startIndex + 3)..<end])
    }
    guard name.elementsEqual("os.py".utf8) || name.elementsEqual("os.pyc".utf8) else { return nil }
    let library = path.parent
    return library.parent.name.starts(with: "lib".utf8) ? tag(program: library.name) : nil
  }

  /// The tag of a program or folder `pythonX.Y` or `pypyX.Y`; letters of the build (`m`, `t`, `d`) may follow.
  private static func tag(program name: ArraySlice<UInt8>) -> CacheTag? {
    for (start, implementation) in [("python", PythonVersion.Implementation.cpython), ("pypy", .pypy)]
    where name.starts(with: start.utf8) {
      let rest = name.dropFirst(start.utf8.count)
      let number = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
      guard rest.dropFirst(number.count).allSatisfy({ "dmtu".utf8.contains($0) }) else { return nil }
      let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard parts.count == 2, let major = decimal(parts[0]), major < 10, let minor = decimal(parts[1]), minor < 1000
      else { return nil }
      return CacheTag(PythonVersion(major, minor, implementation: implementation))
    }
    return nil
  }

  private static func firstIndex(of text: String, in name: ArraySlice<UInt8>) -> Int? {
    name.indices.first { name[$0...].starts(with: text.utf8) }
  }
}
