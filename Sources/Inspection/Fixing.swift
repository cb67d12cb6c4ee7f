internal import Facts
internal import Files
internal import Findings
public import Reports
internal import Policies
internal import Repositories
public import SourceText

/// A file that a fix changes.
public struct FileChange: Sendable {
  /// The file, relative to the root of its workspace.
  public let path: Path
  /// The file as a person can open it.
  public let shownPath: String
  /// What was done, in words.
  public let titles: [String]
  /// The change, as a patch relative to the working directory.
  public let patch: [UInt8]
  let root: Path
  let old: [UInt8]?
  let new: [UInt8]
}

/// What fixing led to.
public struct FixOutcome: Sendable {
  /// The changed files, by path.
  public let changes: [FileChange]
  /// What remains.
  public let report: Report
}

extension Inspection {
  /// How often a workspace is judged anew because fixes had to wait for others.
  public static let roundLimit = 10

  /// Applies the fixes of targets, or shows what they would change.
  ///
  /// A workspace is judged with the changed texts before anything is written: an edit stays only where
  /// its finding is gone afterwards.
  public func fix(_ names: [String], unsafe: Bool, writes: Bool) throws -> FixOutcome {
    var errors: [RunError] = []
    let workspaces = workspaces(names, &errors)
    var judged: [JudgedWorkspace] = []
    var changes: [FileChange] = []
    for workspace in workspaces {
      var repair = Repair(self, workspace, includesUnsafe: unsafe)
      let result = try repair.run()
      if writes { removeLeftovers(result) }
      judged.append(result)
      errors += repair.errors
      changes += repair.changes()
    }
    if writes { changes = write(changes, &errors) }
    return FixOutcome(changes: changes, report: report(names, judged, errors))
  }

  /// Removes what interrupted runs have left wherever this run could write, also where nothing is to be changed.
  func removeLeftovers(_ judged: JudgedWorkspace) {
    let root = judged.workspace.root
    let targets = judged.workspace.targets.map { $0.target.isDirectory ? $0.target.place : $0.target.place.parent }
    let directories = Set([root] + targets + judged.writtenDirectories.map { root.appending($0.bytes) })
    for directory in directories { Files.removeLeftovers(in: directory) }
  }

  /// Writes changed files; returns those that were written.
  func write(_ changes: [FileChange], _ errors: inout [RunError]) -> [FileChange] {
    changes.filter { change in
      let place = change.root.appending(change.path.bytes)
      Files.removeLeftovers(in: place.parent)
      do throws(FileError) {
        if let old = change.old {
          try replaceFile(at: place, in: change.root, expecting: old, with: change.new)
        } else {
          try createFile(at: place, in: change.root, with: change.new)
        }
        return true
      } catch {
        errors.append(RunError(change.shownPath, error.explanation))
        return false
      }
    }
  }
}

/// The repair of one workspace: rounds of judging and editing texts in memory.
struct Repair {
  /// How large a file may be that is changed, in bytes.
  private static let sizeLimit = 256 << 20

  private let inspection: Inspection
  private let workspace: Workspace
  private let includesUnsafe: Bool
  private let world: Inspection.World?
  private let isJudged: (RuleID) -> Bool
  private var overlay = Overlay()
  private var originals: [Path: [UInt8]?] = [:]
  private var titles: [Path: [String]] = [:]
  /// Fixes that did not do what they promised, by what they were to repair.
  private var failed: Set<String> = []
  private(set) var errors: [RunError] = []

  init(
    _ inspection: Inspection, _ workspace: Workspace, includesUnsafe: Bool, world: Inspection.World? = nil,
    isJudged: @escaping (RuleID) -> Bool = { _ in true }
  ) {
    self.inspection = inspection
    self.workspace = workspace
    self.includesUnsafe = includesUnsafe
    self.world = world
    self.isJudged = isJudged
  }

  /// The texts as the fixes leave them, by path.
  var texts: [Path: [UInt8]] { overlay.texts }

  /// Applies what can be applied; the judgement of what is left.
  mutating func run() throws -> JudgedWorkspace {
    var judged = try inspection.judge(workspace, overlay, world)
    for _ in 0..<Inspection.roundLimit {
      let (texts, applied) = round(judged)
      if applied.isEmpty { break }
      let before = overlay
      overlay.texts.merge(texts) { $1 }
      let after = try inspection.judge(workspace, overlay, world)
      let broken = Self.unrepaired(applied, before: judged.findings, after: after.findings)
      if broken.isEmpty {
        for finding in applied {
          for path in Set((finding.fix?.edits ?? []).map(\.path)) {
            titles[path, default: []].append(finding.fix?.title ?? "")
          }
        }
        judged = after
      } else {
        overlay = before
        for finding in broken where failed.insert(Self.key(finding)).inserted {
          errors.append(
            RunError(
              finding.place.path?.description ?? "",
              "the fix of \(finding.rule.code) did not repair it and was dropped; this is a fault of cachepolicy"))
        }
      }
    }
    return judged
  }

