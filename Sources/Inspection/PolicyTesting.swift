internal import Caches
internal import Facts
internal import Files
internal import Findings
internal import Images
internal import Policies
internal import Reports
internal import Repositories
internal import SourceText

/// What running the tests of policies led to.
public struct PolicyTestResult: Sendable {
  /// What happened, for people.
  public let text: String
  /// Whether every test passed.
  public let hasPassed: Bool
}

extension Inspection {
  /// Runs the tests that policies carry; without names, those of the policy in force.
  ///
  /// - Throws: ``UsageError``, ``PolicyFailure`` or ``InputError``.
  public func testPolicies(_ files: [String]) throws -> PolicyTestResult {
    var subjects: [(name: String, policy: Policy)] = []
    for file in files {
      let text = try loader.withTests.userPolicy(file)
      subjects.append((text.name, try loader.withTests.load(text, [], nil)))
    }
    if files.isEmpty { subjects.append(("the policy in force", try policyInForce(at: "."))) }
    var text = ""
    var passed = 0
    var failed = 0
    for (name, policy) in subjects {
      // What a policy extends brings its own tests, which are run where it is tested itself.
      for test in policy.tests where files.isEmpty ? !test.origin.isBuiltin : test.origin.source == name {
        let problems = try PolicyTestRun(self, policy, test).problems()
        if problems.isEmpty {
          passed += 1
        } else {
          failed += 1
          text += "failed: \(printable(test.name)) (\(test.origin))\n"
          text += problems.map { "  \($0)\n" }.joined()
        }
      }
      for rule in policy.ownRules {
        for lack in lacks(of: rule, policy) {
          text += "warning: \(printable(rule.name)) has \(lack) (\(rule.origin))\n"
        }
      }
    }
    text += "\(passed) passed, \(failed) failed\n"
    return PolicyTestResult(text: text, hasPassed: failed == 0)
  }

  /// A rule of the user's own should be shown to fire and to stay quiet.
  private func lacks(of rule: OwnRule, _ policy: Policy) -> [String] {
    let about = policy.tests.filter { $0.rules?.contains(rule.name) ?? true }
    var lacks: [String] = []
    if !about.contains(where: { $0.expect.contains { $0.rule == rule.name } }) {
      lacks.append("no test that it fires in")
    }
    if !about.contains(where: { !$0.expect.contains { $0.rule == rule.name } }) {
      lacks.append("no test that it stays quiet in")
    }
    return lacks
  }
}

/// One test of a policy: a small tree is made in a temporary directory and judged.
private struct PolicyTestRun {
  private let inspection: Inspection
  private let policy: Policy
  private let test: PolicyTest

  init(_ inspection: Inspection, _ policy: Policy, _ test: PolicyTest) {
    self.inspection = inspection
    self.policy = policy
    self.test = test
  }

  /// Where the outcome differs from what the test wants, in lines; none where it passes.
  func problems() throws -> [String] {
    var found: [Finding] = []
    if let layers = test.layers {
      do throws(LayerError) {
        found = try inspection.findings(in: layers, of: test, policy)
      } catch {
        return ["layers: \(error)"]
      }
      // A test of an image alone has no repository.
      if test.files.isEmpty, test.untracked.isEmpty { return try differences(found) }
    }
    let directory: Path
    do throws(FileError) { directory = try makeTemporaryDirectory(named: "cachepolicy-test") } catch {
      throw InputError(error.description)
    }
    defer { removeTree(at: directory) }
    do throws(FileError) {
      for file in test.files + test.untracked { try write(file, in: directory) }
    } catch {
      return [error.description]
    }
    var lines = try differences(try judge(directory) + found)
    if let fixed = test.fixed { lines += try fixDifferences(fixed, directory) }
    return lines
  }

  private func write(_ file: TestFile, in directory: Path) throws(FileError) {
    let path = directory.appending(file.path)
    try makeDirectories(to: path.parent, in: directory)
    try writeFile(Array(file.text.utf8), at: path)
  }

  private func workspace(_ directory: Path) -> Workspace {
    Workspace(
      root: directory, repository: nil, target: Target(name: ".", place: directory, isDirectory: true))
  }

  private func judge(_ directory: Path) throws -> [Finding] {
    try inspection.judge(workspace(directory), Overlay(), world).findings
  }

  /// The files of a test are tracked, and the policy is the one under test.
  private var world: Inspection.World {
    Inspection.World(
      policies: PolicyTree([:], fallback: policy),
      index: Index(paths: test.files.map { Array($0.path.utf8) }), profile: test.profile, today: test.today)
  }

  private func isJudged(_ rule: RuleID) -> Bool {
    guard let rules = test.rules else { return true }
    return rules.contains { rule.isNamed($0) }
  }

  private func differences(_ findings: [Finding]) throws -> [String] {
    var lines: [String] = []
    var left = findings.filter { isJudged($0.rule) && $0.suppressed == nil }
    for expected in test.expect {
      if let index = left.firstIndex(where: { fits($0, expected) }) {
        left.remove(at: index)
      } else {
        lines.append("- expected: \(words(expected)) (\(expected.origin))")
      }
    }
    lines += left.map { "+ found:    \(words($0))" }
    return lines
  }

  private func fits(_ finding: Finding, _ expected: ExpectedFinding) -> Bool {
    guard finding.rule.isNamed(expected.rule) else { return false }
    let place = self.place(of: finding)
    return (expected.line == nil || expected.line == place?.line)
      && (expected.column == nil || expected.column == place?.column)
      && (expected.severity == nil || expected.severity == finding.severity)
      && (expected.path == nil || expected.path == finding.place.path?.description)
      && (expected.cache == nil || expected.cache == finding.cache)
  }

  private func place(of finding: Finding) -> LineColumn? {
    guard let path = finding.place.path, let range = finding.place.range,
      let file = (test.files + test.untracked).first(where: { $0.path == path.description })
    else { return nil }
    return LineTable(Array(file.text.utf8)).place(of: range.lower)
  }

  private func words(_ finding: Finding) -> String {
    let line = place(of: finding).map { ":\($0.line):\($0.column)" } ?? ""
    let path = finding.place.path.flatMap { $0.leadsOut ? nil : $0.description } ?? ""
    return "\(finding.rule.code) \(finding.severity.rawValue) \(path)\(line) \(printable(finding.message))"
  }

  private func words(_ expected: ExpectedFinding) -> String {
    let line = expected.line.map { ":\($0)" } ?? ""
    return [expected.rule, expected.severity?.rawValue, (expected.path ?? "") + line, expected.cache].compactMap(\.self)
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Where the repaired files differ from those that the test wants, as a patch.
  private func fixDifferences(_ fixed: [TestFile], _ directory: Path) throws -> [String] {
    var repair = Repair(inspection, workspace(directory), includesUnsafe: test.unsafe, world: world, isJudged: isJudged)
    _ = try repair.run()
    var lines = repair.errors.map(\.message)
    for file in fixed {
      let path = Path(file.path.utf8)
      let actual = repair.texts[path] ?? (try? readFile(at: directory.appending(file.path), limit: 1 << 20))
      let wanted = Array(file.text.utf8)
      if actual == wanted { continue }
      let patch = UnifiedDiff(path: path, old: wanted, new: actual ?? []).bytes
      lines.append("fixed: \(printable(file.path)) is not as wanted:")
      lines += String(decoding: patch, as: UTF8.self).split(separator: "\n").map { "  " + printable(String($0)) }
    }
    for (path, _) in repair.texts where !fixed.contains(where: { $0.path == path.description }) {
      lines.append("fixed: \(path) was changed too")
    }
    return lines
  }
}
