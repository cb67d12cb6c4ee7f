internal import CacheEffects
internal import Dockerfiles
internal import Facts
internal import Images
internal import SourceText

/// Which instruction of a Dockerfile made which layer of an image, as far as the history of the image shows it.
///
/// Steps and instructions are gone through from their ends, and only as long as they fit: what an older file or another
/// stage made is not attributed.
struct LayerInstructions {
  /// The number of the instruction for each layer.
  private(set) var byLayer: [Int: Int] = [:]

  /// - Parameters:
  ///   - image: the image.
  ///   - dockerfile: the file that it is built from.
  ///   - stage: the stage that is its last one.
  init(_ image: Image, _ dockerfile: DockerfileFacts, stage: Int) {
    let graph = dockerfile.environments.graph
    let own = graph.chain(of: stage).sorted().flatMap { graph.stages[$0].instructions }
    var open = own.filter { Self.mayMakeLayer(dockerfile.file.instructions[$0].keyword) }
    for layer in image.layers.indices.reversed() {
      guard let step = image.history.step(ofLayer: layer), let keyword = step.keyword else { return }
      // A WORKDIR makes a layer where its directory is new.
      while let last = open.last, dockerfile.file.instructions[last].keyword == .workdir, keyword != "WORKDIR" {
        open.removeLast()
      }
      guard let last = open.popLast(), fits(step, keyword, dockerfile, last) else { return }
      byLayer[layer] = last
    }
  }

  private static func mayMakeLayer(_ keyword: Keyword?) -> Bool {
    switch keyword {
    case .run, .copy, .add, .workdir: true
    default: false
    }
  }

  private func fits(_ step: BuildStep, _ keyword: String, _ dockerfile: DockerfileFacts, _ number: Int) -> Bool {
    let instruction = dockerfile.file.instructions[number]
    guard instruction.keyword?.rawValue.uppercased() == keyword else { return false }
    // Builders write sources of COPY as digests, and paths of WORKDIR in full.
    guard instruction.keyword == .run else { return true }
    let written = dockerfile.effects[number]?.text.bytes ?? instruction.text.bytes
    let here = Self.squeezed(written)
    let there = Self.squeezed(Array(step.text.utf8))
    // Flags such as --mount are no part of what the shell gets, and a here-document is told by its first line.
    return here == there || here.count > there.count && here.suffix(there.count).elementsEqual(there)
      || !instruction.heredocs.isEmpty && there.starts(with: Self.squeezed(Array("<<".utf8)))
  }

  /// The bytes without blanks, line ends and what continues lines.
  private static func squeezed(_ text: [UInt8]) -> [UInt8] {
    text.filter { $0 > 0x20 && $0 != UInt8(ascii: "\\") }
  }
}
