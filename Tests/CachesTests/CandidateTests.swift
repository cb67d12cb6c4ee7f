internal import SourceText
internal import Testing

@testable import Caches

/// From a name to its kinds, and from kinds to the one that a place belongs to.
@Suite struct CandidateTests {
  typealias Place = (path: Path, tree: [String], id: String?)

  private func ids(_ path: Path, isDirectory: Bool) -> [String] {
    CandidateIndex.shared.classify(path, isDirectory: isDirectory).map { Catalogue.id(of: $0) }
  }

  @Test func namesHaveTheirKinds() {
    #expect(ids("a/__pycache__", isDirectory: true) == ["python.bytecode"])
    #expect(ids("a/__pycache__", isDirectory: false).isEmpty)
    #expect(ids("target", isDirectory: true) == ["jvm.maven-target", "jvm.sbt", "rust.target"])
    #expect(ids("a/m.pyc", isDirectory: false) == ["python.bytecode", "python.bytecode-legacy"])
    #expect(ids("main.swift", isDirectory: false).isEmpty)
    #expect(ids("src", isDirectory: true).isEmpty)
  }

  @Test func directoriesOfAPatternMustLeadToIt() {
    #expect(ids(".yarn/cache", isDirectory: true) == ["js.yarn-berry"])
    #expect(ids("a/.yarn/cache", isDirectory: true) == ["js.yarn-berry"])
    #expect(ids("x.yarn/cache", isDirectory: true).isEmpty)
    #expect(ids("cache", isDirectory: true).isEmpty)
    #expect(ids("node_modules/.cache/webpack", isDirectory: true) == ["js.webpack"])
    #expect(ids(".idea/shelf", isDirectory: true) == ["editor.jetbrains"])
    #expect(ids("shelf", isDirectory: true).isEmpty)
  }

  /// Every sample of a kind lies in, or is, a place that is a candidate for that kind.
  @Test func samplesAreMatchedByTheirOwnNames() {
    for kind in Catalogue.all {
      for sample in kind.samples {
        var path = Path("used/\(sample)".utf8)
        // The sample itself is a file or, as for links to build trees, the place.
        var found =
          ids(path, isDirectory: false).contains(kind.id) || ids(path, isDirectory: true).contains(kind.id)
        while !found, !path.parent.isRoot {
          path = path.parent
          found = ids(path, isDirectory: true).contains(kind.id)
        }
        #expect(found, "\(kind.id): \(sample)")
      }
    }
  }

  @Test func everyPatternLeadsToItsKind() {
    for kind in Catalogue.all {
      for pattern in kind.repositoryDirectories where !pattern.contains("*") && !pattern.contains("[") {
        #expect(ids(Path("a/\(pattern)".utf8), isDirectory: true).contains(kind.id), "\(kind.id): \(pattern)")
      }
      for pattern in kind.repositoryFiles where !pattern.contains(where: { "*[\\".contains($0) }) {
        #expect(ids(Path("a/\(pattern)".utf8), isDirectory: false).contains(kind.id), "\(kind.id): \(pattern)")
      }
    }
  }

  static let directories: [Place] = [
    ("target", ["Cargo.toml", "target/debug/a"], "rust.target"),
    ("target", ["pom.xml", "target/classes/A.class"], "jvm.maven-target"),
    ("target", ["build.sbt", "target/streams/a"], "jvm.sbt"),
    ("target", ["Makefile", "target/a"], nil),
    ("p/__pycache__", ["p/__pycache__/m.cpython-312.pyc", "p/m.py"], "python.bytecode"),
    ("p/__pycache__", ["p/__pycache__/keep.txt"], nil),
    ("build", ["build.gradle", "build/tmp/x", "build/lib/x", "setup.py"], "jvm.gradle-build"),
    ("_build", ["mix.exs", "_build/default/lib/x"], "beam.mix-build"),
    ("_build", ["rebar.config", "_build/default/lib/x"], "beam.rebar3"),
    ("_build", ["dune-project", "_build/.db"], "ocaml.dune"),
    ("project/target", ["project/build.properties", "project/target/x"], "jvm.sbt"),
    ("renv/library", ["renv/activate.R", "renv/library/x/y"], "r.renv"),
    ("data_cache", ["data_cache/x", "a.R"], nil),
    ("captures", ["build.gradle", "src/captures/A.java"], "jvm.android"),
    ("src/captures", ["build.gradle", "src/captures/A.java"], nil),
    ("src/out", [".idea/workspace.xml", "src/out/A.java"], nil),
    ("lib/build", ["pubspec.yaml", "lib/build/a.dart"], nil),
    ("build", ["pubspec.yaml", "build/app/x"], "dart.tool"),
    ("node_modules", ["package.json", "node_modules/a/index.js"], "js.node-modules"),
  ]

