import Images
import SourceText
import TestSupport
import Testing

/// The union of layers as one would write it at first: a dictionary from paths to what stands there.
private struct Model {
  struct Copy {
    let path: String
    let layer: Int
    let size: Int
    let content: UInt64?
    var fate = CopyFate.live
    var end: Int?
  }

  enum Thing {
    case directory
    case link(String)
    case file(Int)
  }

  var things: [String: (thing: Thing, layer: Int, isHardLink: Bool)] = [:]
  var copies: [Copy] = []

  mutating func apply(_ entries: [Entry], layer: Int) {
    let normal = entries.map { Self.parts($0.path) }
    let lower = self
    let hides = normal.contains { $0.last?.hasPrefix(".wh.") ?? false }
    for path in normal {
      guard let name = path.last, name.hasPrefix(".wh.") else { continue }
      let hidden = String(name.dropFirst(4))
      if name == ".wh..wh..opq" {
        // A directory of this layer that took the place of a link hides nothing where the link led.
        guard let place = lower.resolve(Array(path.dropLast()), layer: layer, replaced: normal, entries) else {
          continue
        }
        things = things.filter { $0.key.isEmpty || $0.value.layer == layer || !Self.isBelow($0.key, place) }
      } else {
        guard let parent = lower.resolve(Array(path.dropLast()), layer: layer, replaced: normal, entries) else {
          continue
        }
        let place = parent.isEmpty ? hidden : parent + "/" + hidden
        things = things.filter { $0.key != place && !Self.isBelow($0.key, place) }
      }
    }
    for (entry, path) in zip(entries, normal) {
      guard let name = path.last, !name.hasPrefix(".wh.") else { continue }
      let parent = makeDirectories(Array(path.dropLast()), layer: layer)
      let place = parent.isEmpty ? name : parent + "/" + name
      switch entry.type {
      case .directory:
        if case .directory? = things[place]?.thing {} else { clear(place) }
        things[place] = (.directory, layer, false)
      case .symbolicLink:
        clear(place)
        things[place] = (.link(entry.target), layer, false)
      case .hardLink:
        let target = Self.parts(entry.target)
        // What the layer hides can still be linked to.
        guard let (from, thing) = linked(target) ?? (hides ? lower.linked(target) : nil) else { continue }
        if case .directory = thing { continue }
        if from == place { continue }
        clear(place)
        things[place] = (thing, layer, true)
      default:
        clear(place)
        copies.append(Copy(path: place, layer: layer, size: entry.size, content: entry.content))
        things[place] = (.file(copies.count - 1), layer, false)
      }
    }
    settle(layer)
  }

  /// What stands at a path that a hard link names, and where that is.
  private func linked(_ path: [String]) -> (String, Thing)? {
    guard let name = path.last, let parent = find(Array(path.dropLast())) else { return nil }
    let place = parent.isEmpty ? name : parent + "/" + name
    return things[place].map { (place, $0.thing) }
  }

  private mutating func settle(_ layer: Int) {
    var seen: Set<Int> = []
    for thing in things.values { if case .file(let copy) = thing.thing { seen.insert(copy) } }
    for number in copies.indices where copies[number].end == nil && !seen.contains(number) {
      let copy = copies[number]
      copies[number].end = layer
      if copy.layer == layer {
        copies[number].fate = .duplicate
      } else if let now = things[copy.path] {
        guard case .file(let other) = now.thing, !now.isHardLink, copies[other].size == copy.size else {
          copies[number].fate = .rewritten
          continue
        }
        if let old = copy.content, let new = copies[other].content {
          copies[number].fate = old == new ? .metadataOnly : .rewritten
        } else {
          copies[number].fate = .rewrittenOrMetadataOnly
        }
      } else {
        copies[number].fate = .deleted
      }
    }
  }

  private mutating func clear(_ place: String) {
    things = things.filter { $0.key != place && !Self.isBelow($0.key, place) }
  }

  private static func isBelow(_ path: String, _ directory: String) -> Bool {
    directory.isEmpty ? !path.isEmpty : path.hasPrefix(directory + "/")
  }

