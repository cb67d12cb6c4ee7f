import Dockerfiles
import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Real Dockerfiles, judged and repaired")
struct DockerfileCorpusTests {
  private let directory: TemporaryDirectory
  private let inspection: Inspection

  init() throws {
    directory = try TemporaryDirectory()
    for file in DockerfileCorpus.files { try directory.write(file.bytes, to: file.name) }
    inspection = try Inspection(
      Settings(
        version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
        today: try #require(CalendarDate("2026-11-25"))))
  }

  @Test("the files of official images give no warning", .enabled(if: !DockerfileCorpus.files.isEmpty))
  func officialImages() throws {
    let official = ["docker-library-", "nodejs-docker-node/"]
    let loud = try inspection.check(["."]).open.filter { reported in
      reported.finding.severity >= .warning && official.contains { reported.shownPath.contains($0) }
    }
    #expect(loud.map { "\($0.finding.rule.code) \($0.shownPath)" } == [])
  }

  @Test("a repair is what was told, and no more", .enabled(if: !DockerfileCorpus.files.isEmpty))
  func repairs() throws {
    let before = try inspection.check(["."])
    let outcome = try inspection.fix(["."], unsafe: true, writes: true)
    // A fix that does not do what it promises is told here.
    #expect(outcome.report.errors.map { "\($0.place) \($0.message)" } == [])
    #expect(outcome.changes.count > 20)
    var texts: [String: [UInt8]] = [:]
    for file in DockerfileCorpus.files { texts[file.name] = file.bytes }
    try expectTold(before, &texts)
    for file in DockerfileCorpus.files {
      let fixed = try directory.read(file.name)
      #expect(fixed == texts[file.name], "\(file.name): bytes beside the edits that were told")
      if fixed == file.bytes { continue }
      let problems = Dockerfile(file.bytes).problems.map(\.message)
      #expect(Dockerfile(fixed).problems.map(\.message) == problems, "\(file.name)")
    }
    #expect(try inspection.fix(["."], unsafe: true, writes: false).changes.map(\.shownPath) == [])
    let after = counts(try inspection.check(["."]))
    let applied = counts(before) { Self.isApplicable($0) }
    let told = counts(before)
    let left = applied.filter { after[$0.key, default: 0] > told[$0.key, default: 0] - $0.value }
    #expect(left.isEmpty, "findings that their fix has left: \(left.keys.sorted())")
  }

  /// Applies the edits that findings tell, in rounds, and checks what they do to the instructions.
  private func expectTold(_ first: Report, _ texts: inout [String: [UInt8]]) throws {
    var report = first
    for _ in 0..<Inspection.roundLimit {
      let changed = try applyTold(report, &texts)
      if changed.isEmpty { return }
      // Only what was changed can have more to tell.
      let next = try TemporaryDirectory()
      for name in changed { try next.write(texts[name] ?? [], to: name) }
      report = try Inspection(
        Settings(
          version: "test", currentDirectory: Path(next.resolvedPath.utf8), environment: [:],
          today: try #require(CalendarDate("2026-11-25")))
      ).check(["."])
    }
  }

  private func applyTold(_ report: Report, _ texts: inout [String: [UInt8]]) throws -> [String] {
    var edits: [String: [Edit]] = [:]
    for reported in report.open where Self.isApplicable(reported.finding) {
      let wanted = reported.finding.fix?.edits ?? []
      let waits = wanted.contains { edit in
        edits[edit.path.description, default: []].contains { $0 != edit.edit && $0.conflicts(with: edit.edit) }
      }
      if waits { continue }
      for edit in wanted where !edits[edit.path.description, default: []].contains(edit.edit) {
        edits[edit.path.description, default: []].append(edit.edit)
      }
    }
    for (name, list) in edits {
      let old = try #require(texts[name])
      let new = try applying(list, to: old)
      texts[name] = new
      let before = Dockerfile(old)
      let after = Dockerfile(new)
      let inserted = list.map(Self.insertedInstructions).reduce(0, +)
      let removed = before.instructions.filter { instruction in
        list.contains { edit in
          edit.range.lower <= instruction.range.lower && edit.range.upper >= instruction.range.upper
            && edit.replacement.isEmpty
        }
      }.count
      #expect(after.instructions.count == before.instructions.count + inserted - removed, "\(name)")
    }
    return edits.keys.sorted()
  }

  private static func isApplicable(_ finding: Finding) -> Bool {
    guard let fix = finding.fix, !fix.edits.isEmpty else { return false }
    return fix.safety != .manual
  }

  /// How many lines of an edit are instructions of their own.
  private static func insertedInstructions(_ edit: Edit) -> Int {
    let text = String(decoding: edit.replacement, as: UTF8.self).uppercased()
    guard edit.range.isEmpty, text.contains(where: \.isNewline) else { return 0 }
    return text.split(whereSeparator: \.isNewline).count { $0.hasPrefix("ENV ") || $0.hasPrefix("RUN ") }
  }

  /// How many findings there are of each that reads alike.
  private func counts(_ report: Report, where isMeant: (Finding) -> Bool = { _ in true }) -> [String: Int] {
    var counts: [String: Int] = [:]
    for reported in report.open where isMeant(reported.finding) {
      let finding = reported.finding
      let key =
        "\(finding.rule.code) \(finding.place.path?.description ?? "") \(finding.cache ?? "") \(finding.message)"
      counts[key, default: 0] += 1
    }
    return counts
  }
}
