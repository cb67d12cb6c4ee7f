public import SourceText

/// Where a finding is.
public enum Place: Hashable, Sendable {
  /// A file, and the part of it that the finding speaks of; nil for the file as a whole.
  case file(Path, ByteRange?)
  /// The target as a whole.
  case target

  /// The file, where the place is one.
  public var path: Path? {
    guard case .file(let path, _) = self else { return nil }
    return path
  }

  /// The part of the file, where the place has one.
  public var range: ByteRange? {
    guard case .file(_, let range) = self else { return nil }
    return range
  }
}

/// A further place that explains a finding.
public struct RelatedPlace: Hashable, Sendable {
  /// Where it is.
  public let place: Place
  /// What it has to do with the finding.
  public let message: String

  /// Creates a related place.
  public init(_ place: Place, _ message: String) {
    self.place = place
    self.message = message
  }
}
