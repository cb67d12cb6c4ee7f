internal import Files
internal import Images
internal import SourceText

/// A layer as overlay2 (docker) and containers-storage (podman, buildah) keep it: a directory with `diff`, its short
/// name in `link`, and in `lower` the short names of the layers below, the nearest first.
struct OverlayDirectory {
  /// The directories that hold the layers, the lowest first.
  let layers: [Path]

  /// Finds the layers; nil for a directory of another form.
  init?(_ directory: Path) throws(ReadingError.Reason) {
    guard Self.kind(directory.appending("diff")) == .directory,
      Self.kind(directory.appending("link")) == .regular || Self.kind(directory.appending("lower")) == .regular
    else { return nil }
    var layers: [Path] = []
    for name in try Self.lower(directory) {
      layers.append(try Self.layer(name, in: directory.appending("..")))
    }
    self.layers = layers.reversed() + [directory.appending("diff")]
  }

  private static func kind(_ path: Path) -> FileKind? { try? fileStatus(at: path).kind }

  /// What `lower` lists; nothing for the lowest layer.
  private static func lower(_ directory: Path) throws(ReadingError.Reason) -> [ArraySlice<UInt8>] {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try readFile(at: directory.appending("lower"), limit: 1 << 20, followLinks: false)
    } catch {
      if error.reason == .missing { return [] }
      throw .file(error)
    }
    let names = bytes.split { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\n") }
    guard names.count < ImageLimits.layerCount else {
      throw .blob("`lower` names more than \(ImageLimits.layerCount) layers, the limit; it cannot be raised")
    }
    return names
  }

  /// The directory that a short name, `l/NAME`, leads to: `../ID/diff` and nothing else.
  private static func layer(
    _ name: ArraySlice<UInt8>, in storage: Path
  ) throws(ReadingError.Reason) -> Path {
    let failure = ReadingError.Reason.lowerLayer(String(decoding: name, as: UTF8.self))
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].elementsEqual("l".utf8), isName(parts[1]) else { throw failure }
    guard let target = try? linkTarget(at: storage.appending(name)) else { throw failure }
    let steps = target.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard steps.count == 3, steps[0].elementsEqual("..".utf8), isName(steps[1]), steps[2].elementsEqual("diff".utf8)
    else { throw failure }
    return storage.appending(steps[1]).appending("diff")
  }

  private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
    !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
  }
}
