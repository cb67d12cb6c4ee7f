internal import Facts
internal import Findings
internal import Images
internal import SourceText

extension ImageFacts {
  /// The number of a layer as findings tell it; nil in a root file system without layers.
  func number(of layer: Int) -> Int? { hasLayers ? layer : nil }

  /// A path that a layer brings, as the place of a finding.
  func place(_ path: Path, in layer: Int) -> Place {
    guard layers.indices.contains(layer) else { return .entry(EntryPlace(path, layer: number(of: layer))) }
    return .entry(
      EntryPlace(
        path, layer: number(of: layer), digest: layers[layer].digest ?? layers[layer].diffID,
        instruction: layers[layer].step?.line))
  }

  /// A layer as sentences name it: `layer 3`, or the image where there is but one.
  func name(of layer: Int) -> String { number(of: layer).map { "layer \($0)" } ?? "the file system" }

  /// What tells a layer to programs; none of it outlives the next build.
  func evidence(of layer: Int, _ prefix: String = "") -> [Evidence] {
    guard let number = number(of: layer) else { return [] }
    var evidence = [Evidence("\(prefix)layer", String(number), isStable: false)]
    guard layers.indices.contains(layer) else { return evidence }
    for (name, digest) in [("digest", layers[layer].digest ?? layers[layer].diffID), ("diff_id", layers[layer].diffID)]
    {
      if let digest { evidence.append(Evidence("\(prefix)\(name)", digest, isStable: false)) }
    }
    if let line = layers[layer].step?.line { evidence.append(Evidence("\(prefix)instruction", line, isStable: false)) }
    return evidence
  }
}
