public import Archives
public import Files
public import Images
internal import SourceText

/// Why a target, or a part of it, could not be examined.
public struct ReadingError: Error, Sendable, Hashable {
  /// What went wrong.
  public enum Reason: Error, Sendable, Hashable {
    /// A document of the image.
    case image(ImageError)
    /// The archive, or the archive that a layer is.
    case archive(ArchiveError)
    /// An entry of a layer goes beyond a limit.
    case layer(LayerError)
    /// A file or a directory.
    case file(FileError)
    /// The stored bytes have another digest than they should.
    case blobDigest(expected: String, actual: String)
    /// The uncompressed archive has another digest than the image's configuration says.
    case diffID(expected: String, actual: String)
    /// The bytes of a layer cannot be had; the reason in words.
    case blob(String)
    /// A limit of the reading itself was reached.
    case limit(LimitName, Int)
    /// Standard input held nothing.
    case emptyInput
    /// Standard input begins as no archive does.
    case inputIsNoArchive
    /// The target is what another transport names.
    case otherTransport(ImageTarget)
    /// The target is a file where a directory is wanted; what to write.
    case notDirectory(String)
    /// All of the archive lies in this directory, which is an image by its files.
    case packedDirectory([UInt8])
    /// The archive is a directory that skopeo wrote for `dir:`.
    case packedSkopeoDirectory
    /// The image is not built upon the one that was named as its base: at which layer they part.
    case notTheBase(base: String, layer: Int)
    /// The base image cannot be read.
    case base(String)
    /// The directory of a layer of overlay2 names a lower layer that is none.
    case lowerLayer(String)
  }

  /// The target, as it was written.
  public let target: String
  /// The number of the layer, from 0 for the lowest; nil where it is not about one.
  public let layer: Int?
  /// The digest by which the layer is known, where there is one.
  public let digest: String?
  /// What went wrong.
  public let reason: Reason

  /// Creates an error.
  public init(_ reason: Reason, target: String, layer: Int? = nil, digest: String? = nil) {
    self.target = target
    self.layer = layer
    self.digest = digest
    self.reason = reason
  }
}

extension ReadingError: CustomStringConvertible {
  /// The target, the layer, what went wrong and what to do; safe to print.
  public var description: String { "\(printable(target)): \(explanation)" }

  /// The layer, what went wrong and what to do, without the target; safe to print.
  public var explanation: String {
    guard let layer else { return reason.words }
    return "layer \(layer)\(digest.map { " (\($0))" } ?? ""): \(reason.words)"
  }
}

extension ReadingError.Reason {
  fileprivate var words: String {
    switch self {
    case .image(let error): error.description
    case .archive(let error):
      if case .limit(let limit) = error.reason { "\(error.description); \(limit.advice)" } else { error.description }
    case .layer(let error): error.description
    case .file(let error):
      if case .tooDeep(let limit) = error.reason {
        "\(error.description); \(LimitName.treeDepth.advice(at: limit))"
      } else {
        error.description
      }
    case .limit(let name, let value):
      (name == .spooledSize
        ? "what has to be put into a temporary file is larger than \(value) bytes, the limit"
        : "the archive that holds the image has more than \(value) entries, the limit") + "; \(name.advice(at: value))"
    case .blobDigest(let expected, let actual):
      "its stored bytes have the digest \(actual), not \(expected): the image is damaged; copy it again"
    case .diffID(let expected, let actual):
      "its uncompressed archive has the digest \(actual), not the diffID \(expected) of the image's configuration: "
        + "the image is damaged; copy it again"
    case .blob(let reason): printable(reason)
    case .emptyInput: "standard input held nothing; did the command before it fail?"
    case .inputIsNoArchive:
      "\(ArchiveError(.notTar, uncompressed: 0)); an archive is read here, such as docker save writes, also in gzip, zstd, "
        + "xz or bzip2; to judge a file's text add --stdin-filename NAME"
    case .otherTransport(let target): "it is \(target.what): name it as \(target.transport):DIRECTORY"
    case .notDirectory(let advice): "it is a file, not a directory: \(advice)"
    case .packedDirectory(let name):
      "all of it lies in `\(printable(name))`, which is an image by its files: pack what is in that directory, as "
        + "`tar -C DIRECTORY -cf - .` does; a layer that holds an image is examined as layer:FILE"
    case .packedSkopeoDirectory:
      "it is what `skopeo copy` to dir: writes, which is not read from an archive: unpack it, and name the directory as "
        + "dir:DIRECTORY; a layer that holds an image is examined as layer:FILE"
    case .notTheBase(let base, let layer):
      "is not built upon \(printable(base)): they differ from layer \(layer) on; name the image that it was built from"
    case .base(let reason): "the base image cannot be read: \(reason)"
    case .lowerLayer(let text): "`\(printable(String(text.prefix(200))))` in `lower` leads to no layer"
    }
  }
}

/// Runs what works on files, and turns its error into a reason.
func reading<Result: ~Copyable>(
  _ body: () throws(FileError) -> Result
) throws(ReadingError.Reason) -> Result {
  do throws(FileError) {
    return try body()
  } catch {
    throw .file(error)
  }
}
