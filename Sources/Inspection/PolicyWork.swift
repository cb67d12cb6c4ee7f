internal import Caches
internal import Facts
internal import Files
internal import Findings
internal import Policies
public import Reports
internal import Rules
internal import SourceText

extension Inspection {
  /// The policy that judges a place.
  func policyInForce(at name: String) throws -> Policy {
    try policies(at: name).policy(for: .root)
  }

  /// The policies in force at a place, with their own tests and rules.
  private func policies(at name: String) throws -> PolicyTree {
    var errors: [RunError] = []
    guard let workspace = workspaces([name], &errors).first else {
      throw InputError(errors.first.map { "\($0.place): \($0.message)" } ?? "cannot be read")
    }
    let start = workspace.targets[0].target
    let place = (start.isDirectory ? start.place : start.place.parent).relative(to: workspace.root) ?? .root
    var found: [Path] = []
    var directory = place
    while found.isEmpty {
      for name in PolicyDiscovery.names {
        let path = directory.appending(name)
        if (try? fileStatus(at: workspace.root.appending(path.bytes), followLinks: true).kind) == .regular {
          found.append(path)
        }
      }
      if directory.isRoot { break }
      directory = directory.parent
    }
    let (tree, _) = try loader.withTests.tree(workspace, found)
    return PolicyTree([.root: tree.policy(for: place)], fallback: tree.policy(for: place))
  }

  /// The policy in force at a place, merged, as YAML.
  public func showPolicy(at name: String, origin: Bool) throws -> String {
    try policyInForce(at: name).show(origin: origin)
  }

  /// What is wrong in policies: warnings as text, errors as ``PolicyFailure``.
  public func checkPolicies(_ files: [String], style: Style) throws -> String {
    var texts: [PolicyText] = []
    for file in files { texts.append(try loader.withTests.userPolicy(file)) }
    if files.isEmpty {
      _ = try policyInForce(at: ".")
      return "the policy in force has no errors\n"
    }
    var problems: [PolicyProblem] = []
    var sources: [PolicyText] = []
    for text in texts {
      let load = loader.withTests.check(text)
      problems += load.problems
      sources += load.texts
    }
    if problems.contains(where: { $0.severity == .error }) { throw PolicyFailure(problems: problems, texts: sources) }
    if problems.isEmpty { return files.map { "\(printable($0)): no errors\n" }.joined() }
    return PolicyProblemText(sources, style).text(of: problems)
  }

  /// A commented policy for the tools that are used at a place; with `writes`, it becomes `.cachepolicy.yaml` there.
  public func beginPolicy(at name: String, writes: Bool) throws -> String {
    var errors: [RunError] = []
    guard let workspace = workspaces([name], &errors).first else {
      throw InputError(errors.first.map { "\($0.place): \($0.message)" } ?? "cannot be read")
    }
    let judged = try judge(workspace, Overlay())
    let text = StarterPolicy(judged.facts).text
    guard writes else { return text }
    let place = workspace.targets[0].target
    let directory = place.isDirectory ? place.place : place.place.parent
    let file = directory.appending(".cachepolicy.yaml")
    do throws(FileError) {
      try createFile(at: file, in: workspace.root, with: Array(text.utf8))
    } catch {
      throw InputError("\(loader.shown(file)): \(error.explanation)")
    }
    return "\(loader.shown(file)) written\n"
  }
}

/// A policy to begin with, with comments, for what a repository uses.
struct StarterPolicy {
  let text: String

  init(_ facts: TargetFacts) {
    var ecosystems: [String: [String]] = [:]
    for use in facts.uses where !ecosystems[use.kind.ecosystem, default: []].contains(use.kind.id) {
      ecosystems[use.kind.ecosystem, default: []].append(use.kind.id)
    }
    var text = """
      # The caches of this repository: what may be written, committed and shipped.
      # `cachepolicy explain CACHE` tells of a cache, `cachepolicy policy show --origin` what is in force.
      version: 1
      extends: [builtin:recommended]
      default-profile: production


      """
    if ecosystems.isEmpty {
      text += "# No tool was found that writes caches here.\n"
    } else {
      text += "# Found here:\n"
      for (ecosystem, kinds) in ecosystems.sorted(by: { $0.key < $1.key }) {
        text += "#   \(ecosystem): \(kinds.sorted().joined(separator: ", "))\n"
      }
    }
    text += """

      caches:
        "*":
          "*": {commit: deny}          # none of them belongs into a commit

      """
    if ecosystems["python"] != nil {
      text += """
          python.bytecode:
            development: {write: allow}
            production: {write: deny}    # an image does not write bytecode when it runs

        """
    }
    text += """

      # rules:
      #   CP103: warning                 # a code or a name, and off, info, warning or error

      # exceptions:
      #   - rule: CP101
      #     paths: ["third_party/**"]
      #     reason: "why, and who decided"
      #     expires: 2027-12-31

      """
    self.text = text
  }
}
