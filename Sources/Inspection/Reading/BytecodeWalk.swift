internal import Bytecode
internal import Files
internal import Repositories
internal import SourceText

/// A walk that looks for bytecode and interpreters, in ignored directories too where it is told so.
struct BytecodeWalk: TreeVisitor {
  typealias Rules = GitRules

  private let root: Path
  private let entersIgnored: Bool
  /// The files that are named as bytecode, links among them.
  private(set) var files: [Path] = []
  /// The interpreters that paths show.
  private(set) var interpreters = Interpreters()
  private(set) var errors: [FileError] = []

  init(root: Path, entersIgnored: Bool) {
    self.root = root
    self.entersIgnored = entersIgnored
  }

  mutating func visit(_ directory: VisitedDirectory<GitRules>) {
    for entry in directory.listing.entries where entry.kind == .regular || entry.kind == .symbolicLink {
      let name = directory.listing.name(of: entry)
      if BytecodeName.isBytecode(name) {
        if entersIgnored || !directory.isIgnored(entry) { files.append(directory.path(of: entry)) }
      }
      if Self.mayShowInterpreter(name) {
        // What lies above the root may show it as well: `lib/python3.11` is looked at as a target of its own.
        let path = root.appending(directory.path(of: entry).bytes)
        if entry.kind == .symbolicLink {
          interpreters.note(path, leadingTo: try? resolvedPath(path))
        } else {
          interpreters.note(path)
        }
      }
    }
  }

  mutating func enters(_ candidate: TreeCandidate<GitRules.Decision>) -> Bool {
    entersIgnored || !candidate.isIgnored
  }

  mutating func failed(_ error: FileError) {
    errors.append(error)
  }

  /// Whether a path that ends so may show an interpreter, which is tested more closely only then.
  static func mayShowInterpreter(_ name: ArraySlice<UInt8>) -> Bool {
    name.starts(with: "py".utf8) || name.starts(with: "libpy".utf8) || name.starts(with: "os.py".utf8)
  }
}
