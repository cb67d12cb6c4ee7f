public import CacheEffects
public import Dockerfiles
public import SourceText

/// A Dockerfile and what ships of it.
public struct DockerfileFacts: Sendable {
  /// Where it is.
  public let path: Path
  /// Its syntax.
  public let file: Dockerfile
  /// What its instructions write, and what holds at each.
  public let effects: CacheEffects
  /// The stages that ship, each with the profile that it is judged by.
  public let products: [ProductFacts]
  /// The directory that a build of it sends, as far as that is known: a compose file's, else its own.
  public let context: Path
  /// Whether its name says that it is a template.
  public let isTemplateByName: Bool
  /// The Dockerfiles of the same repository that build the images which stages start from in the end, by the stage.
  public let builtBases: [Int: DockerfileFacts]

  /// Creates the fact.
  public init(
    path: Path, file: Dockerfile, effects: CacheEffects, products: [ProductFacts], context: Path,
    isTemplateByName: Bool, builtBases: [Int: DockerfileFacts] = [:]
  ) {
    self.path = path
    self.file = file
    self.effects = effects
    self.products = products
    self.context = context
    self.isTemplateByName = isTemplateByName
    self.builtBases = builtBases
  }

  /// Its stages and their environments.
  public var environments: StageEnvironments { effects.environments }

  /// What is known of the images that stages start from, by their names.
  public var images: [String: KnownBase] {
    var images: [String: KnownBase] = [:]
    for stage in environments.graph.stages {
      guard let image = environments.graph.image(of: stage.index) else { continue }
      if let base = environments.bases[stage.index] { images[image] = base }
    }
    return images
  }

  /// Where a range of an instruction's joined text stands in the file.
  public func place(_ range: ByteRange, in instruction: Int) -> ByteRange {
    file.instructions[instruction].text.physical(range)
  }
}

/// A stage that ships.
public struct ProductFacts: Sendable {
  /// The stage's number.
  public let stage: Int
  /// The profile that it is judged by.
  public let profile: String
  /// Why it is taken for a product.
  public let reason: String

  /// Creates the fact.
  public init(stage: Int, profile: String, reason: String) {
    self.stage = stage
    self.profile = profile
    self.reason = reason
  }
}
