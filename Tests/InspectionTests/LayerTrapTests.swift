import Dockerfiles
import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Dockerfiles on which other tools go wrong")
struct LayerTrapTests {
  private static let codes: Set<String> = ["CP310", "CP311", "CP312", "CP316"]

  @Test("a finding for every leak, and none for what is none")
  func verdicts() throws {
    let directory = try TemporaryDirectory()
    var leaks: [String: Set<Int>] = [:]
    var starts: [String: [ClosedRange<Int>]] = [:]
    for trap in try vectors("../DockerfilesTests/dockerfile-traps.jsonl") where trap["truth"].exists {
      let path = "trap-\(try #require(trap["name"].text))/Dockerfile"
      let text = try #require(trap["dockerfile"].text)
      try directory.write(text, to: path)
      leaks[path] = Set(trap["truth"].elements.filter { $0["leak"].isTrue }.compactMap { $0["line"].number })
      starts[path] = Dockerfile(Array(text.utf8)).instructions.map { $0.startLine...$0.endLine }
    }
    #expect(leaks.count > 25 && leaks.values.map(\.count).reduce(0, +) > 10)
    let inspection = try Inspection(
      Settings(
        version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
        today: try #require(CalendarDate("2026-11-25"))))
    let report = try inspection.check(["."])
    #expect(report.errors.isEmpty)
    var found: [String: Set<Int>] = [:]
    for reported in report.open where Self.codes.contains(reported.finding.rule.code) {
      let path = try #require(reported.finding.place.path).description
      let offset = try #require(reported.finding.place.range).lower
      let line = try #require(reported.source).lines.line(of: offset)
      let start = try #require(starts[path]?.first { $0.contains(line) }).lowerBound
      found[path, default: []].insert(start)
    }
    for (path, lines) in leaks { #expect(found[path, default: []] == lines, "\(path)") }
  }
}
