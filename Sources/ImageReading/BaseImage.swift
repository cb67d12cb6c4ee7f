internal import Images
internal import SourceText

extension ReadingRun {
  /// How many of the lowest layers are the base image's, and why: by the image that was named as the base, else by the
  /// history.
  mutating func base(of image: Image) -> (layers: Int, reason: String)? {
    guard let base = options.base else {
      return image.history.baseLayers.map {
        ($0, "the history has the CMD of a base image before the last layers")
      }
    }
    let name = base.description
    do throws(ReadingError.Reason) {
      let layers = try diffIDs(of: base, for: image.platform)
      let own = image.layers.map(\.diffID)
      if let difference = layers.indices.first(where: { $0 >= own.count || layers[$0] != own[$0] }) {
        throw .notTheBase(base: name, layer: difference)
      }
      return (layers.count, "they are those of \(name)")
    } catch {
      fail(error)
      return nil
    }
  }

  /// The layers of the base image, of which only the documents are read.
  private func diffIDs(of base: ImageTarget, for platform: Platform) throws(ReadingError.Reason) -> [ContentDigest] {
    guard base != .standardInput else { throw .base("standard input is read for the image alone") }
    let opened: OpenedTarget
    do throws(ReadingError.Reason) {
      opened = try TargetOpener(options: options).open(base)
    } catch {
      throw .base(ReadingError(error, target: base.description).description)
    }
    guard case .images(let store, let isLayout) = opened else {
      throw .base("\(base) is no image, but a layer or a root file system")
    }
    // The only image of the target will do, whatever it says to run on; of several, the one for the same platform.
    let choice = ImageChoice(tag: base.tag, platform: .automatic(host: platform), verifies: options.verifies)
    let set: ImageSet
    do throws(ReadingError.Reason) {
      set = try chosenImages(store, isLayout: isLayout, choice)
    } catch {
      throw .base(ReadingError(error, target: base.description).description)
    }
    guard let image = set.images.first else { throw .base("\(base) holds no image") }
    return image.layers.map(\.diffID)
  }
}
