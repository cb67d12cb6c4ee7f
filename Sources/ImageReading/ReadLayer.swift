internal import Archives
internal import Digests
internal import Images
internal import SourceText

/// A layer that has been read: its entries, and what was seen of it as a whole.
struct ReadLayer: Sendable {
  var table = LayerTable.Builder().finish()
  var content = LayerContent()
  var archiveBytes: Int?
  var compression: Compression?
  var wrongMediaType: String?
  var notes: [String] = []
  var uncountedNotes = 0
  /// What is worth knowing and no fault.
  var remarks: [String] = []
  /// The digests that were to be compared, and have an algorithm that is not known.
  var unverified: [String] = []
  var signs = ArchiveSigns()
  /// Whether its entries are known.
  var isRead = true
  /// Why nothing of it is used.
  var error: ReadingError.Reason?

  /// A layer of which nothing is known; and why, where that is an error.
  static func failed(_ reason: ReadingError.Reason?) -> ReadLayer {
    var layer = ReadLayer()
    layer.isRead = false
    layer.error = reason
    return layer
  }
}

/// Reads the archives of layers.
struct LayerReader: Sendable {
  let limits: ReadingLimits
  let verifies: Bool

  /// Reads a layer in one pass, with both digests.
  ///
  /// - Parameters:
  ///   - source: the stored bytes.
  ///   - digest: the digest that they should have.
  ///   - diffID: the digest that the uncompressed archive should have.
  ///   - mediaType: what they are said to be.
  ///   - report: is told how many bytes have been used.
  /// - Returns: the layer, or why there is none.
  func read(
    _ source: ArchiveSource, digest: ContentDigest? = nil, diffID: ContentDigest? = nil, mediaType: String? = nil,
    report: @escaping (Int) -> Void = { _ in }
  ) -> ReadLayer {
    var options = ArchiveOptions(
      blobDigest: verifies ? digest?.verifiableAlgorithm : nil,
      archiveDigest: verifies ? diffID?.verifiableAlgorithm : nil)
    options.limits = limits.archive
    options.saidCompression = mediaType.flatMap { MediaType.layer($0) }.map { Compression($0.compression) }
    var visitor = LayerVisitor(.facts, limits: limits, report: report)
    let summary: ArchiveSummary
    do throws(ArchiveError) {
      summary = try readTar(source, options: options, into: &visitor)
    } catch {
      return .failed(.archive(error))
    }
    report(summary.blobSize)
    if let digest, let actual = summary.blobDigest, hexadecimal(actual) != digest.encoded {
      return .failed(.blobDigest(expected: digest.description, actual: "\(digest.algorithm):\(hexadecimal(actual))"))
    }
    if let diffID, let actual = summary.archiveDigest, hexadecimal(actual) != diffID.encoded {
      return .failed(.diffID(expected: diffID.description, actual: "\(diffID.algorithm):\(hexadecimal(actual))"))
    }
    if let failure = visitor.failure { return .failed(.layer(failure)) }
    return layer(visitor, summary, digest, diffID, mediaType)
  }

  /// Reads a layer once more for some of its files.
  func bytecode(of files: [WantedSource], in source: ArchiveSource) throws(ReadingError.Reason) -> LayerBytecode {
    let wanted = Dictionary(files.map { ($0.entry.entry, $0) }) { first, _ in first }
    var options = ArchiveOptions()
    options.limits = limits.archive
    var visitor = LayerVisitor(.wanted(wanted), limits: limits) { _ in }
    do throws(ArchiveError) {
      _ = try readTar(source, options: options, into: &visitor)
    } catch {
      throw .archive(error)
    }
    return visitor.content.bytecode
  }

  private func layer(
    _ visitor: consuming LayerVisitor, _ summary: ArchiveSummary, _ digest: ContentDigest?, _ diffID: ContentDigest?,
    _ mediaType: String?
  ) -> ReadLayer {
    var layer = ReadLayer()
    layer.signs = visitor.signs
    let marks = visitor.overlayMarks
    let remarks = visitor.remarks
    (layer.table, layer.content) = visitor.finish()
    layer.archiveBytes = summary.archiveSize
    layer.compression = summary.compression
    for note in summary.notes {
      switch note {
      case .compressionDiffers: layer.wrongMediaType = mediaType
      // Much that compresses well is no fault: zeros are legitimate.
      case .ratio: layer.remarks.append(note.words)
      default: layer.notes.append(note.words)
      }
    }
    layer.remarks += remarks
    if marks > 0 { layer.notes.append(overlayWords(marks)) }
    if verifies {
      layer.unverified = [digest, diffID].compactMap(\.self).filter { !$0.isVerifiable }.map(\.description)
    }
    layer.uncountedNotes = summary.uncountedNotes + max(0, layer.notes.count - ReadingLimits.notes)
    layer.notes = Array(layer.notes.prefix(ReadingLimits.notes))
    return layer
  }
}

/// What is said of the marks of an overlay file system that are not followed.
func overlayWords(_ count: Int) -> String {
  "\(count) \(count == 1 ? "entry says" : "entries say") by attributes of overlay file systems (redirect, metacopy) that "
    + "data or a directory lie elsewhere, which is not followed"
}

extension ContentDigest {
  /// The algorithm, where content can be verified with it.
  var verifiableAlgorithm: DigestAlgorithm? {
    guard isVerifiable else { return nil }
    switch algorithm {
    case "sha256": return .sha256
    case "sha512": return .sha512
    default: return nil
    }
  }
}

extension Compression {
  /// The compression that a media type says.
  init(_ said: MediaType.Compression) {
    switch said {
    case .none: self = .none
    case .gzip: self = .gzip
    case .zstd: self = .zstd
    }
  }

  /// The name that facts give it.
  var name: String { self == .none ? "none" : description }
}
