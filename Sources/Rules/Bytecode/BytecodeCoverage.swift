public import Bytecode
public import CacheEffects
public import Facts
internal import Images
public import SourceText
internal import Versions

/// How much of the Python in an image has bytecode that its interpreter loads, and what the rest costs.
///
/// Counted are the live `.py` files where the interpreter looks for modules: its standard library, without its tests;
/// `site-packages` and `dist-packages` of its version; and what lies below the image's `WORKDIR` and the directories of
/// its `PYTHONPATH`.
public struct BytecodeCoverage: Sendable, Hashable {
  /// Which interpreter looks for it.
  public let interpreter: CacheTag
  /// The groups that have any module, the most important first.
  public let groups: [Group]
  /// Whether the interpreter looks below a prefix alone, so that nothing in `__pycache__` is loaded.
  public let isElsewhere: Bool

  /// The modules of one group.
  public struct Group: Sendable, Hashable {
    /// Which modules they are.
    public let group: BytecodeGap.Group
    /// How many there are.
    public internal(set) var modules = 0
    /// How many of them have bytecode that is loaded.
    public internal(set) var compiled = 0
    /// How many bytes the bytecode has that is loaded.
    public internal(set) var compiledBytes = 0
    /// How many bytes the sources have of the modules that are compiled at every start.
    public internal(set) var missingSourceBytes = 0
    /// The directories that hold the modules which are compiled at every start, as the interpreter looks for them.
    public internal(set) var missingRoots: Set<Path> = []

    /// How many of these lie where the image's user may not write, so that no start leaves bytecode for the next.
    public internal(set) var unwritable = 0
    /// Whether some of these have bytecode that `compileall` may take for valid without `-f`: in a header without a hash
    /// it compares nothing but the time of the source, and leaves the file as it is.
    public internal(set) var isKept = false

    /// How many modules are compiled at every start.
    public var missing: Int { modules - compiled }

    /// About how many bytes of bytecode the missing modules would have.
    ///
    /// Measured with CPython 3.11: 118.9 MB for 89.6 MB of sources, over 5,951 modules; and of modules with fewer than
    /// 2,000 bytes 940 on average, which had 473. So it is 1.3 times the source and 400 bytes for each file.
    public var missingBytes: Int { missing * 400 + missingSourceBytes / 10 * 13 + missingSourceBytes % 10 * 13 / 10 }

    /// Whether at least so many modules in a hundred have bytecode that is loaded.
    public func reaches(_ percent: Int) -> Bool { compiled * 100 >= modules * percent }
  }

  /// More than a gigabyte no source has; a sparse file may claim far more, and many of them more than can be counted.
  private static let largestSource = 1 << 30

  /// Counts for each interpreter of an image.
  ///
  /// - Parameter facts: the target, with its bytecode.
  /// - Returns: nothing for a lone layer, and for what is no image.
  public static func all(in facts: TargetFacts) -> [BytecodeCoverage] {
    guard let image = facts.image, image.kind != .layer else { return [] }
    let sources = PythonSources(image)
    guard !sources.files.isEmpty else { return [] }
    return facts.interpreters.tags.compactMap { tag in
      guard let version = tag.version else { return nil }
      let isElsewhere = version.usesPrefix && !facts.bytecodeLookup.usesCacheDirectory
      let loaded = loaded(facts, tag)
      let kept = kept(facts, tag)
      var groups: [BytecodeGap.Group: Group] = [:]
      for source in sources.files {
        guard let (group, root) = sources.group(of: source.path, for: version) else { continue }
        var counted = groups[group] ?? Group(group: group)
        counted.modules += 1
        if let bytes = loaded[source.path] {
          counted.compiled += 1
          counted.compiledBytes &+= bytes
        } else {
          counted.missingSourceBytes += min(source.size, Self.largestSource)
          counted.missingRoots.insert(root)
          if !sources.mayWriteBytecode(of: source.path, facts.user) { counted.unwritable += 1 }
          if kept.contains(source.path) { counted.isKept = true }
        }
        groups[group] = counted
      }
      if groups.isEmpty { return nil }
      return BytecodeCoverage(
        interpreter: tag, groups: groups.values.sorted { $0.group < $1.group }, isElsewhere: isElsewhere)
    }
  }

  /// The sizes of the bytecode that an interpreter loads at the levels of the target, by the sources.
  private static func loaded(_ facts: TargetFacts, _ tag: CacheTag) -> [Path: Int] {
    let levels = facts.bytecodeLookup.levels.isEmpty ? [0] : facts.bytecodeLookup.levels
    var loaded: [Path: Int] = [:]
    for file in facts.bytecode where file.isLoaded == true {
      guard case .cached(tag, let level) = file.name.form, levels.contains(level), let source = file.source else {
        continue
      }
      loaded[source] = file.bytes
    }
    return loaded
  }
}

