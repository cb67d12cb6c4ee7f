import Findings
import Reports
import SourceText

/// A finding about the first `needle` in `text`.
func sample(
  _ text: String, _ needle: String, path: Path = "Dockerfile", shownPath: String? = nil, rule: RuleID = pip,
  severity: Severity = .warning, message: String = "pip leaves its download cache in this layer",
  label: String? = "here", fix: Fix? = nil, suppressed: Suppression? = nil
) -> ReportedFinding {
  let bytes = Array(text.utf8)
  let lower = bytes.firstRange(of: Array(needle.utf8))?.lowerBound ?? bytes.count
  let range = ByteRange(lower, lower + (needle.isEmpty ? 0 : needle.utf8.count))
  return sample(
    bytes, range, path: path, shownPath: shownPath, rule: rule, severity: severity, message: message, label: label,
    fix: fix, suppressed: suppressed)
}

/// A finding about a part of `bytes`.
func sample(
  _ bytes: [UInt8], _ range: ByteRange, path: Path = "Dockerfile", shownPath: String? = nil, rule: RuleID = pip,
  severity: Severity = .warning, message: String = "pip leaves its download cache in this layer",
  label: String? = "here", fix: Fix? = nil, suppressed: Suppression? = nil
) -> ReportedFinding {
  var finding = Finding(
    rule, severity, message, at: .file(path, range), cache: "python.pip", label: label, fix: fix)
  finding.suppressed = suppressed
  return ReportedFinding(
    target: 0, finding: finding, shownPath: shownPath ?? path.description, source: SourceFile(bytes),
    fingerprint: "00ff")
}

let pip = RuleID("CP310", "cache-left-in-layer")
let committed = RuleID("CP101", "committed-cache")

/// A report of one repository.
func report(_ findings: [ReportedFinding], remarks: [String] = [], errors: [RunError] = []) -> Report {
  Report(
    version: "1.2.3", profile: "production",
    targets: [
      ReportedTarget(
        name: ".", kind: "repository", policies: ["builtin:recommended"], remarks: remarks,
        files: ["b/Dockerfile", "a"])
    ], findings: findings, errors: errors)
}

/// The run that the documentation shows, and more of each kind.
func fullReport() -> Report {
  let dockerfile = """
    FROM python:3.12
    RUN python -m venv /venv \\
      && pip install --upgrade setuptools \\
      && pip install flask

    """
  let fix = Fix(
    .safe, "add --no-cache-dir in 2 places",
    edits: [
      FileEdit("docker/Dockerfile", Edit(ByteRange(at: 58), " --no-cache-dir")),
      FileEdit("docker/Dockerfile", Edit(ByteRange(at: 96), " --no-cache-dir")),
    ])
  let layer = sample(
    dockerfile, "pip install", path: "docker/Dockerfile",
    label: "writes /root/.cache/pip; nothing in this RUN removes it",
    fix: fix)
  let info = sample(dockerfile, "FROM", path: "docker/Dockerfile", severity: .info, message: "only on request")
  let index = ReportedFinding(
    target: 0,
    finding: Finding(
      committed, .error, "3 files of python.bytecode are committed", at: .file(Path([0x64, 0xFF]), nil),
      cache: "python.bytecode",
      related: [RelatedPlace(.file(".gitignore", nil), "no rule here covers it")],
      evidence: [Evidence("files", "3")], notes: ["git writes what is in its index, ignored or not"],
      fix: Fix(manual: "take it out of the index", commands: ["git rm -r --cached -- 'd\u{1B}'"])),
    shownPath: "d\u{1B}[31m\u{202E}x", source: nil, fingerprint: "aa")
  let missing = ReportedFinding(
    target: 0,
    finding: Finding(
      RuleID("CP103", "missing-ignore-entry"), .warning, "nothing keeps mypy's cache out of git",
      at: .target, cache: "python.mypy",
      fix: Fix(
        .safe, "add `.mypy_cache/` to .gitignore",
        edits: [FileEdit(".gitignore", Edit(ByteRange(at: 0), ".mypy_cache/\n"))])),
    shownPath: ".gitignore", source: nil, fingerprint: "bb")
  let accepted = sample(
    dockerfile, "venv", path: "docker/Dockerfile", rule: RuleID(own: "acme/no-venv"), message: "no environments",
    suppressed: Suppression(.exception, reason: "ACME-214", origin: ".cachepolicy.yaml:9"))
  return report(
    [layer, info, index, missing, accepted],
    remarks: ["product: last stage (no compose target, no policy file) · profile production · builtin:recommended"],
    errors: [RunError("sub/.gitignore", "larger than 104857600 bytes")])
}
