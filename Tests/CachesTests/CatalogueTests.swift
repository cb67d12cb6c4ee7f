internal import Testing
internal import Versions

@testable import Caches

/// The catalogue is whole: names are unique, references lead somewhere, nothing is malformed.
@Suite struct CatalogueTests {
  private let kinds = Catalogue.all

  @Test func everyKindOfTheCatalogueIsThere() {
    #expect(kinds.count >= 209)
    #expect(kinds.map(\.id) == Catalogue.ids)
    #expect(Set(Catalogue.ids).count == kinds.count)
    #expect(Set(kinds.map(\.ecosystem)) == Set(Catalogue.ecosystems))
  }

  @Test func namesAreUniqueAndLeadToTheirKind() {
    var seen: Set<String> = []
    for kind in kinds {
      for name in [kind.id] + kind.aliases {
        #expect(seen.insert(name).inserted, "\(name) is said twice")
        #expect(Catalogue.kind(named: name)?.id == kind.id)
      }
      #expect(Catalogue.kind(kind.id)?.what == kind.what)
      #expect(kind.aliases.allSatisfy { Catalogue.kind($0) == nil })
    }
    #expect(Catalogue.names == seen.sorted())
    #expect(Catalogue.kind(named: "no-such-kind") == nil)
    #expect(Catalogue.kind(KindNumber(rawValue: 9999)) == nil)
    #expect(Catalogue.id(of: KindNumber(rawValue: 9999)).isEmpty)
  }

  @Test(arguments: [
    ("pip", "python.pip"), ("pycache", "python.bytecode"), ("npm", "js.npm"), ("apt", "deb.apt-lists"),
    ("uv", "python.uv"), ("cargo", "rust.cargo-registry"), ("pytest", "python.pytest"),
    ("mypy", "python.mypy"), ("ruff", "python.ruff"), ("node_modules", "js.node-modules"),
  ])
  func whatPeopleTypeIsKnown(name: String, id: String) {
    #expect(Catalogue.kind(named: name)?.id == id)
  }

  @Test func everyReferenceLeadsToAKind() {
    let ids = Set(Catalogue.ids)
    for kind in kinds { #expect(ids.isSuperset(of: kind.supersedes), "\(kind.id)") }
    for friend in Catalogue.falseFriends { #expect(ids.isSuperset(of: friend.kinds), "\(friend.name)") }
    for place in Catalogue.secretPlaces { #expect(ids.contains(place.kind), "\(place.path)") }
    #expect(Catalogue.falseFriends.count == 41)
    #expect(Catalogue.neverDelete.count == 50)
    #expect(Catalogue.secretPlaces.count == 13)
  }

  @Test func everyKindSaysWhatItMust() {
    for kind in kinds {
      #expect(!kind.tool.isEmpty && !kind.what.isEmpty && !kind.source.isEmpty && !kind.proof.isEmpty, "\(kind.id)")
      #expect(kind.id.split(separator: ".").count == 2)
      let isInRepository = !kind.repositoryDirectories.isEmpty || !kind.repositoryFiles.isEmpty
      #expect(isInRepository || kind.samples.isEmpty, "\(kind.id)")
      #expect(kind.usedWhen.isEmpty || !kind.samples.isEmpty, "\(kind.id) would be judged by no path")
      #expect(kind.usedWhen.isEmpty || !kind.gitignore.isEmpty, "\(kind.id) has nothing to add")
      #expect(kind.mounts.allSatisfy { ["shared", "locked"].contains($0.sharing) && $0.target.hasPrefix("/") })
      for variable in kind.disable.environment where variable.effect != .forbidden {
        #expect(variable.judge(variable.value, python: PythonVersion(3, 12)) == .on, "\(kind.id) \(variable.name)")
      }
    }
  }

  @Test func writersAreFoundByTheNameOfTheirCommand() {
    let pip = Catalogue.kinds(writtenBy: "pip").map(\.id)
    #expect(pip.contains("python.pip") && pip.contains("python.bytecode"))
    #expect(Catalogue.kinds(writtenBy: "pip3.12").map(\.id) == pip)
    #expect(Catalogue.kinds(writtenBy: "apt-get").contains { $0.id == "deb.apt-lists" })
    #expect(Catalogue.kinds(writtenBy: "python2").map(\.id) == ["python.bytecode-legacy"])
    #expect(Catalogue.kinds(writtenBy: "true").isEmpty)
    for kind in kinds {
      for writer in kind.writtenBy {
        #expect(Catalogue.kinds(writtenBy: writer.command).contains(kind), "\(kind.id) by \(writer.command)")
      }
    }
  }

  @Test func kindsAreFoundByTheVariableThatTurnsThemOff() {
    let bytecode = Catalogue.kinds(switchedBy: "PYTHONDONTWRITEBYTECODE").map(\.id)
    #expect(bytecode == ["python.bytecode", "python.bytecode-legacy", "python.bytecode-pytest"])
    #expect(Catalogue.kinds(switchedBy: "UV_NO_CACHE").map(\.id) == ["python.uv"])
    #expect(Catalogue.kinds(switchedBy: "UV_CACHE_DIR").isEmpty)
    let variables = Set(kinds.flatMap(\.disable.environment).map(\.name))
    #expect(variables.count == 54)
    for variable in variables { #expect(!Catalogue.kinds(switchedBy: variable).isEmpty, "\(variable)") }
  }

  @Test func aSwitchReadsAsPeopleWriteIt() throws {
    let pip = try #require(Catalogue.kind(named: "pip"))
    let flags = pip.disable.flags.map(\.text)
    #expect(flags.first == "pip install --no-cache-dir")
    #expect(flags.contains("pip config set global.no-cache-dir true"))
    #expect(pip.relocate.flags.first?.text == "pip install --cache-dir DIR")
    #expect(pip.relocate.flags.last?.text == "pip config set user.cache-dir DIR")
    #expect(try #require(Catalogue.kind("js.eslint")).disable.flags.map(\.text) == ["eslint without --cache"])
    #expect(try #require(Catalogue.kind("js.angular")).disable.flags.map(\.text) == ["ng cache disable"])
    #expect(pip.image.followsXDG && pip.image.root == ["/root/.cache/pip"])
    #expect(pip.prefix == "python")
  }
}
