import Findings
import JSON
import Reports
import SourceText
import TestSupport
import Testing

private func text(_ format: some ReportFormat, _ report: Report) -> String {
  String(decoding: format.write(report), as: UTF8.self)
}

@Suite("Report formats")
struct ReportFormatTests {
  @Test("every format file is registered, in order")
  func register() throws {
    let names = reportFormats.map { $0.name }
    #expect(names == names.sorted())
    let folder = String(#filePath.dropLast("Tests/ReportsTests/ReportFormatTests.swift".count)) + "Sources/Reports"
    let files = try ["", "/HTML"].flatMap { try ExistingDirectory(path: folder + $0).names() }.filter {
      $0.hasSuffix("Report.swift") && $0 != "Report.swift"
    }
    let types = reportFormats.map { "\($0).swift" }
    #expect(files.sorted() == types.sorted())
    #expect(reportFormats.allSatisfy { !$0.summary.isEmpty })
  }

  @Test("a full run in every format looks as recorded", arguments: ["human", "concise", "json"])
  func snapshots(name: String) throws {
    let format = try #require(reportFormats.first { $0.name == name })
    try expectSnapshot(format.init(ReportOptions()).write(fullReport()), "full.\(name).txt")
  }

  @Test("everything that can be asked for looks as recorded", arguments: ["human", "concise", "json"])
  func everything(name: String) throws {
    let format = try #require(reportFormats.first { $0.name == name })
    let options = ReportOptions(lowest: .info, showsSuppressed: true, showsStatistics: true, showsFiles: true)
    try expectSnapshot(format.init(options).write(fullReport()), "everything.\(name).txt")
  }

  @Test("the order in which findings came changes no byte", arguments: 0..<20)
  func order(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let full = fullReport()
    let shuffled = Report(
      version: full.version, profile: full.profile, targets: full.targets,
      findings: full.findings.shuffled(using: &random), errors: full.errors)
    for format in reportFormats {
      #expect(format.init(ReportOptions()).write(full) == format.init(ReportOptions()).write(shuffled))
    }
  }

  @Test("no format lets a control character through", arguments: ["human", "concise", "json", "html"])
  func harmless(name: String) throws {
    let format = try #require(reportFormats.first { $0.name == name })
    let evil = "\u{1B}]0;x\u{7}\u{9B}31m\u{202E}\r"
    var finding = sample("RUN x\(evil)y\n", "x\(evil)y", shownPath: evil, message: evil, label: evil).finding
    finding.fix = Fix(manual: evil, commands: [evil])
    finding.suppressed = Suppression(.inline, reason: evil, origin: evil)
    let reported = ReportedFinding(
      target: 0, finding: finding, shownPath: evil, source: SourceFile(Array("RUN x\(evil)y\n".utf8)), fingerprint: "")
    let hostile = report([reported], remarks: [evil], errors: [RunError(evil, evil)])
    let bytes = format.init(ReportOptions(showsSuppressed: true)).write(hostile)
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    #expect(scalars.allSatisfy { $0 == "\n" || !isControl($0) })
    #expect(hostile.errors.allSatisfy { $0.description.unicodeScalars.allSatisfy { !isControl($0) } })
  }
}

@Suite("The report for people")
struct HumanReportTests {
  @Test("a quiet run prints findings only, and nothing where there are none")
  func quiet() {
    #expect(text(HumanReport(ReportOptions(isQuiet: true)), report([])).isEmpty)
    let info = sample("x", "x", severity: .info)
    #expect(text(HumanReport(ReportOptions(isQuiet: true)), report([info])).isEmpty)
    #expect(text(HumanReport(ReportOptions()), report([info])) == "no findings · 1 info hidden (--verbose)\n")
  }

  @Test("of many equal findings the first are shown and the rest counted")
  func many() {
    let findings = (0..<25).map { sample("x", "x", path: Path("d\($0 + 10)".utf8)) }
    let shown = text(HumanReport(ReportOptions()), report(findings))
    #expect(shown.contains("d29:1:1 warning") && !shown.contains("d30:1:1"))
    #expect(shown.contains("… and 5 more CP310 (python.pip)"))
    #expect(shown.contains("25 warnings"))
  }

