internal import YAML

/// Turns `_places.yaml` into Swift: names that are no cache by themselves, and places with an answer of their own.
func generatePlaces(_ source: TextFile) throws(GenerationError) -> TextFile {
  var fields = try fields(of: source)
  var friends = ""
  for friend in try fields.mappings("false_friends") {
    var friend = friend
    let name = try friend.needed("name")
    let otherwise = try friend.needed("otherwise")
    friends += ([name, otherwise] + (try friend.list("needs_proof_of"))).joined(separator: "\t") + "\n"
    try friend.end()
  }
  let kept = try fields.list("never_delete").map { $0 + "\n" }.joined()
  var secrets = ""
  for secret in try fields.mappings("secret_findings") {
    var secret = secret
    secrets += "\(try secret.needed("path"))\t\(try secret.needed("id"))\n"
    try secret.end()
  }
  try fields.end()
  let text = """
    /// The compact form of \(source.path).
    enum GeneratedPlaces {
      /// A name, what it is otherwise, and the kinds that may prove it.
      static let falseFriends: StaticString = \(rawLiteral(friends))

      /// Places that a fix never removes.
      static let neverDelete: StaticString = \(rawLiteral(kept))

      /// Places of secrets and the kind that each is part of.
      static let secrets: StaticString = \(rawLiteral(secrets))
    }

    """
  return TextFile(path: catalogueDirectory + "GeneratedPlaces.swift", header + text)
}
