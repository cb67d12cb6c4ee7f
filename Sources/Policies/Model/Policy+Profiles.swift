public import SourceText

/// What a caller says about profiles.
public struct ProfileInputs: Hashable, Sendable {
  /// The profile for what nobody claims.
  public var profile: String?
  /// The profile for everything.
  public var forced: String?

  /// Creates the inputs.
  public init(profile: String? = nil, forced: String? = nil) {
    self.profile = profile
    self.forced = forced
  }
}

extension Policy {
  /// The profile of a file: the last whose `paths` claim it, else the default.
  public func profile(forFile path: Path, _ inputs: ProfileInputs = ProfileInputs()) -> ProfileChoice {
    if let forced = inputs.forced { return ProfileChoice(profile: forced, reason: .forced) }
    for profile in profiles.inOrder(of: \.paths?.origin).reversed() {
      guard let paths = profile.paths, paths.value.matches(path) else { continue }
      return ProfileChoice(profile: profile.name, reason: .path(paths.origin))
    }
    return profileForTheRest(inputs)
  }

  /// The profile of a build stage: the last whose `stages` claim its name, else that of the file.
  public func profile(
    forStage stage: String?, inFile path: Path, _ inputs: ProfileInputs = ProfileInputs()
  ) -> ProfileChoice {
    if let forced = inputs.forced { return ProfileChoice(profile: forced, reason: .forced) }
    if let stage = stage?.lowercased() {
      for profile in profiles.inOrder(of: \.stages?.origin).reversed() {
        guard let stages = profile.stages else { continue }
        guard stages.value.contains(where: { Wildcard($0.pattern.lowercased()).matches(stage) }) else { continue }
        return ProfileChoice(profile: profile.name, reason: .stage(stages.origin))
      }
    }
    return profile(forFile: path, inputs)
  }

  /// The profile of what has neither path nor stage, such as an image.
  public func profileForTheRest(_ inputs: ProfileInputs = ProfileInputs()) -> ProfileChoice {
    if let forced = inputs.forced { return ProfileChoice(profile: forced, reason: .forced) }
    if let asked = inputs.profile { return ProfileChoice(profile: asked, reason: .asked) }
    guard let stated = defaultProfile else { return ProfileChoice(profile: "production", reason: .fallback) }
    return ProfileChoice(profile: stated.value, reason: .policy(stated.origin))
  }
}

extension [Profile] {
  /// The profiles by when a policy states their claims: what is merged later stands later.
  fileprivate func inOrder(of origin: (Profile) -> Origin?) -> [Profile] {
    enumerated().sorted {
      (origin($0.element)?.layer ?? 0, $0.offset) < (origin($1.element)?.layer ?? 0, $1.offset)
    }.map(\.element)
  }
}
