public import Bytecode
public import Facts
public import SourceText

/// Judges the bytecode files of a tree.
///
/// Each directory is listed once, and of each file only as much is read as its judgement needs: mostly 16 bytes. The
/// cost grows with the files and the names beside them, linearly.
public struct BytecodeSurvey: Sendable {
  /// A source whose hash has to be taken before all files can be judged.
  public struct MissingHash: Hashable, Sendable {
    /// The source.
    public let source: Path
    /// The key of the hash.
    public let key: SourceHashKey
  }

  /// What was found, in the order of layer and path.
  public private(set) var facts: [BytecodeFact] = []
  /// What could not be read.
  public private(set) var errors: [BytecodeReadingError] = []
  /// The hashes that the tree did not have yet; the files that need them are not among the facts.
  public private(set) var missingHashes: Set<MissingHash> = []

  /// Judges files.
  ///
  /// - Parameters:
  ///   - files: the paths of the files; what is not named as bytecode is passed over, and so is what is no ordinary
  ///     file, where it is a link that leads to none too.
  ///   - tree: the tree that they are in.
  ///   - interpreters: those of the target.
  ///   - lookup: where they look for bytecode.
  ///   - user: the user that the target's programs run as; nil where that is not known.
  ///   - isTracked: whether a file is in the index of a repository.
  public init(
    of files: some Sequence<Path>, in tree: some BytecodeTree, interpreters: Interpreters,
    lookup: BytecodeLookup = BytecodeLookup(), user: FileUser? = nil,
    isTracked: (Path) -> Bool = { _ in false }
  ) {
    var surveyor = Surveyor(tree: tree, interpreters: interpreters, user: user)
    for file in files {
      guard let name = BytecodeName(file, lookup: lookup) else { continue }
      do throws(BytecodeReadingError) {
        if let fact = try surveyor.fact(name, isTracked: isTracked(file)) { facts.append(fact) }
      } catch {
        errors.append(error)
      }
    }
    errors += surveyor.errors
    missingHashes = surveyor.missingHashes
    facts.sort { ($0.layer ?? -1, $0.path) < ($1.layer ?? -1, $1.path) }
  }
}

/// What is kept between the files of one survey.
private struct Surveyor<Tree: BytecodeTree> {
  let tree: Tree
  let interpreters: Interpreters
  let user: FileUser?
  private(set) var missingHashes: Set<BytecodeSurvey.MissingHash> = []
  /// Why directories cannot be listed, of each once.
  private(set) var errors: [BytecodeReadingError] = []
  /// The directories that were listed; nil for what is none.
  private var directories: [Path: ListedDirectory?] = [:]
  /// Whether the user may reach what lies in a directory.
  private var reachable: [Path: Bool] = [:]

  init(tree: Tree, interpreters: Interpreters, user: FileUser?) {
    self.tree = tree
    self.interpreters = interpreters
    self.user = user
  }

  /// What is to be said of a file; nil where it is no file, or where a hash is missing.
  mutating func fact(_ name: BytecodeName, isTracked: Bool) throws(BytecodeReadingError) -> BytecodeFact? {
    guard let status = tree.status(at: name.path), status.isFile else { return nil }
    var source = tree.status(at: name.source).flatMap { $0.isFile ? $0 : nil }.map {
      SourceStatus(size: UInt64(max($0.size, 0)), mtime: $0.mtime)
    }
    let hasSource = source != nil
    let neighbours = neighbours(of: name)
    let header = try tree.header(of: name.path)
    var body: BytecodeBody?
    while true {
      let file = BytecodeFile(name: name, header: header, body: body, source: source, neighbours: neighbours)
      do throws(MissingEvidence) {
        return BytecodeFact(
          path: name.path, layer: status.layer, bytes: status.size, name: name,
          source: hasSource ? name.source : nil,
          judgement: try BytecodeJudgement(file, interpreters, tellsIntrinsic: false),
          isUnreadable: isUnreadable(name.path, status), isTracked: isTracked)
      } catch {
        switch error {
        case .body: body = try tree.body(of: name.path)
        case .sourceHash(let key):
          guard let hash = try tree.sourceHash(of: name.source, key) else {
            missingHashes.insert(BytecodeSurvey.MissingHash(source: name.source, key: key))
            return nil
          }
          source?.hashes[key] = hash
        }
      }
    }
  }

  private mutating func neighbours(of name: BytecodeName) -> ModuleNeighbours {
    let place = name.source.parent
    guard let directory = directory(place) else { return ModuleNeighbours() }
    var initialisers: [[UInt8]]?
    if directory.mayHavePackage(name.module) {
      initialisers = self.directory(place.appending(name.module))?.initialisers
    }
    return directory.modules.neighbours(of: name.module, packageNames: initialisers)
  }

  /// What a directory holds; one that cannot be listed is taken for one without further names.
  private mutating func directory(_ path: Path) -> ListedDirectory? {
    if let known = directories[path] { return known }
    var directory: ListedDirectory?
    do throws(BytecodeReadingError) {
      directory = try tree.entries(of: path).map { entries in
        ListedDirectory(entries) { tree.status(at: path.appending($0))?.isFile ?? false }
      }
    } catch {
      errors.append(error)
    }
    directories[path] = .some(directory)
    return directory
  }

  private mutating func isUnreadable(_ path: Path, _ status: BytecodeTreeStatus) -> Bool? {
    guard let user else { return nil }
    return !user.has(.read, on: status) || !isReachable(path.parent, for: user)
  }

  private mutating func isReachable(_ directory: Path, for user: FileUser) -> Bool {
    if let known = reachable[directory] { return known }
    // From the top, so that no depth of a hostile path is a depth of calls.
    var path = Path.root
    var isOpen = true
    for part in [[]] + directory.components.map(Array.init) {
      path = part.isEmpty ? path : path.appending(part)
      if let known = reachable[path] {
        isOpen = known
      } else {
        isOpen = isOpen && (tree.status(at: path).map { user.has(.enter, on: $0) } ?? true)
        reachable[path] = isOpen
      }
    }
    return isOpen
  }
}
