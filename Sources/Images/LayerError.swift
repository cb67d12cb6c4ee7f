internal import SourceText

/// Why a layer cannot be taken as a whole: one of its entries goes beyond a limit.
public struct LayerError: Error, Sendable, Hashable {
  /// The limit that is exceeded.
  public enum Reason: Sendable, Hashable {
    /// A path, or a link's target, is too long.
    case pathTooLong
    /// A path has too many names.
    case pathTooDeep
    /// There are too many entries and directories in the image.
    case tooManyEntries
    /// The names take too many bytes.
    case tooManyNameBytes
    /// The files hold too many bytes.
    case tooMuchContent
    /// There are too many layers.
    case tooManyLayers
    /// An entry has a size below zero.
    case negativeSize
  }

  /// The limit that is exceeded.
  public let reason: Reason
  /// The number of the entry in its layer, from 0.
  public let entry: Int
  /// The beginning of the entry's name.
  public let name: [UInt8]

  init(_ reason: Reason, entry: Int, name: [UInt8] = []) {
    self.reason = reason
    self.entry = entry
    self.name = Array(name.prefix(200))
  }
}

extension LayerError: CustomStringConvertible {
  /// The reason in words, with the entry; safe to print.
  public var description: String {
    let place = name.isEmpty ? "entry \(entry)" : "entry \(entry) (`\(printable(name))`)"
    let limit = "the limit; it cannot be raised"
    return switch reason {
    case .pathTooLong: "\(place): a path has more than \(ImageLimits.pathLength) bytes, \(limit)"
    case .pathTooDeep: "\(place): a path has more than \(ImageLimits.pathDepth) names, \(limit)"
    case .tooManyEntries:
      "\(place): the image has more than \(ImageLimits.entryCount) entries and directories, \(limit)"
    case .tooManyNameBytes:
      "\(place): the names in the image take more than \(ImageLimits.nameBytes) bytes, \(limit)"
    case .tooMuchContent: "\(place): the files of the image hold more than \(ImageLimits.contentBytes) bytes, \(limit)"
    case .tooManyLayers: "the image has more than \(ImageLimits.layerCount) layers, \(limit)"
    case .negativeSize: "\(place): a size below zero"
    }
  }
}
