import Images
import JSON
import SourceText
import TestSupport
import Testing

/// Whether umoci is there to compare with.
private let hasUmoci = (try? run(["umoci", "--version"], in: "/"))?.status == 0

@Suite("The union against what umoci unpacks")
struct UnpackingTests {
  /// A layer of which every tool must make the same: no path twice, whiteouts first and of what exists, nothing below a
  /// file.
  private static func layer(
    _ below: LayerView?, _ random: inout SeededGenerator, size: inout Int
  ) -> [Entry] {
    var entries: [Entry] = []
    var used: Set<String> = []
    let all = below.map(listing) ?? []
    let existing = all.map { $0.split(separator: " ").first.map(String.init) ?? "" }
    for path in existing where Int.random(in: 0..<6, using: &random) == 0 {
      let isDirectory = path.hasSuffix("/")
      let plain = isDirectory ? String(path.dropLast()) : path
      let parts = plain.split(separator: "/").map(String.init)
      if used.contains(where: { plain.hasPrefix($0 + "/") }) { continue }
      if isDirectory, Bool.random(using: &random) {
        entries.append(.file(plain + "/.wh..wh..opq", 0))
      } else {
        entries.append(.file((parts.dropLast() + [".wh." + (parts.last ?? "")]).joined(separator: "/"), 0))
      }
      used.insert(plain)
    }
    var written: [String: LayerEntryType] = [:]
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        ["a", "b", "c"].randomElement(using: &random) ?? "a"
      }
      let path = parts.joined(separator: "/")
      let ancestors = (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: "/") }
      // Nothing that another entry of the layer, a whiteout or a file below could be understood of.
      let isFree =
        written[path] == nil && !used.contains { path == $0 || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
        && !written.keys.contains { $0.hasPrefix(path + "/") }
        && ancestors.allSatisfy { (written[$0] ?? .directory) == .directory }
        && ancestors.allSatisfy { ancestor in
          guard let below else { return true }
          let literal = below.item(at: Path(ancestor.utf8), followsLinks: false)
          let real = below.item(at: Path(ancestor.utf8))
          return literal == nil && real == nil || real?.type == .directory
        }
      guard isFree else { continue }
      size += 1
      switch Int.random(in: 0..<6, using: &random) {
      case 0: entries.append(.directory(path))
      case 1: entries.append(.link(path, ["a", "b", "/c", "a/b"].randomElement(using: &random) ?? "a"))
      case 2:
        let targets = entries.filter { $0.type == .file && written[$0.path] == .file }.map(\.path)
        guard let target = targets.randomElement(using: &random) else { continue }
        entries.append(.hardLink(path, target))
      default: entries.append(.file(path, size))
      }
      written[path] = entries.last?.type
    }
    return entries
  }

  @Test(
    "path by path, on random stacks", .enabled(if: hasUmoci, "umoci is not installed: apt-get install umoci"),
    arguments: 0..<3)
  func agrees(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var compared = 0
    for _ in 0..<12 {
      var union = LayerUnion()
      var layers: [[Entry]] = []
      var size = 0
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let entries = Self.layer(layers.isEmpty ? nil : union.merged, &random, size: &size)
        try union.apply(try layerTable(entries))
        layers.append(entries)
      }
      guard let theirs = try Self.unpack(layers) else { continue }
      compared += 1
      let view = union.merged
      var ours: [String] = []
      view.walk { path, item in
        let detail =
          view.target(of: item).map { String(decoding: $0, as: UTF8.self) } ?? view.size(of: item).map(String.init)
        let kind = item.type == .directory ? "d" : item.type == .symbolicLink ? "l" : "f"
        ours.append("\(String(decoding: path, as: UTF8.self)) \(kind) \(detail ?? "")")
        return .enter
      }
      #expect(ours.sorted() == theirs, "\(layers)")
    }
    #expect(compared > 6)
  }

  /// What umoci makes of the layers; nil where it refuses them, as it does where a link on the way leads to a file.
  private static func unpack(_ layers: [[Entry]]) throws -> [String]? {
    let directory = try TemporaryDirectory()
    var store = MemoryStore()
    var blobs: [JSONValue] = []
    var diffIDs: [JSONValue] = []
    for layer in layers {
      let archive = tarArchive(layer)
      blobs.append(store.add(archive, "application/vnd.oci.image.layer.v1.tar"))
      diffIDs.append(.string(ContentDigest(sha256Of: archive).description))
    }
    let root: JSONValue = ["rootfs": ["type": "layers", "diff_ids": .array(diffIDs)]]
    let settings = store.add(
      MemoryStore.configuration("linux/amd64", layers: 0, and: root).encoded(), configurationType)
    let image = store.add(
      manifest(settings, blobs).encoded(), manifestType, platform: "linux/amd64", annotations: tag("t"))
    store.setIndex([image])
    for (path, bytes) in store.files { try directory.write(bytes, to: "image/\(path)") }
    let result = try run(["umoci", "unpack", "--rootless", "--image", "image:t", "bundle"], in: directory.path)
    if result.status != 0 { return nil }
    let found = try run(
      ["find", "bundle/rootfs", "-mindepth", "1", "-printf", "%P %y %s %l\\n"], in: directory.path)
    return found.text.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      return switch parts[1] {
      case "d": "\(parts[0]) d "
      case "l": "\(parts[0]) l \(parts[3])"
      default: "\(parts[0]) \(parts[1]) \(parts[2])"
      }
    }.sorted()
  }

  /// A plain archive of the entries, in the form of POSIX.
  private static func tarArchive(_ entries: [Entry]) -> [UInt8] {
    var archive: [UInt8] = []
    for entry in entries {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, at offset: Int) {
        header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
      }
      func octal(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
      }
      let type =
        switch entry.type {
        case .hardLink: "1"
        case .symbolicLink: "2"
        case .directory: "5"
        default: "0"
        }
      put(entry.path + (entry.type == .directory ? "/" : ""), at: 0)
      put(entry.type == .directory ? "0000755" : "0000644", at: 100)
      put(octal(0, 7), at: 108)
      put(octal(0, 7), at: 116)
      put(octal(entry.size, 11), at: 124)
      put(octal(1_700_000_000, 11), at: 136)
      put("        ", at: 148)
      put(type, at: 156)
      put(entry.target, at: 157)
      put("ustar\0" + "00", at: 257)
      put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
      archive += header
      archive += [UInt8](repeating: 0x78, count: entry.size)
      archive += [UInt8](repeating: 0, count: (512 - entry.size % 512) % 512)
    }
    return archive + [UInt8](repeating: 0, count: 1024)
  }
}
