import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("CP001: what BuildKit refuses")
struct DockerfileSyntaxTests {
  /// What CP001 finds in files that lie in one directory, by their names: the marked text and the message.
  private func refused(_ files: [String: [UInt8]]) throws -> [String: [(marked: String, message: String)]] {
    let directory = try TemporaryDirectory()
    for (name, bytes) in files { try directory.write(bytes, to: name) }
    var settings = Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
    settings.select = ["CP001"]
    let report = try Inspection(settings).check(["."])
    #expect(report.errors.isEmpty)
    var found: [String: [(marked: String, message: String)]] = [:]
    for reported in report.open {
      let range = try #require(reported.finding.place.range)
      let marked = reported.source.map { String(decoding: $0.bytes[range.indices], as: UTF8.self) } ?? ""
      found[reported.finding.place.path?.description ?? "", default: []].append((marked, reported.finding.message))
    }
    return found
  }

  @Test(
    "the finding marks the words that are refused",
    arguments: [
      ("FROM a\nRUM pip install x\n", "RUM", "unknown instruction: RUM"),
      ("FROM a\nCOPY --form=b /a /b\n", "--form=b", "unknown flag: --form"),
      ("FROM a\nCOPY a\n", "COPY a", "COPY requires at least two arguments"),
      ("FROM a\nENV A=1 \\\n  b \\\n  C=2\n", "b", "can't find = in \"b\""),
      ("FROM a\nRUN a && \\\n # c\n  cat <<'EOF' x\nbody", "<<'EOF", "unterminated heredoc"),
      ("FROM a\nRUN [\"a\", \\\n 1]\n", "[\"a\", \\\n 1]", "comprised of strings only"),
      ("FROM a AS 1\n", "1", "invalid name for build stage"),
      ("FROM a\nRUN --network=foo y\n", "--network=foo", "invalid network mode"),
      ("FROM a\nONBUILD FROM b\n", "FROM", "isn't allowed as an ONBUILD trigger"),
      ("FROM a\nHEALTHCHECK --retries=x CMD y\n", "--retries=x", "--retries is no count"),
      ("FROM a\nENV =1\n", "=1", "names can not be blank"),
      ("RUN a\n", "RUN", "no build stage"),
      ("# escape=x\nFROM a\n", "x", "invalid escape token"),
    ])
  func places(text: String, marked: String, message: String) throws {
    let found = try #require(try refused(["Dockerfile": Array(text.utf8)])["Dockerfile"])
    #expect(found.map(\.marked) == [marked])
    #expect(found.allSatisfy { $0.message.contains(message) }, "\(found)")
  }

  @Test("a file of nothing but unknown words is told up to a limit, in linear time")
  func garbage() throws {
    let text = String(repeating: "nonsense here\n", count: 200_000)
    #expect(try refused(["Dockerfile": Array(text.utf8)])["Dockerfile"]?.count == 1_000)
  }

  @Test(
    "real files: exactly those that BuildKit refuses, but for templates",
    .enabled(if: !DockerfileCorpus.files.isEmpty, "no shared folder"))
  func corpus() throws {
    // The files that BuildKit refuses are templates, all of one project.
    let templates = DockerfileCorpus.files.filter { $0.refusal != nil }
    #expect(templates.count == 5)
    #expect(templates.allSatisfy { $0.refusal?.contains("unknown instruction: {{") == true })
    #expect(try refused(named(DockerfileCorpus.files)).isEmpty)
    // With a word that Docker does not know behind it, every other file is refused, and there alone.
    let accepted = DockerfileCorpus.files.filter { $0.refusal == nil }
    let spoilt = accepted.map { file in (file.name, file.bytes + Array("\n\nNONSENSE x\n".utf8)) }
    let found = try refused(Dictionary(uniqueKeysWithValues: spoilt.map { ("\($0.0)/Dockerfile", $0.1) }))
    #expect(found.count > accepted.count * 9 / 10)
    #expect(found.values.allSatisfy { $0.map(\.marked) == ["NONSENSE"] })
  }

  private func named(_ files: [CorpusDockerfile]) -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: files.map { ("\($0.name)/Dockerfile", $0.bytes) })
  }
}
