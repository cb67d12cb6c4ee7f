public import Bytecode
public import SourceText

/// What the readers saw in one work tree or one image, free of judgement: all that rules may know.
///
/// Paths are relative to the root of the repository or image, or to the directory that was examined where
/// no repository holds it.
public struct TargetFacts: Sendable {
  /// The index and the work tree; nil outside a repository.
  public var repository: RepositoryFacts?
  /// Git's ignore files, in the order of their paths.
  public var gitignores: [GitIgnoreFacts] {
    didSet { readGitignores = Set(gitignores.lazy.filter { $0.unread == nil }.map(\.path)) }
  }
  /// The paths of those that git reads.
  public private(set) var readGitignores: Set<Path> = []
  /// Docker's ignore files, in the order of their paths.
  public var dockerignores: [DockerIgnoreFacts]
  /// Dockerfiles, in the order of their paths.
  public var dockerfiles: [DockerfileFacts]
  /// Where tools are used that write caches there, sorted by kind and directory.
  public var uses: [ToolUse]
  /// The image; nil where the target is none.
  public var image: ImageFacts?
  /// Python's bytecode, in the order of layer and path, with the interpreters that were taken for those of the target.
  public var bytecode: [BytecodeFact]
  /// The interpreters of Python in the target, and those that the person names.
  public var interpreters: Interpreters
  /// Where those interpreters look for bytecode.
  public var bytecodeLookup: BytecodeLookup
  /// As whom the programs of an image run; nil where that is not known.
  public var user: FileUser?
  /// Files whose content differs from what the index has for them; only with `--staged`.
  public var unstaged: [Path]
  /// The files that were read in full, sorted.
  public var examined: [Path]

  /// Creates facts about an empty tree.
  public init() {
    repository = nil
    gitignores = []
    dockerignores = []
    dockerfiles = []
    uses = []
    image = nil
    bytecode = []
    interpreters = Interpreters()
    bytecodeLookup = BytecodeLookup()
    user = nil
    unstaged = []
    examined = []
  }
}
