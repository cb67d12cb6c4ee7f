/// What programs do beside writing caches, as far as that decides a verdict.
public enum Programs {
  /// What package managers call the removal of packages: the words, by the program.
  public static let removals: [String: Set<String>] = Dictionary(
    uniqueKeysWithValues: RecordReader.map(GeneratedPrograms.removals) { ($0.text(0), Set($0.texts())) })

  /// Programs that start nothing but themselves, and look at no switch of a cache.
  public static let inert = Set(RecordReader.map(GeneratedPrograms.inert) { $0.text(0) })

  /// Servers, which are applications and no tools of a build.
  public static let servers = Set(RecordReader.map(GeneratedPrograms.servers) { $0.text(0) })

  /// Programs that run what they are given by its name; without one they read what a person types.
  public static let interpreters = Set(RecordReader.map(GeneratedPrograms.interpreters) { $0.text(0) })
}
