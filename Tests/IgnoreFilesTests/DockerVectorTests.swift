import IgnoreFiles
import SourceText
import TestSupport
import Testing

@Suite("Docker's ignore language, as BuildKit was seen to judge")
struct DockerVectorTests {
  @Test("every recorded verdict and every refusal")
  func verdicts() throws {
    var checks = 0
    var refusals = 0
    for entry in try vectors("Vectors/dockerignore.jsonl") {
      let id = entry["id"].text ?? "?"
      let content = try #require(entry["content"].bytes)
      if entry["error"].exists || entry["matchError"].exists {
        refusals += 1
        #expect(throws: DockerIgnoreError.self, "\(id)") { try DockerIgnoreFile(content) }
        continue
      }
      let file = try DockerIgnoreFile(content)
      #expect(file.rules.map(\.pattern) == entry["patterns"].elements.compactMap(\.bytes), "\(id)")
      for check in entry["checks"].elements {
        let path = Path(try #require(check["path"].bytes))
        checks += 1
        let decision = file.decide(path, isDirectory: check["dir"].isTrue)
        #expect(
          (decision?.isIgnored ?? false) == check["excluded"].isTrue, "\(id) \(path) \(file.rules.map(\.pattern))")
      }
    }
    #expect(checks == 3116)
    #expect(refusals == 11)
  }
}
