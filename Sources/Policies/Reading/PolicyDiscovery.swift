/// Where a repository's policy may stand.
public enum PolicyDiscovery {
  /// The names of policies, relative to the directory that they speak for.
  public static let names = [
    ".cachepolicy.yaml", ".cachepolicy.yml", "cachepolicy.yaml", ".github/cachepolicy.yaml",
  ]

  /// More than one policy in a directory: it cannot be told which one counts.
  public struct Ambiguity: Error, Hashable, Sendable {
    /// The names of the policies, relative to the directory.
    public let names: [String]

    /// What is wrong, in one line.
    public var description: String {
      "two policies speak for this directory: \(names.joined(separator: " and ")); keep one"
    }
  }

  /// The policy of a directory; nil where it has none.
  ///
  /// `exists` tells whether the directory has a file of that name; a caller that lists directories
  /// anyway can answer without asking the disk.
  public static func name(where exists: (String) -> Bool) throws(Ambiguity) -> String? {
    let found = names.filter(exists)
    if found.count > 1 { throw Ambiguity(names: found) }
    return found.first
  }
}