  /// The files as the fixes of one round leave them, and the findings whose fixes were taken.
  private mutating func round(_ judged: JudgedWorkspace) -> (texts: [Path: [UInt8]], applied: [Finding]) {
    var edits: [Path: [Edit]] = [:]
    var applied: [Finding] = []
    for finding in judged.findings where finding.suppressed == nil && isApplicable(finding) {
      let wanted = finding.fix?.edits ?? []
      // Overlapping edits wait for the next round.
      let conflicts = wanted.contains { edit in
        edits[edit.path, default: []].contains { $0 != edit.edit && $0.conflicts(with: edit.edit) }
      }
      if conflicts || !canRead(wanted.map(\.path), judged) { continue }
      for edit in wanted where !edits[edit.path, default: []].contains(edit.edit) {
        edits[edit.path, default: []].append(edit.edit)
      }
      applied.append(finding)
    }
    var texts: [Path: [UInt8]] = [:]
    for (path, list) in edits {
      guard let current = try? text(of: path) else { continue }
      if let changed = try? applying(list, to: current) { texts[path] = changed }
    }
    return (texts, applied)
  }

  private func isApplicable(_ finding: Finding) -> Bool {
    guard isJudged(finding.rule), let fix = finding.fix, !fix.edits.isEmpty, !failed.contains(Self.key(finding)) else {
      return false
    }
    return fix.safety == .safe || includesUnsafe && fix.safety == .unsafe
  }

  /// What a file holds now; nothing where it does not exist.
  private mutating func text(of path: Path) throws(FileError) -> [UInt8] {
    if let text = overlay.texts[path] { return text }
    if let original = originals[path] { return original ?? [] }
    let place = workspace.root.appending(path.bytes)
    do throws(FileError) {
      // Git reads no link of this name, so that no change behind it would repair anything.
      let bytes =
        path.name.elementsEqual(".gitignore".utf8)
        ? try readFile(at: place, limit: Self.sizeLimit, followLinks: false)
        : try readFile(at: place, within: workspace.root, limit: Self.sizeLimit)
      originals[path] = .some(bytes)
      return bytes
    } catch {
      guard error.reason == .missing, (try? fileStatus(at: place)) == nil else { throw error }
      originals[path] = .some(nil)
      return []
    }
  }

  /// Whether files can be read or do not exist; what cannot be read is told once.
  private mutating func canRead(_ paths: [Path], _ judged: JudgedWorkspace) -> Bool {
    paths.allSatisfy { path in
      do throws(FileError) {
        _ = try text(of: path)
        return true
      } catch {
        let names = [path.description, inspection.shown(path, workspace)]
        let isKnown = (judged.errors + errors).contains { names.contains($0.place) }
        if !isKnown { errors.append(RunError(names[1], error.explanation)) }
        return false
      }
    }
  }

  /// The applied fixes whose findings are still there: of findings that read alike, as many must be gone.
  private static func unrepaired(_ applied: [Finding], before: [Finding], after: [Finding]) -> [Finding] {
    func counts(_ findings: [Finding]) -> [String: Int] {
      var counts: [String: Int] = [:]
      for finding in findings where finding.suppressed == nil { counts[key(finding), default: 0] += 1 }
      return counts
    }
    let old = counts(before)
    let left = counts(after)
    let done = counts(applied)
    return applied.filter { finding in
      let key = key(finding)
      return left[key, default: 0] > old[key, default: 0] - done[key, default: 0]
    }
  }

  /// What tells a finding from others, apart from where exactly it stands.
  private static func key(_ finding: Finding) -> String {
    "\(finding.rule.code) \(finding.place.path?.description ?? "") \(finding.cache ?? "") \(finding.message)"
  }

  /// The changed files, by path.
  func changes() -> [FileChange] {
    overlay.texts.sorted { $0.key < $1.key }.compactMap { path, new in
      let old = originals[path] ?? nil
      if old == new { return nil }
      return inspection.change(path, in: workspace, old: old, new: new, titles: titles[path] ?? [])
    }
  }
}

extension Inspection {
  /// The change of one file.
  func change(_ path: Path, in workspace: Workspace, old: [UInt8]?, new: [UInt8], titles: [String]) -> FileChange {
    let shownPath = shown(path, workspace)
    // As `git apply` wants it where the patch is made: below the working directory, else below the root.
    let place = workspace.root.appending(path.bytes).relative(to: settings.currentDirectory) ?? path
    let patch = UnifiedDiff(path: place, old: old, new: new).bytes
    return FileChange(
      path: path, shownPath: shownPath, titles: titles, patch: patch, root: workspace.root, old: old, new: new)
  }
}
