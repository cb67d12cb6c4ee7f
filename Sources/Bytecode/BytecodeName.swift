public import SourceText

/// What the name of a bytecode file says: for whom it was written, and from which source.
///
/// The names of PEP 3147 and PEP 488 (`__pycache__/x.cpython-311.opt-1.pyc`), what pytest and Python 2 write, and
/// what is left of an interrupted write.
public struct BytecodeName: Hashable, Sendable {
  /// What kind of name it is.
  public enum Form: Hashable, Sendable {
    /// In `__pycache__` or at its place below a prefix, for the interpreters of this tag, which look for it at this
    /// level (0: not optimised).
    case cached(CacheTag, optimisation: Int)
    /// In `__pycache__`, for the interpreters of this tag, which look below a prefix instead.
    case outsidePrefix(CacheTag)
    /// In `__pycache__` or at its place below a prefix, test code that pytest of this version has rewritten; no interpreter looks for it.
    case pytest(CacheTag, version: [UInt8])
    /// `x.pyc` where `x.py` would lie: a module without its source, or what Python 2 writes.
    case besideSource
    /// `x.pyo`, what Python before 3.5 wrote when told to optimise; in `__pycache__` with the tag.
    case optimised(CacheTag?)
    /// `x.pyc.NUMBER`: written, but not moved to its name.
    case leftover
    /// No interpreter looks for a file of this name at this place.
    case misnamed
  }

  /// The path of the file.
  public let path: Path
  /// What kind of name it is.
  public let form: Form
  /// The path of the source that belongs to it.
  ///
  /// A misnamed file has none that anything would look for; this is then the one that it was likely made of.
  public let source: Path

  /// Reads a name; nil where it is none of bytecode, so that what else lies in `__pycache__` is let alone.
  ///
  /// Below a prefix lies `DIRECTORY/MODULE.TAG.pyc` for the source `/DIRECTORY/MODULE.py`, without `__pycache__`.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - lookup: where interpreters look for bytecode.
  public init?(_ path: Path, lookup: BytecodeLookup = BytecodeLookup()) {
    guard let parsed = ParsedName(path, lookup) else { return nil }
    self.path = path
    form = parsed.form
    source = parsed.directory.appending(Array(parsed.base) + Array(".py".utf8))
  }

  /// Whether a file of this name, without its directory, is bytecode or what is left of it.
  ///
  /// A cheap test that says neither more nor less than `init(_:)`.
  public static func isBytecode(_ name: ArraySlice<UInt8>) -> Bool {
    ParsedName.suffix(of: name) != nil
  }

  /// Whether it lies in `__pycache__`.
  public var isInCacheDirectory: Bool { path.parent.name.elementsEqual(Self.cacheDirectory) }

  /// The name of the module within its package: the source's name without `.py`.
  public var module: ArraySlice<UInt8> { source.name.dropLast(3) }

  /// The tag of the interpreters for whom it was written, where the name tells it.
  public var tag: CacheTag? {
    switch form {
    case .cached(let tag, _), .pytest(let tag, _), .outsidePrefix(let tag): tag
    case .optimised(let tag): tag
    case .besideSource, .leftover, .misnamed: nil
    }
  }

  /// The name of the folder for bytecode.
  public static let cacheDirectory = Array("__pycache__".utf8)

  /// The path where an interpreter with this tag looks for the bytecode of a source.
  ///
  /// - Parameters:
  ///   - source: the path of a `.py` file.
  ///   - tag: the interpreter's tag.
  ///   - optimisation: its level; 0 where it does not optimise.
  /// - Returns: the path in `__pycache__`, or nil where the source's name does not end in `.py`.
  public static func path(of source: Path, for tag: CacheTag, optimisation: Int = 0) -> Path? {
    let name = source.name
    guard name.count > 3, name.suffix(3).elementsEqual(".py".utf8) else { return nil }
    let level = optimisation > 0 ? ".opt-\(optimisation)" : ""
    return source.parent.appending(cacheDirectory)
      .appending(Array(name.dropLast(2)) + tag.bytes + Array("\(level).pyc".utf8))
  }
}

/// The parts of a name.
private struct ParsedName {
  let form: BytecodeName.Form
  /// The directory that the source lies in.
  let directory: Path
  /// The name of the source without `.py`.
  let base: ArraySlice<UInt8>