extension BytecodeCoverage {
  /// The sources of the bytecode that is valid by its header, and not loaded all the same.
  private static func kept(_ facts: TargetFacts, _ tag: CacheTag) -> Set<Path> {
    let levels = facts.bytecodeLookup.levels.isEmpty ? [0] : facts.bytecodeLookup.levels
    var kept: Set<Path> = []
    for file in facts.bytecode where file.isLoaded == false {
      guard case .cached(tag, let level) = file.name.form, levels.contains(level), let source = file.source else {
        continue
      }
      let verdict = file.judgement.verdict
      if verdict == .staleSize || verdict == .corruptBody || file.isUnreadable == true && verdict.isLoaded {
        kept.insert(source)
      }
    }
    return kept
  }
}

/// The sources of Python in an image, and where its interpreters look for modules.
private struct PythonSources {
  /// The live `.py` files.
  private(set) var files: [(path: Path, size: Int)] = []
  private let image: ImageFacts
  private let view: LayerView
  /// The directories of the application.
  private var roots: [Path] = []

  init(_ image: ImageFacts) {
    self.image = image
    let view = image.union.merged
    self.view = view
    view.walk { path, item in
      if item.type == .file, path.suffix(3).elementsEqual(".py".utf8) {
        files.append((Path(path), view.size(of: item) ?? 0))
      }
      return .enter
    }
    let configuration = image.image?.configuration
    var names = [configuration?.workingDirectory ?? ""]
    names += (variable("PYTHONPATH") ?? "").split(separator: ":").map(String.init)
    for name in names {
      guard let item = view.item(at: Path(name.utf8)), item.type == .directory else { continue }
      // With the root as the working directory the whole image would be the application.
      let path = view.path(of: item)
      if !path.isRoot, !roots.contains(path) { roots.append(path) }
    }
  }

  /// Whether a user may leave bytecode beside a source: in `__pycache__`, or where that would be made.
  func mayWriteBytecode(of source: Path, _ user: FileUser?) -> Bool {
    guard let user else { return true }
    let cache = source.parent.appending(BytecodeName.cacheDirectory)
    guard let item = view.item(at: cache) ?? view.item(at: source.parent), let metadata = view.metadata(of: item) else {
      // A directory without an entry of its own is made for root.
      return user.user == 0
    }
    return user.has(.write, mode: UInt32(metadata.mode), owner: metadata.user, group: metadata.group)
  }

  /// A variable of the image's environment.
  func variable(_ name: String) -> String? { image.image?.configuration.value(of: name) }

  /// The group that a source belongs to, and the directory by which the interpreter finds it; nil where it does not.
  func group(of path: Path, for version: PythonVersion) -> (BytecodeGap.Group, root: Path)? {
    let parts = path.components
    if let library = library(parts, version) {
      if let packages = parts.indices.first(where: { $0 > library && Self.isPackages(parts[$0]) }) {
        return (.packages, Self.path(parts[...packages]))
      }
      // `lib/python3` holds packages alone.
      guard parts[library].contains(UInt8(ascii: ".")) else { return nil }
      let isTest = parts[library...].dropLast().contains {
        $0.elementsEqual("test".utf8) || $0.elementsEqual("tests".utf8)
      }
      return isTest ? nil : (.library, Self.path(parts[...library]))
    }
    return roots.first(where: path.isWithin).map { (.application, $0) }
  }

  /// Where `python3.11`, or Debian's `python3`, stands below a `lib`.
  private func library(_ parts: [ArraySlice<UInt8>], _ version: PythonVersion) -> Int? {
    guard let minor = version.minor else { return nil }
    let start = version.implementation == .pypy ? "pypy" : "python"
    let names = ["\(start)\(version.major).\(minor)", "\(start)\(version.major)"].map { Array($0.utf8) }
    return parts.indices.dropLast().first { index in
      index > 0 && parts[index - 1].starts(with: "lib".utf8) && names.contains { $0[...] == parts[index] }
    }
  }

  private static func isPackages(_ name: ArraySlice<UInt8>) -> Bool {
    name.elementsEqual("site-packages".utf8) || name.elementsEqual("dist-packages".utf8)
  }

  private static func path(_ parts: ArraySlice<ArraySlice<UInt8>>) -> Path {
    Path(parts.joined(separator: [UInt8(ascii: "/")]))
  }
}
