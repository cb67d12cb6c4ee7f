public import Bytecode
internal import Files
public import SourceText

/// A directory on disk as a tree of bytecode.
///
/// A class, since it remembers where links lead. It is for one run and one thread.
public final class FileTree: BytecodeTree {
  /// How links are followed.
  public enum Links: Sendable {
    /// As the system does.
    case asTheyStand
    /// Within the tree, whose root is the root of a file system: an absolute link starts there, and `..` does not lead
    /// out of it.
    case withinRoot
  }

  /// Larger files, and files with larger sources, are not read, in bytes.
  public static let sizeLimit = 256 << 20
  /// How many bytes are read at once.
  private static let pieceSize = 64 << 10

  private let root: Path
  private let links: Links
  private let resolver: LinkResolver

  /// Looks at the directory `root`.
  public init(root: Path, links: Links) {
    self.root = root
    self.links = links
    resolver = LinkResolver(root: root)
  }

  /// The entries of a directory.
  public func entries(of directory: Path) throws(BytecodeReadingError) -> [BytecodeTreeEntry]? {
    guard let place = place(of: directory) else { return nil }
    do throws(FileError) {
      let listing = try listDirectory(at: place)
      return listing.entries.map {
        BytecodeTreeEntry(
          name: Array(listing.name(of: $0)),
          kind: $0.kind == .directory ? .directory : $0.kind == .symbolicLink ? .link : .file)
      }
    } catch {
      switch error.reason {
      case .missing, .notDirectory, .linkLoop: return nil
      default: throw BytecodeReadingError(directory, error.explanation)
      }
    }
  }

  /// What stands at a path.
  public func status(at path: Path) -> BytecodeTreeStatus? {
    guard let place = place(of: path), let status = try? fileStatus(at: place, followLinks: links == .asTheyStand)
    else { return nil }
    return BytecodeTreeStatus(
      isFile: status.kind == .regular, size: status.size,
      mtime: FileTime(
        seconds: status.modifiedSeconds, nanoseconds: Int32(truncatingIfNeeded: status.modifiedNanoseconds)),
      mode: status.permissions, owner: status.owner, group: status.group)
  }

  /// The first bytes of a bytecode file.
  public func header(of file: Path) throws(BytecodeReadingError) -> [UInt8] {
    let opened = try open(file)
    do throws(FileError) {
      return try opened.read(HeaderFormat.longest, at: 0)
    } catch {
      throw BytecodeReadingError(file, error.explanation)
    }
  }

  /// What is known of the code behind the header.
  public func body(of file: Path) throws(BytecodeReadingError) -> BytecodeBody {
    var scan = BytecodeScan()
    try read(file) { piece in
      scan.update(piece)
      return !scan.isSettled
    }
    return scan.finish()
  }

  /// The hash of a source.
  public func sourceHash(of source: Path, _ key: SourceHashKey) throws(BytecodeReadingError) -> UInt64? {
    var hash = SourceHash(key)
    try read(source) { piece in
      hash.update(piece)
      return true
    }
    return hash.finish()
  }

  /// Hands a file over in pieces for as long as more is wanted.
  private func read(_ path: Path, _ take: ([UInt8]) -> Bool) throws(BytecodeReadingError) {
    let file = try open(path)
    guard file.size <= Self.sizeLimit else {
      throw BytecodeReadingError(
        path, "is larger than \(sizeInWords(Self.sizeLimit)), the limit for bytecode and sources")
    }
    var offset = 0
    do throws(FileError) {
      while offset <= Self.sizeLimit {
        let piece = try file.read(Self.pieceSize, at: offset)
        if !take(piece) || piece.count < Self.pieceSize { return }
        offset += piece.count
      }
    } catch {
      throw BytecodeReadingError(path, error.explanation)
    }
  }

  private func open(_ path: Path) throws(BytecodeReadingError) -> RandomAccessFile {
    guard let place = place(of: path) else { throw BytecodeReadingError(path, "no such file or directory") }
    do throws(FileError) {
      return try RandomAccessFile(opening: place, followLinks: links == .asTheyStand)
    } catch {
      throw BytecodeReadingError(path, error.explanation)
    }
  }

  /// Where the system finds what stands at a path; nil where a link leads nowhere.
  private func place(of path: Path) -> Path? {
    switch links {
    case .asTheyStand: path.isRoot ? root : root.appending(path.bytes)
    case .withinRoot: resolver.place(of: path)
    }
  }
}