  init?(_ path: Path, _ lookup: BytecodeLookup) {
    let name = path.name
    guard let suffix = Self.suffix(of: name) else { return nil }
    let stem = name.prefix(suffix.stem)
    let isInDirectory = path.parent.name.elementsEqual(BytecodeName.cacheDirectory)
    // What bears no tag below the prefix was not put there by an interpreter.
    let below = isInDirectory ? nil : lookup.prefixes.lazy.compactMap { path.parent.relative(to: $0) }.first
    let mirrored = below.flatMap { Labels(stem, isCached: true).tag == nil ? nil : $0 }
    let isCached = isInDirectory || mirrored != nil
    directory = mirrored ?? (isInDirectory ? path.parent.parent : path.parent)
    let labels = Labels(stem, isCached: isCached)
    base = labels.base
    let usesPrefix = labels.tag?.version?.usesPrefix
    if mirrored != nil, usesPrefix == false {
      form = suffix.isLeftover ? .leftover : .misnamed
    } else if isInDirectory, !lookup.usesCacheDirectory, usesPrefix == true, !suffix.isLeftover, let tag = labels.tag {
      form = labels.isSought ? .outsidePrefix(tag) : .misnamed
    } else if suffix.isLeftover {
      form = .leftover
    } else if let form = labels.pytest(isCached: isCached) {
      self.form = form
    } else if suffix.isOptimised {
      form = .optimised(isCached && labels.isPlain ? labels.tag : nil)
    } else if isCached, labels.isPlain, let tag = labels.tag, let optimisation = labels.optimisation {
      form = .cached(tag, optimisation: optimisation)
    } else if !isCached, !stem.contains(UInt8(ascii: ".")) {
      form = .besideSource
    } else {
      form = .misnamed
    }
  }

  /// How many bytes stand before `.pyc` or `.pyo`, and what follows; nil where the name has neither.
  static func suffix(of name: ArraySlice<UInt8>) -> (stem: Int, isOptimised: Bool, isLeftover: Bool)? {
    // Most names are told by their last letter.
    guard let end = name.last, end == UInt8(ascii: "c") || end == UInt8(ascii: "o") || isDigit(end) else { return nil }
    var rest = name
    let digits = rest.reversed().prefix(while: isDigit).count
    var isLeftover = false
    if digits > 0, rest.count > digits + 1, rest[rest.endIndex - digits - 1] == UInt8(ascii: ".") {
      rest = rest.dropLast(digits + 1)
      isLeftover = true
    }
    guard rest.count > 4, let last = rest.last, rest.dropLast().suffix(3).elementsEqual(".py".utf8) else { return nil }
    guard last == UInt8(ascii: "c") || last == UInt8(ascii: "o") else { return nil }
    return (rest.count - 4, last == UInt8(ascii: "o"), isLeftover)
  }
}

/// What stands between dots at the end of a stem: a tag, perhaps with pytest's version, and a level.
private struct Labels {
  /// The name of the module.
  private(set) var base: ArraySlice<UInt8>
  private(set) var tag: CacheTag?
  private(set) var pytestVersion: [UInt8]?
  /// What follows `opt` or `opt-`.
  private(set) var level: ArraySlice<UInt8>?

  init(_ stem: ArraySlice<UInt8>, isCached: Bool) {
    base = stem
    if takePytest() { return }
    if let (rest, label) = Self.last(base), label.starts(with: "opt".utf8), label.count > 3 {
      level = label.dropFirst(3)
      base = rest
    }
    takeTag(isCached: isCached)
    // A level without a tag is a name that somebody chose: `x.opt-1.pyc` beside `x.opt-1.py`.
    if tag == nil, !isCached {
      base = stem
      level = nil
    }
    if tag != nil { while base.count > 1, base.last == UInt8(ascii: ".") { endsInDot = base.popLast() != nil } }
  }

  private var endsInDot = false

  /// Whether an interpreter could look for such a name.
  var isPlain: Bool {
    guard let tag, !endsInDot, pytestVersion == nil else { return false }
    return tag.version?.usesCacheDirectory ?? true
  }

  /// Whether an interpreter or pytest would look for such a name in `__pycache__`.
  var isSought: Bool { pytestVersion != nil || isPlain && optimisation != nil }

  /// The level that the name tells: 0 where it tells none, nil where no interpreter would write it so.
  var optimisation: Int? {
    guard let level else { return 0 }
    guard level.first == UInt8(ascii: "-"), let number = decimal(level.dropFirst(), longest: 18), number > 0 else {
      return nil
    }
    return number
  }

  func pytest(isCached: Bool) -> BytecodeName.Form? {
    guard let tag, let pytestVersion else { return nil }
    return isCached ? .pytest(tag, version: pytestVersion) : .misnamed
  }

  /// `x.TAG-pytest-VERSION`: the version has dots of its own.
  private mutating func takePytest() -> Bool {
    let mark = Array("-pytest-".utf8)
    guard base.count > mark.count else { return false }
    for start in base.indices.dropLast(mark.count).reversed() where base[start...].starts(with: mark) {
      guard let (rest, label) = Self.last(base[..<start]), let tag = CacheTag(label) else { continue }
      pytestVersion = Array(base[(start + mark.count)...])
      self.tag = tag
      base = rest
      return true
    }
    return false
  }

  /// In `__pycache__` any tag counts; elsewhere only one of a known interpreter, as `x.v2.pyc` is a name like any.
  private mutating func takeTag(isCached: Bool) {
    guard let (rest, label) = Self.last(base), let tag = CacheTag(label) else { return }
    if tag.version == nil, !isCached { return }
    self.tag = tag
    base = rest
  }

  /// What stands before the last dot, which is not empty, and what stands after it.
  private static func last(_ name: ArraySlice<UInt8>) -> (rest: ArraySlice<UInt8>, label: ArraySlice<UInt8>)? {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return nil }
    return (name[..<dot], name[(dot + 1)...])
  }
}
