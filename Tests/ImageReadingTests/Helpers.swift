import Facts
import ImageReading
import Images
import SourceText
import TestSupport

extension TemporaryDirectory {
  /// Writes files below a directory.
  func write(_ files: [String: [UInt8]], to directory: String) throws {
    for (name, bytes) in files { try write(bytes, to: "\(directory)/\(name)") }
  }

  /// Reads a target whose path lies in the directory.
  func examine(_ target: String, _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> ReadingResult {
    let parts = target.split(separator: ":", maxSplits: 1)
    var options = ReadingOptions()
    options.platform = .automatic(host: Platform(system: "linux", architecture: "amd64"))
    change(&options)
    guard parts.count == 2, let parsed = try ImageTarget("\(parts[0]):\(path)/\(parts[1])") else {
      let file = Path((path + "/" + target).utf8)
      guard let found = ImageTarget(archiveAt: file) ?? ImageTarget(directoryAt: file) else { return ReadingResult() }
      return readImages(found, options: options)
    }
    return readImages(parsed, options: options)
  }

  /// Reads an image as a layout.
  func examine(_ image: TestImage, _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> ReadingResult {
    try write(image.layout, to: "image")
    return try examine("oci:image", change)
  }
}

extension ReadingResult {
  /// The paths of the only image: directories with a slash, links with their target, files with their size.
  var listing: [String] {
    guard let view = images.first?.facts.union.merged else { return [] }
    var lines: [String] = []
    view.walk { path, item in
      var line = printable(path)
      if item.type == .directory { line += "/" }
      if let target = view.target(of: item) { line += " -> " + printable(target) }
      if let size = view.size(of: item) { line += " \(size)" }
      lines.append(line)
      return .enter
    }
    return lines
  }

  /// The errors in words.
  var messages: [String] { errors.map(\.description) }

  /// The error, where there is but one.
  var message: String { messages.count == 1 ? messages[0] : "\(messages)" }

  /// The notes of all layers.
  var layerNotes: [String] { images.flatMap { $0.facts.layers.flatMap { $0.notes + $0.remarks } } }

  /// What the union noted.
  var unionNotes: [LayerNote.Kind] {
    images.flatMap { image in
      (0..<image.facts.union.layerCount).flatMap { image.facts.union.notes(ofLayer: $0).map(\.kind) }
    }
  }
}
