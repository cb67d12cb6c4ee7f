/// Which programs `yum` and `dnf` are in an image of the RPM world: both are names of several.
public enum PackageTools: String, Sendable, Hashable, CaseIterable {
  /// Yum 3, with `/var/cache/yum`.
  case yum
  /// DNF 4, of which `yum` is a name, too.
  case dnf
  /// DNF 5, of which `yum` and `dnf` are names.
  case dnf5
}