  @Test(arguments: directories)
  func aDirectoryBelongsToWhatIsProven(place: Place) {
    var prover = CacheProver()
    let memory = MemoryTree(place.tree)
    let lists = [memory.asList(withDirectories: false), memory.asList(withDirectories: true)]
    #expect(prover.prove(place.path, isDirectory: true, in: memory).map { Catalogue.id(of: $0.kind) } == place.id)
    for list in lists {
      #expect(prover.prove(place.path, isDirectory: true, in: list).map { Catalogue.id(of: $0.kind) } == place.id)
    }
  }

  static let files: [Place] = [
    ("m.pyc", ["m.py", "m.pyc"], "python.bytecode-legacy"), ("m.pyc", ["m.pyc"], nil),
    ("_init.sql", ["_init.sql"], nil), ("_main.sol", ["_main.sol"], nil), (".m.c.swp", [".m.c.swp"], "editor.vim"),
    ("a.css.map", ["a.css", "a.css.map"], nil), ("yarn-error.log", ["yarn-error.log"], "js.yarn-classic"),
    ("m.c.orig", ["m.c", "m.c.orig"], "junk.backup"), ("m.orig", ["m.orig"], nil),
    ("m.d", ["m.d", "Makefile"], nil), ("m.d", ["m.d", "m.o", "Makefile"], "c.objects"),
    ("a.aux", ["a.tex", "a.aux"], "lang.latex"), ("a.aux", ["a.aux"], nil), (".DS_Store", [".DS_Store"], "junk.macos"),
  ]

  @Test(arguments: files)
  func aFileBelongsToWhatIsProven(place: Place) {
    var prover = CacheProver()
    let proven = prover.prove(place.path, isDirectory: false, in: MemoryTree(place.tree))
    #expect(proven.map { Catalogue.id(of: $0.kind) } == place.id)
  }

  @Test func markersTellOfTools() {
    func signs(_ name: String) -> [String] {
      MarkerIndex.shared.classify(Array(name.utf8)[...]).map { Catalogue.id(of: $0.kind) }
    }
    #expect(signs("a.py") == ["python.bytecode"])
    #expect(signs("pytest.ini") == ["python.pytest"])
    #expect(signs("package.json").contains("js.node-modules"))
    #expect(signs("App.csproj") == ["dotnet.obj", "dotnet.bin"])
    #expect(signs("README.md").isEmpty)
    let cargo = MarkerIndex.shared.classify(Array("Cargo.toml".utf8)[...])
    #expect(cargo.map(\.marker.isTopmost) == [true])
    let pyproject = MarkerIndex.shared.classify(Array("pyproject.toml".utf8)[...])
    let pytest = pyproject.first { Catalogue.id(of: $0.kind) == "python.pytest" }
    #expect(pytest?.marker.accepts(head: Array("[project]\n[tool.pytest.ini_options]\n".utf8)) == true)
    #expect(pytest?.marker.accepts(head: Array("[project]\n".utf8)) == false)
  }

  @Test func aWorkspaceIsItsTopmostDirectory() {
    #expect(UseMarker.topmost(of: ["a/b", "a", "c/d", "ab", "c/d/e/f"]) == ["a", "c/d", "ab"])
    #expect(UseMarker.topmost(of: ["a", .root]) == [.root])
    #expect(UseMarker.topmost(of: ["/x/y", "/x", "/z"]) == ["/x", "/z"])
    #expect(UseMarker.topmost(of: []).isEmpty)
  }
}
