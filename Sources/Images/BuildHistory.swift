/// How an image was made, and which step made which layer.
public struct BuildHistory: Sendable, Hashable {
  /// All steps, those without a layer among them, the oldest first.
  public let steps: [BuildStep]
  /// For each layer the number of its step; nil where that is not known.
  public let stepOfLayer: [Int?]
  /// How many steps made a layer by what they say themselves.
  public let layerSteps: Int
  /// Whether the steps and the layers fit each other.
  public let matches: Bool
  /// How many of the lowest layers seem to be the base image's; nil where nothing tells.
  ///
  /// A base image usually ends with a CMD. As in trivy (`GuessBaseImageIndex`) it is the last one before the youngest
  /// step that made a layer.
  public let baseLayers: Int?

  /// Attributes the layers of an image to the steps of its history, in order, and never by guessing.
  ///
  /// Where there are fewer steps than layers, the layers of a base image without history are at the bottom; that is
  /// taken for sure only where the history begins by naming its base, as buildah's does.
  public init(_ history: [ImageConfiguration.HistoryEntry], layerCount: Int) {
    steps = history.map { BuildStep(createdBy: $0.createdBy) }
    let makers = history.indices.filter { !history[$0].isEmptyLayer }
    layerSteps = makers.count
    matches = makers.count == layerCount
    let namesBase = history.first?.comment.hasPrefix("FROM ") == true
    if matches || makers.count < layerCount && !makers.isEmpty && namesBase {
      stepOfLayer = Array(repeating: nil, count: layerCount - makers.count) + makers.map(Optional.some)
    } else {
      stepOfLayer = Array(repeating: nil, count: layerCount)
    }
    baseLayers = matches ? Self.baseLayers(history, steps) : nil
  }

  /// The step that made a layer; nil where that is not known.
  public func step(ofLayer layer: Int) -> BuildStep? { stepOfLayer[layer].map { steps[$0] } }

  private static func baseLayers(_ history: [ImageConfiguration.HistoryEntry], _ steps: [BuildStep]) -> Int? {
    guard let youngest = history.lastIndex(where: { !$0.isEmptyLayer }) else { return nil }
    let base = history[..<youngest].indices.last { history[$0].isEmptyLayer && steps[$0].keyword == "CMD" }
    return base.map { history[..<$0].count { !$0.isEmptyLayer } }
  }
}
