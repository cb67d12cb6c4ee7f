internal import Bytecode
internal import Caches
internal import SourceText

/// Tells by its name what is wanted of a file's content.
struct EntryFilter {
  /// What is wanted beside the size and the hash.
  struct Wish {
    /// Whether it is bytecode.
    var isBytecode = false
    /// Whether it is a source of Python.
    var isSource = false
    /// The list of users or of groups, where it is one.
    var userFile: UserFile?
    /// Whether its first bytes may prove a cache.
    var wantsHead = false
    /// The texts by which it may prove a cache.
    var proofTexts: [[UInt8]] = []
    /// Whether it may be executed, so that its first line counts where it is a script.
    var mayBeScript = false
  }

  /// The directory of the last file, since most files follow one of the same directory.
  private var directory = Path.root

  /// What is wanted of a file.
  ///
  /// - Parameter path: the path in any form.
  /// - Returns: the wish, which is to nothing for most files.
  mutating func wish(for path: [UInt8]) -> Wish {
    var start = path.count
    while start > 0, path[start - 1] != UInt8(ascii: "/") { start -= 1 }
    let name = path[start...]
    var wish = Wish()
    // Almost no name gets further than to its length or its last letters.
    if name.count > 3 {
      wish.isSource = name.suffix(3).elementsEqual(".py".utf8)
      wish.isBytecode = !wish.isSource && BytecodeName.isBytecode(name)
    }
    let end = max(0, start - 1)
    if !directory.bytes.elementsEqual(path[..<end]) { directory = Path(path[..<end]) }
    wish.wantsHead = !CandidateIndex.shared.classify(name, isDirectory: false, in: directory).isEmpty
    wish.proofTexts = ProofTexts.shared.texts(for: name)
    if name.elementsEqual("passwd".utf8) || name.elementsEqual("group".utf8) {
      let isThere = directory.components.filter { !$0.elementsEqual(".".utf8) }.elementsEqual([Self.settings[...]])
      if isThere { wish.userFile = name.count == UserFile.group.name.utf8.count ? .group : .passwd }
    }
    return wish
  }

  private static let settings = Array("etc".utf8)
}
