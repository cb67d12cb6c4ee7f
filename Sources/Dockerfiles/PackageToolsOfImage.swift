public import Versions

extension PackageTools {
  /// Names of images, and the first version with each generation; a name that ends in a slash stands for all below it.
  ///
  /// The versions are those of the release notes: Red Hat Enterprise Linux 8 and its kin have DNF 4, Fedora has it since
  /// version 22 and DNF 5 since version 41, Amazon Linux has DNF 4 since version 2023.
  private static let images: [(names: [String], since: [(version: Int, tools: PackageTools)])] = [
    (
      [
        "almalinux", "almalinux/almalinux", "centos", "oraclelinux", "quay.io/centos/centos", "rockylinux",
        "rockylinux/rockylinux", "quay.io/rockylinux/rockylinux", "quay.io/almalinuxorg/almalinux",
      ], [(0, .yum), (8, .dnf)]
    ),
    (["fedora", "quay.io/fedora/fedora", "registry.fedoraproject.org/fedora"], [(0, .yum), (22, .dnf), (41, .dnf5)]),
    (["amazonlinux", "public.ecr.aws/amazonlinux/amazonlinux"], [(0, .yum), (2023, .dnf)]),
    (
      ["registry.access.redhat.com/ubi7", "registry.access.redhat.com/ubi7/", "ubi7", "ubi7/", "redhat/ubi7"],
      [(0, .yum)]
    ),
    (
      ["8", "9", "10"].flatMap { version in
        [
          "registry.access.redhat.com/ubi\(version)", "registry.access.redhat.com/ubi\(version)/", "ubi\(version)",
          "ubi\(version)/", "registry.redhat.io/ubi\(version)", "registry.redhat.io/ubi\(version)/",
          "redhat/ubi\(version)", "redhat/ubi\(version)-minimal", "redhat/ubi\(version)-init",
        ]
      }, [(0, .dnf)]
    ),
  ]

  private static let rows: [String: [(version: Int, tools: PackageTools)]] = Dictionary(
    uniqueKeysWithValues: images.flatMap { row in row.names.map { ($0, row.since) } })

  /// What an image has, by its name and tag; nil where they do not tell.
  public init?(image: String) {
    let name = ImageName(image)
    let folder = name.name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name.name[...$0]) } ?? ""
    guard let since = Self.rows[name.name] ?? Self.rows[folder], let newest = since.last?.tools else { return nil }
    // `9`, `9.3-minimal`, `stream9`, `centos7.9.2009`
    let digits = name.tag.utf8.drop { !isDigit($0) }.prefix { isDigit($0) }
    guard let version = Int(text(digits)) else {
      let isNewest =
        name.tag.isEmpty ? !image.utf8.contains(UInt8(ascii: "@")) : ["latest", "rawhide"].contains(name.tag)
      guard isNewest || since.count == 1 else { return nil }
      self = newest
      return
    }
    guard let row = since.last(where: { $0.version <= version }) else { return nil }
    self = row.tools
  }
}
