import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("What findings say")
struct MessageTests {
  @Test(
    "the verb goes with the noun",
    arguments: [
      ("debian:12", "apt-get update && rm -rf /var/lib/apt/lists/*", "apt-get's package lists are kept out by clean"),
      ("python:3.12", "pip install a && rm -rf /root/.cache", "pip's download cache is kept out by clean"),
    ])
  func verbs(base: String, command: String, beginning: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("FROM \(base)\nRUN \(command)\n", to: "Dockerfile")
    try directory.write(
      """
      version: 1
      caches: {"*": {production: {ship: deny, keep-out-by: [cache-mount]}}}
      """, to: ".cachepolicy.yaml")
    let settings = Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
    let report = try Inspection(settings).check(["."])
    let messages = report.open.filter { $0.finding.rule.code == "CP317" }.map(\.finding.message)
    #expect(messages.count == 1)
    #expect(messages.first?.hasPrefix(beginning) ?? false, "\(messages)")
  }
}
