internal import Images
public import SourceText

/// The users of an image, by its own `/etc/passwd` and `/etc/group` (passwd(5), group(5)).
public struct UserTable: Sendable, Hashable {
  /// A user.
  public struct User: Sendable, Hashable {
    /// The name.
    public let name: [UInt8]
    /// The number.
    public let number: UInt32
    /// The number of the group.
    public let group: UInt32
    /// The home, from the root of the image.
    public let home: Path
  }

  /// As whom a container runs.
  public struct Identity: Sendable, Hashable {
    /// The number of the user.
    public let user: UInt32
    /// The numbers of the groups, the first of them first.
    public let groups: [UInt32]
    /// The home; `/` for a number without a name, as container engines set it.
    public let home: Path

    /// Creates an identity.
    public init(user: UInt32, groups: [UInt32], home: Path) {
      self.user = user
      self.groups = groups
      self.home = home
    }
  }

  private struct Group: Sendable, Hashable {
    let name: [UInt8]
    let number: UInt32
    let members: [[UInt8]]
  }

  /// The users, in the order of the file.
  public private(set) var users: [User] = []
  private var groups: [Group] = []

  /// Reads the two files; lines that are none of their form are passed over, as container engines do.
  public init(passwd: [UInt8], group: [UInt8]) {
    for line in passwd.split(separator: UInt8(ascii: "\n")).prefix(ReadingLimits.users) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 6, let number = UserWords.number(fields[2]), let group = UserWords.number(fields[3]) else {
        continue
      }
      users.append(User(name: Array(fields[0]), number: number, group: group, home: Self.path(fields[5])))
    }
    for line in group.split(separator: UInt8(ascii: "\n")).prefix(ReadingLimits.users) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 3, let number = UserWords.number(fields[2]) else { continue }
      let members = fields.count > 3 ? fields[3].split(separator: UInt8(ascii: ",")).map(Array.init) : []
      groups.append(Group(name: Array(fields[0]), number: number, members: members))
    }
  }

  /// As whom a container runs by the USER of its image: `name`, `number`, `name:group` or `number:number`.
  ///
  /// Names come before numbers, and the groups that list the user count where none is named.
  ///
  /// - Parameter text: the user of the configuration; empty for root.
  /// - Returns: the identity; nil for a name that the image does not know.
  public func identity(_ text: String) -> Identity? {
    let words = UserWords(text)
    let wanted = Array(words.user.utf8)
    let known =
      wanted.isEmpty
      ? users.first { $0.number == 0 }
      : users.first { $0.name == wanted }
        ?? UserWords.number(wanted).flatMap { number in users.first { $0.number == number } }
    guard let number = known?.number ?? (wanted.isEmpty ? 0 : UserWords.number(wanted)) else { return nil }
    let home = known?.home ?? (number == 0 ? "root" : .root)
    if let group = words.group, !group.isEmpty {
      let name = Array(group.utf8)
      guard let group = groups.first(where: { $0.name == name })?.number ?? UserWords.number(name) else { return nil }
      return Identity(user: number, groups: [group], home: home)
    }
    let listed = known.map { user in groups.filter { $0.members.contains(user.name) }.map(\.number) } ?? []
    return Identity(user: number, groups: [known?.group ?? 0] + listed, home: home)
  }

  /// The homes of users that are directories of their own, up to one more than their limit.
  var homes: [Path] {
    var homes: [Path] = []
    var seen: Set<Path> = []
    for user in users where !user.home.isRoot && seen.insert(user.home).inserted {
      homes.append(user.home)
      if homes.count > ReadingLimits.homes { break }
    }
    return homes
  }

  private static func path(_ field: ArraySlice<UInt8>) -> Path {
    Path(Array(field.split(separator: UInt8(ascii: "/")).joined(separator: [UInt8(ascii: "/")])))
  }
}
