/// A user by number, as an image runs as one: who may read what.
public struct FileUser: Hashable, Sendable {
  /// The number of the user; 0 is root, who may read everything.
  public let user: UInt32
  /// The numbers of the groups that the user is in.
  public let groups: Set<UInt32>

  /// Creates a user.
  public init(user: UInt32, groups: Set<UInt32>) {
    self.user = user
    self.groups = groups
  }

  /// Whether the user may read a file, by its mode and its owners.
  func mayRead(_ status: BytecodeTreeStatus) -> Bool { has(0o4, on: status) }

  /// Whether the user may reach what lies in a directory.
  func mayEnter(_ status: BytecodeTreeStatus) -> Bool { has(0o1, on: status) }

  /// The owner's bits count for the owner alone, the group's for its members alone, as the kernel has it.
  private func has(_ permission: UInt32, on status: BytecodeTreeStatus) -> Bool {
    if user == 0 { return true }
    if user == status.owner { return status.mode >> 6 & permission != 0 }
    if groups.contains(status.group) { return status.mode >> 3 & permission != 0 }
    return status.mode & permission != 0
  }
}
