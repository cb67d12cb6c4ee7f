internal import YAML

/// Turns `_programs.yaml` into Swift: what programs do beside writing caches.
func generatePrograms(_ source: TextFile) throws(GenerationError) -> TextFile {
  var fields = try fields(of: source)
  var removals = ""
  for removal in try fields.mappings("removes_packages") {
    var removal = removal
    removals += ([try removal.needed("program")] + (try removal.list("words"))).joined(separator: "\t") + "\n"
    try removal.end()
  }
  let inert = try fields.list("inert").map { $0 + "\n" }.joined()
  let servers = try fields.list("servers").map { $0 + "\n" }.joined()
  let interpreters = try fields.list("interpreters").map { $0 + "\n" }.joined()
  try fields.end()
  let text = """
    /// The compact form of \(source.path).
    enum GeneratedPrograms {
      /// A program, and the words with which it removes packages.
      static let removals: StaticString = \(rawLiteral(removals))

      /// Programs that start nothing but themselves.
      static let inert: StaticString = \(rawLiteral(inert))

      /// Servers.
      static let servers: StaticString = \(rawLiteral(servers))

      /// Programs that run what they are given by its name.
      static let interpreters: StaticString = \(rawLiteral(interpreters))
    }

    """
  return TextFile(path: catalogueDirectory + "GeneratedPrograms.swift", header + text)
}