  private static func parts(_ path: String) -> [String] {
    var parts: [String] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
    }
    return parts
  }

  /// Where a directory is for a whiteout: nil where there is none, or where this layer replaces a link on the way.
  private func resolve(_ path: [String], layer: Int, replaced: [[String]], _ entries: [Entry]) -> String? {
    var closed: Set<String> = []
    for (entry, own) in zip(entries, replaced) where entry.type == .directory {
      guard let name = own.last, let parent = find(Array(own.dropLast())) else { continue }
      let place = parent.isEmpty ? name : parent + "/" + name
      if case .link? = things[place]?.thing { closed.insert(place) }
    }
    return find(path, closed: closed)
  }

  private func find(_ path: [String], closed: Set<String> = []) -> String? {
    var pending = path
    var place: [String] = []
    var hops = 0
    while !pending.isEmpty {
      let name = pending.removeFirst()
      if name == "." || name.isEmpty { continue }
      if name == ".." {
        _ = place.popLast()
        continue
      }
      let next = (place + [name]).joined(separator: "/")
      switch things[next]?.thing {
      case .directory?: place.append(name)
      case .link(let target)?:
        if closed.contains(next) { return nil }
        hops += 1
        if hops > 255 {
          let literal = path.joined(separator: "/")
          if case .directory? = things[literal]?.thing { return literal }
          return nil
        }
        if target.hasPrefix("/") { place = [] }
        pending = target.split(separator: "/").map(String.init) + pending
      default: return nil
      }
    }
    return place.joined(separator: "/")
  }

  private mutating func makeDirectories(_ path: [String], layer: Int) -> String {
    var pending = path
    var place: [String] = []
    var hops = 0
    while !pending.isEmpty {
      let name = pending.removeFirst()
      if name == "." || name.isEmpty { continue }
      if name == ".." {
        _ = place.popLast()
        continue
      }
      let next = (place + [name]).joined(separator: "/")
      if case .link(let target)? = things[next]?.thing {
        hops += 1
        if hops > 255 {
          // The directories that were made on the way stay, as they do where an archive is unpacked.
          for end in 1...path.count {
            let place = path.prefix(end).joined(separator: "/")
            if case .directory? = things[place]?.thing { continue }
            clear(place)
            things[place] = (.directory, layer, false)
          }
          return path.joined(separator: "/")
        }
        if target.hasPrefix("/") { place = [] }
        pending = target.split(separator: "/").map(String.init) + pending
        continue
      }
      if case .directory? = things[next]?.thing {
      } else {
        clear(next)
        things[next] = (.directory, layer, false)
      }
      place.append(name)
    }
    return place.joined(separator: "/")
  }

  /// The tree as ``listing(_:)`` gives it.
  var paths: [String] {
    things.map { path, value in
      switch value.thing {
      case .directory: path + "/"
      case .link(let target): path + " -> " + target
      case .file: path
      }
    }.sorted()
  }
}

@Suite("The union against a model of it")
struct UnionModelTests {
  private static func layer(_ random: inout SeededGenerator) -> [Entry] {
    let names = ["a", "b", "c"]
    func path(_ random: inout SeededGenerator) -> String {
      (0..<Int.random(in: 1...3, using: &random)).map { _ in names.randomElement(using: &random) ?? "a" }
        .joined(separator: "/")
    }
    func parent(_ random: inout SeededGenerator) -> String {
      Bool.random(using: &random) ? "" : path(&random) + "/"
    }
    return (0..<Int.random(in: 0...7, using: &random)).map { _ in
      switch Int.random(in: 0..<16, using: &random) {
      case 0...6:
        Entry.file(
          path(&random), Int.random(in: 1...2, using: &random),
          Int.random(in: 0..<6, using: &random) == 0 ? nil : UInt64.random(in: 0...1, using: &random))
      case 7: Entry.directory(path(&random))
      case 8, 9:
        Entry.link(path(&random), (["", "/", "../", "../../"].randomElement(using: &random) ?? "") + path(&random))
      case 10, 11: Entry.hardLink(path(&random), path(&random))
      case 12: Entry.file(parent(&random) + ".wh..wh..opq", 0)
      case 13: Entry.file("../" + path(&random), 1, 7)
      default: Entry.file(parent(&random) + ".wh." + (names.randomElement(using: &random) ?? "a"), 0)
      }
    }
  }

  @Test("trees, fates and sums agree on random stacks", arguments: 0..<8)
  func agrees(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var deaths = 0
    for _ in 0..<500 {
      let layers = (0..<Int.random(in: 1...5, using: &random)).map { _ in Self.layer(&random) }
      let union = try layerUnion(layers)
      var model = Model()
      for (number, entries) in layers.enumerated() {
        model.apply(entries, layer: number)
        try #require(listing(union.view(after: number)).sorted() == model.paths, "after \(number) of \(layers)")
      }
      let copies = (0..<layers.count).flatMap { union.copies(ofLayer: $0) }
      let ours = copies.map {
        "\(union.path(of: $0.id)) \($0.layer) \($0.bytes) \($0.fate) \(String(describing: $0.endLayer))"
      }
      let theirs = model.copies.map { "\($0.path) \($0.layer) \($0.size) \($0.fate) \(String(describing: $0.end))" }
      try #require(ours == theirs, "\(layers)")
      let totals = union.totals
      let shipped = layers.joined().filter { $0.type == .file && !$0.path.contains(".wh.") }.reduce(0) { $0 + $1.size }
      #expect(totals.shipped.bytes == shipped)
      #expect(Ledger.allCases.reduce(0) { $0 + totals[ledger: $1].bytes } == shipped)
      #expect(union.charges.reduce(0) { $0 + $1.amount.bytes } == shipped)
      deaths += totals[ledger: .dead].files
    }
    #expect(deaths > 500)
  }
}
