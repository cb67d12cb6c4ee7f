internal import SourceText

/// Something in a layer that is not as it should be, and that does not stop the examination.
public struct LayerNote: Sendable, Hashable {
  /// What is noted.
  public enum Kind: Sendable, Hashable {
    /// The name leads out of the image; it is taken as if the root had no parent.
    case leadsOutside
    /// A whiteout of nothing, of `.` or of `..`; it is ignored.
    case invalidWhiteout
    /// The same path stands twice in the layer; the last one counts, and all are shipped.
    case duplicate
    /// An entry that would make the root something else than a directory; it is ignored.
    case replacesRoot
    /// The symbolic links on the way lead in a circle or too far; the path is taken as it is written.
    case linkCycle
    /// A symbolic link on the way leads out of the image; it is followed as if the root had no parent.
    case linkLeadsOutside
    /// A hard link to something that does not exist, or to a directory; it is ignored.
    case missingLinkTarget
    /// A hard link whose target leads out of the image.
    case hardLinkLeadsOutside
    /// A hard link that claims to have content, which is not counted.
    case hardLinkWithContent
  }

  /// What is noted.
  public let kind: Kind
  /// The number of the layer, from 0 for the lowest.
  public let layer: Int
  /// The path as the layer has it, in its normal form.
  public let path: [UInt8]
}

extension LayerNote: CustomStringConvertible {
  /// The note in words, safe to print.
  public var description: String {
    let path = printable(path)
    return switch kind {
    case .leadsOutside: "`\(path)` is written with a name that leads out of the image"
    case .invalidWhiteout: "`\(path)` is a whiteout of nothing that a directory can hold"
    case .duplicate: "`\(path)` stands twice in the layer; the last one counts, all are shipped"
    case .replacesRoot: "an entry would replace the root of the image"
    case .linkCycle: "the symbolic links that lead to `\(path)` lead in a circle, or too far"
    case .linkLeadsOutside: "a symbolic link on the way to `\(path)` leads out of the image"
    case .missingLinkTarget: "`\(path)` is a hard link to what does not exist"
    case .hardLinkLeadsOutside: "`\(path)` is a hard link that leads out of the image"
    case .hardLinkWithContent: "`\(path)` is a hard link that claims to have content"
    }
  }
}

/// The notes of a layer, of which a hostile one can have as many as it has entries.
struct NoteList: Sendable {
  private(set) var notes: [LayerNote] = []
  private(set) var count = 0

  mutating func add(_ kind: LayerNote.Kind, layer: Int, path: [UInt8]) {
    count += 1
    if notes.count < ImageLimits.noteCount { notes.append(LayerNote(kind: kind, layer: layer, path: path)) }
  }

  /// Takes the notes of a table, which does not know its number.
  mutating func add(_ other: NoteList, layer: Int) {
    count += other.count
    for note in other.notes.prefix(ImageLimits.noteCount - notes.count) {
      notes.append(LayerNote(kind: note.kind, layer: layer, path: note.path))
    }
  }
}
