internal import SourceText
internal import Versions

/// What else stands for a module of the same name, and so may be imported in its place.
///
/// A package's directory comes first, then extension modules, `x.py`, and last `x.pyc`. Names are kept without the
/// module's own: `.abi3.so` for `x.abi3.so`. Modules that are built into the interpreter, or frozen in it, are not
/// looked for: which they are depends on how it is built and started.
public struct ModuleNeighbours: Hashable, Sendable {
  /// What follows the module's name in the names of extension modules and of `x.pyc` beside the source.
  public private(set) var suffixes: [[UInt8]] = []
  /// What follows `__init__` in the names of files in the directory of the module's name.
  public private(set) var initialisers: [[UInt8]] = []
  /// Whether there is a directory of the module's name: since 3.3 it is imported itself where nothing else is.
  public private(set) var hasDirectory = false

  /// Creates the neighbours of a module that stands alone.
  public init() {}

  /// Picks the neighbours of a module out of the names of files.
  ///
  /// - Parameters:
  ///   - module: the module's name, such as `BytecodeName.module`.
  ///   - names: the names of the files in the directory of the source.
  ///   - packageNames: the names of the files in the directory of the module's name; nil where there is none.
  public init(of module: ArraySlice<UInt8>, names: some Sequence<[UInt8]>, packageNames: [[UInt8]]? = nil) {
    for name in names where name.starts(with: module) {
      let suffix = Array(name.dropFirst(module.count))
      if suffix == Self.bytecode || Self.isExtension(suffix) { suffixes.append(suffix) }
    }
    let initialiser = Array("__init__".utf8)
    // What lies in a directory `__init__` makes no package of the one above.
    guard let packageNames, !module.elementsEqual(initialiser) else { return }
    hasDirectory = true
    for name in packageNames where name.starts(with: initialiser) {
      let suffix = Array(name.dropFirst(initialiser.count))
      if suffix == Self.source || suffix == Self.bytecode || Self.isExtension(suffix) { initialisers.append(suffix) }
    }
  }

  /// Whether there is nothing of the kind.
  public var isEmpty: Bool { suffixes.isEmpty && initialisers.isEmpty && !hasDirectory }

  /// Whether `x.pyc` lies beside the source.
  var hasBytecodeBesideSource: Bool { suffixes.contains(Self.bytecode) }

  /// Whether an interpreter of this version imports something else before `x.py`.
  func isShadow(for version: PythonVersion) -> Bool {
    initialisers.contains { $0 == Self.source || $0 == Self.bytecode || Self.isExtension($0, of: version) }
      || suffixes.contains { Self.isExtension($0, of: version) }
  }

  /// Whether any interpreter imports a package before `x.py`.
  var isShadowForAll: Bool {
    initialisers.contains { $0 == Self.source || $0 == Self.bytecode }
  }

  private static let source = Array(".py".utf8)
  fileprivate static let bytecode = Array(".pyc".utf8)

  /// Whether it could be the suffix of an extension module; Python 2 knew `xmodule.so` too.
  fileprivate static func isExtension(_ suffix: [UInt8]) -> Bool {
    (suffix.first == UInt8(ascii: ".") || suffix.starts(with: "module".utf8))
      && suffix.suffix(3).elementsEqual(".so".utf8)
  }

  /// Whether an interpreter of this version takes the file for an extension module.
  ///
  /// The suffixes are those of `importlib.machinery.EXTENSION_SUFFIXES`; which machine they are for is not compared.
  private static func isExtension(_ suffix: [UInt8], of version: PythonVersion) -> Bool {
    guard isExtension(suffix), let tag = CacheTag(version) else { return false }
    if version.implementation == .pypy { return suffix.starts(with: Array(".".utf8) + tag.bytes + Array("-".utf8)) }
    if suffix.elementsEqual(".so".utf8) { return true }
    guard version.major >= 3 else { return suffix.elementsEqual("module.so".utf8) }
    if suffix.elementsEqual(".abi3.so".utf8) { return true }
    let start = Array(".".utf8) + tag.bytes
    guard suffix.starts(with: start) else { return false }
    // Before 3.8 the letters of the build follow: `m`, earlier `mu` too. Those of debugging and free-threaded builds
    // (`d`, `t`) are read by such builds only.
    let letters = suffix.dropFirst(start.count).prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
    return letters.allSatisfy { $0 == UInt8(ascii: "m") || $0 == UInt8(ascii: "u") }
  }
}

/// What the files of one directory stand for, sorted out once for all of its modules.
public struct ModuleDirectory: Sendable {
  private var names: [[UInt8]: [[UInt8]]] = [:]

  /// Sorts out the names of a directory's files; those that stand for no module are let go.
  public init(names: some Sequence<[UInt8]>) {
    for name in names {
      let stem = Array(name.prefix { $0 != UInt8(ascii: ".") })
      let suffix = Array(name.dropFirst(stem.count))
      guard suffix == ModuleNeighbours.bytecode || ModuleNeighbours.isExtension(suffix) else { continue }
      self.names[stem, default: []].append(name)
      let ending = Array("module".utf8)
      if stem.count > ending.count, stem.suffix(ending.count).elementsEqual(ending) {
        self.names[Array(stem.dropLast(ending.count)), default: []].append(name)
      }
    }
  }

  /// The neighbours of one module.
  ///
  /// - Parameters:
  ///   - module: the module's name, such as `BytecodeName.module`. One with a dot in it cannot be imported by its
  ///     name, and so has none.
  ///   - packageNames: the names of the files in the directory of the module's name; nil where there is none.
  /// - Returns: what may be imported in its place.
  public func neighbours(of module: ArraySlice<UInt8>, packageNames: [[UInt8]]? = nil) -> ModuleNeighbours {
    ModuleNeighbours(of: module, names: names[Array(module)] ?? [], packageNames: packageNames)
  }
}
