import Caches
import SourceText
import Testing

@testable import Images

@Suite("Places of an image by their names")
struct PlaceIndexTests {
  /// How far the places have matched after the names of a path, and the kinds that have one there.
  private func walk(_ index: ImagePlaceIndex, _ path: String) -> (states: [ImagePlaceIndex.State], kinds: [String]) {
    var found: (states: [ImagePlaceIndex.State], matches: [ImagePlaceIndex.Match]) = ([], [])
    for (number, name) in path.split(separator: "/").enumerated() {
      let name = Array(name.utf8)[...]
      found = number == 0 ? index.begin(with: name) : index.advance(found.states, by: name)
    }
    return (found.states, found.matches.map { Catalogue.id(of: $0.kind) })
  }

  @Test("however many homes lie beside each other, a name is looked up from as many nodes as with one")
  func manyHomes() {
    let paths = ["srv", "srv/u7", "srv/u7/.cache", "srv/u7/.local/lib/python3.12/a/b", "srv/file", "srv/u/deep/er"]
    let one = ImagePlaceIndex(homes: ["srv/u7", "srv/u/deep"])
    let many = ImagePlaceIndex(homes: ["srv/u/deep"] + (0..<1000).map { Path("srv/u\($0)".utf8) })
    for path in paths {
      #expect(walk(many, path).states.count == walk(one, path).states.count, "\(path)")
      #expect(walk(many, path).kinds == walk(one, path).kinds, "\(path)")
    }
    #expect(walk(many, "srv").states.count == 1)
    #expect(walk(many, "srv/u999/.cache/pip").kinds == ["python.pip"])
  }

  @Test("homes in one another lead to the places of a home once")
  func nestedHomes() {
    let names = Array(repeating: "a", count: 300)
    let homes = names.indices.map { Path(names[...$0].joined(separator: "/").utf8) }
    let found = walk(ImagePlaceIndex(homes: homes), names.joined(separator: "/"))
    #expect(Set(found.states).count == found.states.count && found.states.count < 4)
    #expect(
      walk(ImagePlaceIndex(homes: homes), names.joined(separator: "/") + "/.cache/pip").kinds == ["python.pip"])
  }

  @Test(
    "a home is a path, not a glob, and may be the root",
    arguments: [
      ("srv/*", "srv/ann/.cache/pip", false), ("srv/*", "srv/*/.cache/pip", true), ("", ".cache/pip", true),
      ("srv/$USER", "srv/ann/.cache/pip", false), ("srv/ann", "srv/ann/.cache/pip", true),
      ("srv/ann", "srv/anna/.cache/pip", false), ("other", "home/ann/.cache/pip", true),
      ("other", "root/.cache/pip", true),
    ])
  func homes(home: String, path: String, isPlace: Bool) {
    let kinds = walk(ImagePlaceIndex(homes: [Path(home.utf8)]), path).kinds
    #expect(kinds == (isPlace ? ["python.pip"] : []))
  }

  @Test("any number of names may stand for two stars", arguments: ["", "/a", "/a/b/c"])
  func anyDepth(between: String) {
    for home in ["root", "home/ann", "srv/x"] {
      let path = "\(home)/.local/lib/python3.12\(between)/__pycache__"
      #expect(walk(ImagePlaceIndex(homes: ["srv/x"]), path).kinds.contains("python.bytecode"))
    }
  }

  @Test("of many links to one directory only some are followed, so that what lies there costs little")
  func manyLinks() throws {
    let homes = (0..<500).map { Path("h/u\($0)/own\($0)".utf8) }
    let links = (0..<500).map { Entry.link("h/u\($0)", "/srv/x") }
    let caches = [0, 63, 64, 499].map { Entry.file("srv/x/own\($0)/.cache/pip/http-v2/a", 1) }
    let places = CacheAttribution(try layerUnion([links + caches]), homes: homes).places
    #expect(places.map(\.path) == ["srv/x/own0/.cache/pip", "srv/x/own63/.cache/pip"])
  }

  @Test("a directory that a variable names is no cache where it holds any of many homes")
  func keptHomes() {
    let homes = (0..<1000).map { Path("srv/u\($0)/deep".utf8) }
    let variables = ["/srv", "//srv/./u999", "/srv/u999/deep", "/srv/u999/deep/er", "/srv/u", "/srv2/x"]
      .map { "PIP_CACHE_DIR=\($0)" }
    #expect(
      MovedPlaces(variables, keeping: homes).places.map(\.path) == ["/srv/u999/deep/er", "/srv/u", "/srv2/x"])
  }
}
