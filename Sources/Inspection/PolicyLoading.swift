internal import Caches
internal import Files
internal import Findings
public import Policies
public import Reports
internal import Rules
internal import SourceText

/// Policies with errors: nothing is examined by them.
public struct PolicyFailure: Error, Sendable {
  /// What is wrong, by file and place.
  public let problems: [PolicyProblem]
  let texts: [PolicyText]

  /// The errors as people read them: place, message, line and caret.
  public func text(color style: Style) -> String {
    PolicyProblemText(texts, style).text(of: problems)
  }
}

/// Problems of policies as people read them.
struct PolicyProblemText {
  private let sources: [String: SourceFile]
  private let style: Style

  init(_ texts: [PolicyText], _ style: Style) {
    var sources: [String: SourceFile] = [:]
    for text in texts { sources[text.name] = SourceFile(text.bytes) }
    self.sources = sources
    self.style = style
  }

  func text(of problems: [PolicyProblem]) -> String {
    var text = ""
    for problem in problems {
      let place = "\(printable(problem.source)):\(problem.place.line):\(problem.place.column)"
      text += style.bold(place) + " " + style.severity(problem.severity, problem.severity.rawValue)
      text += " \(printable(problem.message))\n"
      if let source = sources[problem.source] {
        text += snippet(problem.range, source, problem.severity, problem.help)
      } else if let help = problem.help {
        text += "  = \(printable(help))\n"
      }
      if let related = problem.related {
        let line = sources[related.source].map { ":\($0.lines.line(of: related.range.lower))" } ?? ""
        text += "  = \(printable(related.source))\(line): \(printable(related.message))\n"
      }
      text += "\n"
    }
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count - errors
    var counts: [String] = []
    if errors > 0 { counts.append("\(errors) error\(errors == 1 ? "" : "s")") }
    if warnings > 0 { counts.append("\(warnings) warning\(warnings == 1 ? "" : "s")") }
    return text + counts.joined(separator: ", ") + (errors > 0 ? "; nothing was examined\n" : "\n")
  }

  private func snippet(_ range: ByteRange, _ source: SourceFile, _ severity: Severity, _ help: String?) -> String {
    let snippet = SourceSnippet(range, in: source)
    let number = String(snippet.line)
    let blank = String(repeating: " ", count: number.utf8.count)
    let mark = String(repeating: " ", count: snippet.indent) + String(repeating: "^", count: snippet.length)
    let label = help.map { " " + printable($0) } ?? ""
    return style.frame("\(blank) |") + "\n" + style.frame("\(number) |") + " " + snippet.text + "\n"
      + style.frame("\(blank) |") + " " + style.severity(severity, mark + label) + "\n"
  }
}

/// Finds, reads and merges the policies of a run.
struct PolicyLoader {
  /// How large a policy may be, in bytes.
  static let sizeLimit = 1 << 20

  /// The cache kinds as a policy names them.
  static let cacheNames = CacheNames.catalogue

  let settings: Settings
  /// Whether the tests of built-in policies are read too, which only work on policies asks for.
  var readsTests = false

  /// The same loader, with the tests of built-in policies.
  var withTests: PolicyLoader { PolicyLoader(settings: settings, readsTests: true) }

