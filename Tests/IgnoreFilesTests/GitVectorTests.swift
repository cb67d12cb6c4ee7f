import IgnoreFiles
import SourceText
import TestSupport
import Testing

@Suite("Git's ignore language, as git was seen to judge")
struct GitVectorTests {
  @Test("every recorded verdict, with file, line and pattern")
  func verdicts() throws {
    var count = 0
    for layout in try vectors("Vectors/gitignore.jsonl") {
      let id = layout["id"].text ?? "?"
      let ignoresCase = layout["ignoreCase"].isTrue
      func file(_ value: VectorValue) -> GitIgnoreFile? {
        value.bytes.map { GitIgnoreFile($0, ignoreCase: ignoresCase) }
      }
      var files: [Path: GitIgnoreFile] = [:]
      for (name, value) in layout["files"].members { files[Path(name.utf8).parent] = file(value) }
      let stack = GitIgnoreStack(infoExclude: file(layout["infoExclude"]), personal: file(layout["globalExclude"]))
      let known = files
      let judge = GitIgnoreJudge(stack) { known[$0] }
      for check in layout["checks"].elements {
        let path = Path(try #require(check["path"].bytes))
        let decision = judge.decide(path, isDirectory: check["dir"].isTrue)
        count += 1
        let place: Comment = "\(id) \(path)"
        #expect((decision?.isIgnored ?? false) == check["ignored"].isTrue, place)
        #expect(decision.map { name(of: $0.source) } == check["source"].text, place)
        #expect(decision?.line == check["line"].number, place)
        #expect(decision?.pattern == check["pattern"].bytes, place)
      }
    }
    #expect(count == 5961)
  }

  private func name(of source: IgnoreDecision.Source) -> String {
    switch source {
    case .file(let path): path.description
    case .infoExclude: ".git/info/exclude"
    case .personal: "<global>"
    }
  }
}
