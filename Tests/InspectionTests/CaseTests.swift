import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Repositories and what is said of them")
struct CaseTests {
  @Test("exactly the expected findings, and the files as a fix leaves them", arguments: CaseFile.all(in: "Cases"))
  func findings(example: CaseFile) throws {
    let directory = try TemporaryDirectory()
    try make(example, in: directory)
    var settings = try settings(directory)
    settings.select = example.lines("select") ?? []
    settings.interpreters = example.lines("interpreters") ?? []
    let inspection = try Inspection(settings)
    let report = try inspection.check(["."])
    #expect(report.errors.isEmpty)
    let found = report.open.map(Self.line)
    #expect(found.sorted() == (example.lines("findings") ?? ["no findings block"]).sorted())
    let commands = report.open.flatMap { $0.finding.fix?.commands ?? [] }
    if let wanted = example.lines("commands") { #expect(commands == wanted) }
    try expectFixes(example.blocks("fixed"), unsafe: false, inspection, directory)
    if example.blocks("unsafely-fixed").isEmpty { return }
    for file in example.blocks("file") { try directory.write(file.text, to: file.path) }
    try expectFixes(example.blocks("unsafely-fixed"), unsafe: true, inspection, directory)
  }

  private func expectFixes(
    _ fixed: [CaseFile.Block], unsafe: Bool, _ inspection: Inspection, _ directory: TemporaryDirectory
  ) throws {
    guard !fixed.isEmpty else { return }
    let outcome = try inspection.fix(["."], unsafe: unsafe, writes: true)
    #expect(outcome.report.errors.isEmpty)
    #expect(outcome.changes.map(\.shownPath).sorted() == fixed.map(\.path).sorted())
    for file in fixed { #expect(try directory.read(file.path) == Array(file.text.utf8), "\(file.path)") }
    #expect(try inspection.fix(["."], unsafe: unsafe, writes: true).changes.isEmpty, "a second run changes nothing")
  }

  private func make(_ example: CaseFile, in directory: TemporaryDirectory) throws {
    #expect(try run(["git", "init", "-q", "."], in: directory.path).status == 0)
    for file in example.blocks("file") { try directory.write(file.text, to: file.path) }
    for file in example.blocks("bytecode") { try writeBytecode(file, in: directory) }
    #expect(try run(["git", "add", "-A", "-f", "."], in: directory.path).status == 0)
    for file in example.blocks("untracked") { try directory.write(file.text, to: file.path) }
    for file in example.blocks("untracked-bytecode") { try writeBytecode(file, in: directory) }
    for file in example.blocks("exclude") { try directory.write(file.text, to: ".git/info/exclude") }
  }

  private func settings(_ directory: TemporaryDirectory) throws -> Settings {
    Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
  }

  /// A finding as the cases write it: code, severity, place, cache.
  private static func line(_ reported: ReportedFinding) -> String {
    let finding = reported.finding
    var place = finding.place.path?.description ?? "."
    if let range = finding.place.range, let source = reported.source {
      place += ":\(source.lines.line(of: range.lower))"
    }
    return [finding.rule.code, finding.severity.rawValue, place, finding.cache].compactMap(\.self)
      .joined(separator: " ")
  }
}
