/// A stage whose layers ship.
public struct Product: Hashable, Sendable {
  /// The stage's number.
  public let stage: Int
  /// The profile that claims the stage, or nil where none does.
  public let profile: String?
  /// Why it is taken for a product, for the report.
  public let reason: String
}

extension StageGraph {
  /// The stages that ship, in the order of the file.
  ///
  /// - Parameters:
  ///   - target: the stage that the user names; it alone is the product then.
  ///   - composeTarget: the `build.target` of a compose file.
  ///   - profile: the profile that claims a stage of this name.
  /// - Returns: one stage or more; none where the file has no stage.
  public func products(
    target: String? = nil, composeTarget: String? = nil, claimedBy profile: (String) -> String? = { _ in nil }
  ) -> [Product] {
    if let target, let index = stage(named: target) {
      return [Product(stage: index, profile: claim(index, profile), reason: "\(stages[index].title) (--target)")]
    }
    var products: [Product] = []
    for stage in stages {
      guard let claim = claim(stage.index, profile) else { continue }
      products.append(
        Product(stage: stage.index, profile: claim, reason: "\(stage.title) (claimed by profile `\(claim)`)"))
    }
    guard let usual = usualProduct(composeTarget), !products.contains(where: { $0.stage == usual.stage }) else {
      return products
    }
    return (products + [usual]).sorted { $0.stage < $1.stage }
  }

  private func claim(_ stage: Int, _ profile: (String) -> String?) -> String? {
    stages[stage].name.flatMap(profile)
  }

  private func usualProduct(_ composeTarget: String?) -> Product? {
    guard let last = stages.last else { return nil }
    if let composeTarget, let index = stage(named: composeTarget) {
      return Product(stage: index, profile: nil, reason: "\(stages[index].title) (build.target of the compose file)")
    }
    let found = stages.last { !Self.isHelper($0.name) } ?? last
    let reason =
      if stages.count == 1 {
        "the only stage"
      } else if found.index == last.index {
        "last stage"
      } else {
        "\(found.title), the last that is not named like one for development or tests"
      }
    return Product(stage: found.index, profile: nil, reason: reason)
  }

  /// Whether a stage of this name is one for development or tests.
  private static func isHelper(_ name: String?) -> Bool {
    guard let name else { return false }
    return name == "ci" || ["dev", "test", "debug", "lint"].contains { name.utf8.starts(with: $0.utf8) }
  }
}
