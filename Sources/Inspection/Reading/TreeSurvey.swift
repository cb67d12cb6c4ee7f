internal import Bytecode
internal import Caches
internal import Files
internal import IgnoreFiles
internal import Repositories
internal import SourceText

/// What a walk over a work tree comes past: ignore files, special files, marks of use, proven caches.
struct TreeSurvey: TreeVisitor {
  typealias Rules = GitRules

  /// A proven cache on disk.
  struct Cache {
    let kind: KindNumber
    let path: Path
    let isDirectory: Bool
    let proof: String
    /// The rule that decides about it, personal ones among them.
    let decision: IgnoreDecision?
  }

  /// A file that shows that a tool is used.
  struct Mark {
    let sign: UseSign
    let path: Path
  }

  private let root: Path
  /// Whether caches that are ignored are proven too, which costs a look into each.
  private let provesAll: Bool
  private let surroundings: WorkTreeSurroundings
  private var prover = CacheProver()
  private let candidates = CandidateIndex.shared
  private let markers = MarkerIndex.shared
  private var provenDirectories: Set<[UInt8]> = []

  var gitignores: [Path: GitRules.File] = [:]
  /// Ignore files that git does not read, with what they are.
  var unread: [Path: FileKind] = [:]
  var special: [(path: Path, kind: SpecialFile)] = []
  var caches: [Cache] = []
  var marks: [Mark] = []
  /// Whether there is bytecode of Python.
  var hasBytecode = false
  var errors: [FileError] = []
  /// The directories in which an interrupted run has left a temporary file.
  var leftovers: Set<Path> = []

  init(root: Path, provesAll: Bool) {
    self.root = root
    self.provesAll = provesAll
    surroundings = WorkTreeSurroundings(root: root)
  }

  mutating func visit(_ directory: VisitedDirectory<GitRules>) {
    var seen: [UseSign] = []
    for entry in directory.listing.entries {
      let name = directory.listing.name(of: entry)
      let isDirectory = entry.kind == .directory
      let kinds = candidates.classify(name, isDirectory: isDirectory, in: directory.path)
      if !kinds.isEmpty {
        hasBytecode = hasBytecode || name.elementsEqual(BytecodeName.cacheDirectory) || BytecodeName.isBytecode(name)
        prove(entry, kinds, isDirectory, in: directory)
      }
      if isDirectory { continue }
      if let special = SpecialFile(name) { note(special, entry, in: directory) }
      if entry.kind == .regular {
        if name.first == UInt8(ascii: "."), isLeftover(name) { leftovers.insert(directory.path) }
        let signs = markers.classify(name)
        if !signs.isEmpty {
          // One file a directory shows the use, unless its content has to.
          for sign in signs where sign.marker.text != nil || !seen.contains(sign) {
            seen.append(sign)
            marks.append(Mark(sign: sign, path: directory.path(of: entry)))
          }
        }
      }
    }
  }

  mutating func enters(_ candidate: TreeCandidate<IgnoreDecision>) -> Bool {
    !candidate.isIgnored && (provenDirectories.isEmpty || !provenDirectories.contains(candidate.path))
  }

  mutating func found(_ file: GitRules.File, in directory: Path) {
    gitignores[directory] = file
  }

  mutating func failed(_ error: FileError) {
    errors.append(error)
  }

  private mutating func prove(
    _ entry: DirectoryListing.Entry, _ kinds: [KindNumber], _ isDirectory: Bool,
    in directory: VisitedDirectory<GitRules>
  ) {
    guard entry.kind == .directory || entry.kind == .regular || entry.kind == .symbolicLink else { return }
    let decision = directory.decision(for: entry)
    // What a file of the repository ignores is as it should be.
    if !provesAll, let decision, decision.isIgnored, case .file = decision.source { return }
    let path = directory.path(of: entry)
    guard let proven = prover.prove(path, as: kinds, in: surroundings) else { return }
    if isDirectory { provenDirectories.insert(path.bytes) }
    caches.append(
      Cache(
        kind: proven.kind, path: path, isDirectory: isDirectory, proof: proven.evidence.alternative, decision: decision)
    )
  }

  private mutating func note(
    _ kind: SpecialFile, _ entry: DirectoryListing.Entry, in directory: VisitedDirectory<GitRules>
  ) {
    let path = directory.path(of: entry)
    if kind == .gitignore {
      if entry.kind != .regular { unread[path] = entry.kind }
      return
    }
    // A policy judges also where a person keeps it to herself.
    if kind != .policy, directory.isIgnored(entry) { return }
    special.append((path, kind))
  }
}