  @Test("a hint names the file, or the target where the fix edits another one, ready for a shell")
  func hints() {
    let edit = Edit(ByteRange(at: 0), "x")
    func hint(_ path: Path, shown: String) -> String {
      text(
        HumanReport(ReportOptions(isQuiet: true)),
        report([sample("x", "x", path: "a", shownPath: shown, fix: Fix(.unsafe, "t", edits: [FileEdit(path, edit)]))]))
    }
    #expect(hint("a", shown: "it's a").contains(#"cachepolicy fix --unsafe --diff 'it'\''s a'"#))
    #expect(hint("a", shown: "-x").contains("--diff ./-x\n"))
    #expect(hint("a", shown: "a\nb'").contains(#"--diff $'a\012b\''"#))
    #expect(hint("b", shown: "sub/a").contains("--diff .\n"))
  }

  @Test("colour changes nothing but colour")
  func color() throws {
    let plain = text(HumanReport(ReportOptions()), fullReport())
    let colored = text(HumanReport(ReportOptions(style: Style(hasColor: true))), fullReport())
    #expect(colored != plain)
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }
}

@Suite("The report for programs")
struct JSONReportTests {
  @Test("places and edits point at the bytes they speak of")
  func places() throws {
    let bytes = byteOrderMark + Array("é😀 pip\r\nx".utf8)
    let edit = FileEdit("Dockerfile", Edit(ByteRange(bytes.count, bytes.count), [0xFF]))
    let offset = 3 + 2 + 4 + 1
    let found = sample(bytes, ByteRange(offset, offset + 5), fix: Fix(.safe, "t", edits: [edit]))
    let document = try JSONReader().read(JSONReport(ReportOptions()).write(report([found])))
    let finding = try #require(document["findings"]?.array?.first)
    func place(_ node: JSONNode?) -> [Int?] { ["line", "column", "offset"].map { node?[$0]?.integer } }
    #expect(place(finding["place"]?["range"]?["start"]) == [1, 4, offset])
    #expect(place(finding["place"]?["range"]?["end"]) == [2, 1, offset + 5])
    let change = try #require(finding["fix"]?["edits"]?.array?.first)
    #expect(place(change["range"]?["start"]) == [2, 2, bytes.count])
    #expect(change["replacement"]?["b64"]?.string == "/w==")
  }

  @Test("edits of other files, of files that do not exist yet, and of files not at hand have the range that is known")
  func otherFiles() throws {
    let other = SourceFile(Array("a\nbc".utf8))
    let edits = [
      FileEdit("new", Edit(ByteRange(at: 0), "x")), FileEdit("other", Edit(ByteRange(3, 4), "y")),
      FileEdit("unknown", Edit(ByteRange(3, 4), "z")),
    ]
    let reported = ReportedFinding(
      target: 0, finding: Finding(pip, .warning, "m", at: .file("new", nil), fix: Fix(.safe, "t", edits: edits)),
      shownPath: "new", source: nil, edited: ["other": other], fingerprint: "")
    let document = try JSONReader().read(JSONReport(ReportOptions()).write(report([reported])))
    let changes = try #require(document["findings"]?.array?.first?["fix"]?["edits"]?.array)
    let starts = changes.map { $0["range"]?["start"] }
    #expect(starts.map { $0?["line"]?.integer } == [1, 2, nil])
    #expect(starts.map { $0?["column"]?.integer } == [1, 2, nil])
  }

  @Test("Python reads the document, and finds the members that the schema names")
  func python() throws {
    let directory = try TemporaryDirectory()
    let script = """
      import json, sys
      d = json.load(sys.stdin)
      assert list(d) == ["schema", "tool", "profile", "targets", "findings", "errors", "summary"], list(d)
      for f in d["findings"]:
          assert list(f)[:6] == ["code", "name", "severity", "confidence", "message", "target"], list(f)
          assert {"place", "cache", "evidence", "fix", "suppressed", "fingerprint"} <= set(f)
      print(len(d["findings"]))
      """
    let result = try run(
      ["python3", "-c", script], in: directory.path, input: JSONReport(ReportOptions()).write(fullReport()))
    #expect(result.text == "5\n", "\(String(decoding: result.errors, as: UTF8.self))")
  }
}
