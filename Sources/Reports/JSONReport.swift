internal import Findings
internal import JSON
internal import SourceText

/// The whole run as one JSON document, for programs: the same input gives the same bytes.
public struct JSONReport: ReportFormat {
  /// What a person writes after `--format`.
  public static let name = "json"
  /// What the format is for.
  public static let summary = "the whole run as one document of the schema \(schema)"
  /// The name of the document's schema; its number changes when a member changes its meaning or goes.
  public static let schema = "cachepolicy.report/1"
  private let options: ReportOptions

  /// Creates the format.
  public init(_ options: ReportOptions) {
    self.options = options
  }

  /// The report as bytes.
  public func write(_ report: Report) -> [UInt8] {
    let document: JSONValue = [
      "schema": .string(Self.schema),
      "tool": ["name": "cachepolicy", "version": .string(report.version)],
      "profile": .string(report.profile),
      "targets": .array(report.targets.map(target)),
      "findings": .array(report.findings.map { finding($0, in: report) }),
      "errors": .array(report.errors.map { ["place": .string($0.place), "message": .string($0.message)] }),
      "summary": summary(report),
    ]
    return document.encoded(.indented) + [UInt8(ascii: "\n")]
  }

  private func target(_ target: ReportedTarget) -> JSONValue {
    var members = [
      JSONMember("name", .string(target.name)), JSONMember("kind", .string(target.kind)),
      JSONMember("policies", .array(target.policies.map { .string($0) })),
      JSONMember("remarks", .array(target.remarks.map { .string($0) })),
      JSONMember("examined", .integer(target.files.count)),
    ]
    if !target.images.isEmpty { members.append(JSONMember("images", .array(target.images.map { $0.document }))) }
    if options.showsFiles {
      members.append(JSONMember("files", .array(target.files.sorted().map { .bytes($0.bytes) })))
    }
    return .object(members)
  }

  private func finding(_ reported: ReportedFinding, in report: Report) -> JSONValue {
    let finding = reported.finding
    let isKnown = report.targets.indices.contains(reported.target)
    return [
      "code": .string(finding.rule.code),
      "name": .string(finding.rule.name),
      "severity": .string(finding.severity.rawValue),
      "confidence": .string(finding.confidence.rawValue),
      "message": .string(finding.message),
      "target": isKnown ? .string(report.targets[reported.target].name) : .null,
      "place": place(finding.place, reported),
      "cache": .optional(finding.cache),
      "label": .optional(finding.label),
      "related": .array(
        finding.related.map { ["place": place($0.place, reported), "message": .string($0.message)] }),
      "evidence": .array(finding.evidence.map { ["key": .string($0.key), "value": .string($0.value)] }),
      "notes": .array(finding.notes.map { .string($0) }),
      "fix": finding.fix.map { fix($0, reported) } ?? .null,
      "suppressed": finding.suppressed.map(suppression) ?? .null,
      "fingerprint": .string(reported.fingerprint),
    ]
  }

  private func place(_ place: Place, _ reported: ReportedFinding) -> JSONValue {
    switch place {
    case .target: ["kind": "target"]
    case .entry(let entry):
      [
        "kind": "entry", "path": .bytes(entry.path.bytes), "layer": entry.layer.map { .integer($0) } ?? .null,
        "digest": .optional(entry.digest), "instruction": .optional(entry.instruction),
      ]
    case .configuration(let key): ["kind": "configuration", "key": .string(key)]
    case .file(let path, let bytes):
      ["kind": "file", "path": .bytes(path.bytes), "range": bytes.map { range($0, of: path, reported) } ?? .null]
    }
  }

  /// The range with lines and columns; null where the file's text is not at hand.
  private func range(_ range: ByteRange, of path: Path, _ reported: ReportedFinding) -> JSONValue {
    // A file that a fix makes has no text yet; where it begins is known all the same.
    let start = range == ByteRange(at: 0) ? SourceFile([]) : nil
    guard let source = reported.source(of: path) ?? start else { return .null }
    func end(_ offset: Int) -> JSONValue {
      let place = source.place(of: offset)
      return ["line": .integer(place.line), "column": .integer(place.column), "offset": .integer(offset)]
    }
    return ["start": end(range.lower), "end": end(range.upper)]
  }

  private func fix(_ fix: Fix, _ reported: ReportedFinding) -> JSONValue {
    [
      "safety": .string(fix.safety.rawValue),
      "title": .string(fix.title),
      "edits": .array(
        fix.edits.map { edit in
          [
            "path": .bytes(edit.path.bytes), "range": range(edit.edit.range, of: edit.path, reported),
            "replacement": .bytes(edit.edit.replacement),
          ]
        }),
      "commands": .array(fix.commands.map { .string($0) }),
    ]
  }

  private func suppression(_ suppression: Suppression) -> JSONValue {
    [
      "source": .string(suppression.source.rawValue), "reason": .string(suppression.reason),
      "origin": .string(suppression.origin),
    ]
  }

  private func summary(_ report: Report) -> JSONValue {
    func fixes(_ safety: FixSafety) -> JSONValue {
      .integer(report.open.count { $0.finding.fix?.safety == safety })
    }
    return [
      "error": .integer(report.count(.error)),
      "warning": .integer(report.count(.warning)),
      "info": .integer(report.count(.info)),
      "suppressed": .integer(report.findings.count - report.open.count),
      "fixable": ["safe": fixes(.safe), "unsafe": fixes(.unsafe), "manual": fixes(.manual)],
    ]
  }
}