  /// The text of a built-in policy; its tests stand last in it.
  private func builtin(_ name: String) -> PolicyText? {
    guard var bytes = BuiltinPolicies.bytes(name) else { return nil }
    let tests = Array("\ntests:\n".utf8)
    if !readsTests {
      var start = 0
      while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if bytes[end...].starts(with: tests) {
          bytes.removeSubrange((end + 1)...)
          break
        }
        start = end + 1
      }
    }
    return PolicyText(name: "builtin:\(name)", bytes, isBuiltin: true)
  }

  /// The reader of policies, for files below `root`.
  private func reader(_ root: Path?) -> PolicyReader {
    PolicyReader(
      rules: RuleRegister.descriptions,
      caches: Self.cacheNames,
      builtins: BuiltinPolicies.names,
      // Whoever works on policies has them all checked.
      trustsBuiltins: !readsTests
    ) { reference, text throws(PolicyUnavailable) in
      switch reference {
      case .builtin(let name):
        guard let text = builtin(name) else { throw PolicyUnavailable("is not built in") }
        return text
      case .file(let file):
        let base = Inspection.absolute(text.name, from: settings.currentDirectory).parent
        return try read(Inspection.absolute(file, from: base), within: root)
      }
    }
  }

  /// Reads a policy that another one extends; one that was found may not lead out of its repository.
  private func read(_ path: Path, within root: Path?) throws(PolicyUnavailable) -> PolicyText {
    let bytes: [UInt8]
    let resolved: Path
    do throws(FileError) {
      resolved = try resolvedPath(path)
    } catch {
      throw PolicyUnavailable(error.explanation)
    }
    if let root, !resolved.isWithin(root) { throw PolicyUnavailable("lies outside the repository") }
    do throws(FileError) {
      bytes = try readFile(at: resolved, limit: Self.sizeLimit)
    } catch {
      throw PolicyUnavailable(error.explanation)
    }
    return PolicyText(name: shown(path), bytes)
  }

  /// A path as a person can open it from the working directory.
  func shown(_ path: Path) -> String {
    let relative = path.relative(to: settings.currentDirectory) ?? path
    return String(decoding: relative.bytes, as: UTF8.self)
  }

  /// The policies of a workspace by the directories that they speak for.
  ///
  /// - Throws: ``PolicyFailure`` or ``UsageError`` where one cannot be used.
  func tree(_ workspace: Workspace, _ found: [Path]) throws -> (tree: PolicyTree, names: [String]) {
    let further = try furtherPolicies()
    let root = workspace.root
    var names: [String] = []
    var byDirectory: [Path: Policy] = [:]
    let usesFound = !settings.ignoresPolicies && settings.environment["CACHEPOLICY_POLICY"]?.isEmpty ?? true
    if usesFound {
      var files: [Path: [Path]] = [:]
      for path in found { files[Self.directory(of: path), default: []].append(path) }
      for (directory, paths) in files.sorted(by: { $0.key < $1.key }) {
        let present = paths.map { $0.relative(to: directory)?.description ?? "" }
        let name: String?
        do throws(PolicyDiscovery.Ambiguity) {
          name = try PolicyDiscovery.name { present.contains($0) }
        } catch {
          throw UsageError("\(printable(shown(workspace.root.appending(directory.bytes)))): \(error.description)")
        }
        guard let name, let path = paths.first(where: { $0.relative(to: directory)?.description == name }) else {
          continue
        }
        let place = workspace.root.appending(path.bytes)
        let bytes: [UInt8]
        do throws(FileError) {
          bytes = try readFile(at: place, within: workspace.root, limit: Self.sizeLimit)
        } catch {
          throw UsageError("\(printable(shown(place))): \(error.explanation)")
        }
        let text = PolicyText(name: shown(place), bytes)
        byDirectory[directory] = try load(text, further, root)
        names.append(text.name)
      }
    }
    let fallback = try load(try fallbackText(), further, nil)
    if byDirectory[.root] == nil { names.append(try fallbackText().name) }
    return (PolicyTree(byDirectory, fallback: fallback), names + further.map(\.name))
  }

  /// The directory that a policy file speaks for.
  static func directory(of path: Path) -> Path {
    let parent = path.parent
    let isHidden = parent.name.elementsEqual(".github".utf8) && path.name.elementsEqual("cachepolicy.yaml".utf8)
    return isHidden ? parent.parent : parent
  }

  /// The policy of what has none of its own.
  private func fallbackText() throws(UsageError) -> PolicyText {
    if !settings.ignoresPolicies, let file = settings.environment["CACHEPOLICY_POLICY"], !file.isEmpty {
      return try userPolicy(file)
    }
    return builtin("recommended") ?? PolicyText(name: "builtin:recommended", [])
  }

  private func furtherPolicies() throws(UsageError) -> [PolicyText] {
    var texts: [PolicyText] = []
    if settings.ignoresPolicies { return texts }
    for file in settings.policyFiles { texts.append(try userPolicy(file)) }
    return texts
  }

  /// A policy that the person names: a file, or `builtin:NAME`.
  func userPolicy(_ name: String) throws(UsageError) -> PolicyText {
    if name.hasPrefix("builtin:") {
      guard let text = builtin(String(name.dropFirst(8))) else {
        let known = BuiltinPolicies.names.map { "builtin:\($0)" }.joined(separator: ", ")
        throw UsageError("there is no policy \(printable(name)); built in are: \(known)")
      }
      return text
    }
    let path = Inspection.absolute(name, from: settings.currentDirectory)
    do throws(FileError) {
      return PolicyText(name: shown(path), try readFile(at: path, limit: Self.sizeLimit))
    } catch {
      throw UsageError("\(printable(name)): \(error.explanation)")
    }
  }

  /// Reads and merges; throws every error at once.
  func load(_ text: PolicyText, _ further: [PolicyText], _ root: Path?) throws(PolicyFailure) -> Policy {
    let load = reader(root).load(text, further: further)
    guard let policy = load.policy else { throw PolicyFailure(problems: load.problems, texts: load.texts) }
    return policy
  }

  /// Everything that is wrong in a policy, and the policy where it can be used.
  func check(_ text: PolicyText, _ further: [PolicyText] = []) -> PolicyLoad {
    reader(nil).load(text, further: further)
  }
}
