/// A user by number, as an image runs as one: who may do what with a file.
public struct FileUser: Hashable, Sendable {
  /// What is to be done with a file or a directory, as a bit of each of the three parts of a mode.
  public enum Permission: UInt32, Sendable {
    /// Read it.
    case read = 0o4
    /// Write it, or make and remove what is in it.
    case write = 0o2
    /// Run it, or reach what lies in it.
    case enter = 0o1
  }

  /// The number of the user; 0 is root, who may read and write everything.
  public let user: UInt32
  /// The numbers of the groups that the user is in.
  public let groups: Set<UInt32>

  /// Creates a user.
  public init(user: UInt32, groups: Set<UInt32>) {
    self.user = user
    self.groups = groups
  }

  /// Whether the user has a permission.
  ///
  /// The owner's bits count for the owner alone, the group's for its members alone, as the kernel has it.
  ///
  /// - Parameters:
  ///   - permission: the permission.
  ///   - mode: the permission bits of what it is for.
  ///   - owner: the number of its user.
  ///   - group: the number of its group.
  /// - Returns: whether the kernel lets the user, as far as modes decide it.
  public func has(_ permission: Permission, mode: UInt32, owner: UInt32, group: UInt32) -> Bool {
    if user == 0 { return true }
    if user == owner { return mode >> 6 & permission.rawValue != 0 }
    if groups.contains(group) { return mode >> 3 & permission.rawValue != 0 }
    return mode & permission.rawValue != 0
  }
}
