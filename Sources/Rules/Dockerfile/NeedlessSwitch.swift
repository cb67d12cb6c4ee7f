internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// Reports switches in an image that ships which have nothing to switch, or must not.
///
/// ## What it does
///
/// Looks at the variables that ENV gives the image that ships:
///
/// - The policy says `write: require` for a cache, and a variable stops programs from writing it.
/// - A variable switches the cache of a tool off that nothing runs after it: neither a RUN of the
///   stage, or of a stage that starts from it, nor the program that the image starts. Of such tools it
///   knows package managers, checkers, test runners and compilers.
///
/// The second is told only where everything that runs is known: a script, `make`, an interpreter with a
/// program in a RUN, ONBUILD, or a program that is not known to be a server or an application may run
/// anything, and an image without CMD or ENTRYPOINT is there to be built on. Switches of Python's bytecode count for
/// whatever runs later, and are never needless by that rule.
///
/// ## Why is this bad
///
/// A variable for a builder in the image that ships says something about the image that is not so. It
/// hardly costs anything. With `write: require`, every start of the program does its work anew.
///
/// ## Example
///
/// ```dockerfile
/// FROM python:3.12-slim AS build
/// RUN pip install --no-cache-dir --prefix=/x flask
/// FROM python:3.12-slim
/// ENV PIP_NO_CACHE_DIR=1            # flagged: no pip runs here
/// COPY --from=build /x /usr/local
/// CMD ["flask", "run"]
/// ```
///
/// ## Fix safety
///
/// Unsafe: the fix removes the variable, which somebody may count on who runs the tool in a container,
/// or builds on the image. It is safe where the user's own policy says `write: require`.
enum NeedlessSwitch: Rule {
  static let description = RuleDescription(
    RuleID("CP306", "needless-switch"), "a switch has nothing to switch, or stops what the policy requires",
    severity: .info, group: .dockerfile, fix: .safe, page: RulePages.page("NeedlessSwitch"))

  static func check(_ facts: TargetFacts, _ judgement: Judgement, report: (Verdict) -> Void) {
    for dockerfile in facts.dockerfiles {
      var told: Set<VariableOrigin> = []
      for product in dockerfile.products {
        let variables = dockerfile.environments.final[product.stage].variables.sorted { $0.key < $1.key }
        for (name, variable) in variables {
          guard let origin = variable.origin, case .value(let value) = variable.value, !told.contains(origin) else {
            continue
          }
          let acting = acting(name, value, dockerfile.environments.bases[product.stage])
          if acting.isEmpty { continue }
          if let (kind, stated) = required(acting, product, dockerfile, judgement) {
            told.insert(origin)
            report(
              Verdict(
                Finding(
                  description.id, .info, "\(name) stops what the policy requires: \(noun(kind)) is not written",
                  at: place(origin, dockerfile), cache: kind.id, label: "write: require (\(stated.origin))",
                  evidence: evidence(name, value, product),
                  fix: told.count > SwitchSite.fixLimit
                    ? Fix(manual: "remove \(name)") : fix(name, origin, stated.isUsers ? .safe : .unsafe, dockerfile)),
                grounds: stated.grounds, profile: product.profile))
          } else if let kind = needless(acting, origin, product.stage, dockerfile) {
            told.insert(origin)
            report(
              Verdict(
                Finding(
                  description.id, .info, "\(name) has nothing to switch: nothing here runs \(kind.tool) after it",
                  at: place(origin, dockerfile), confidence: .medium, cache: kind.id,
                  label: "no command of the image reads it", evidence: evidence(name, value, product),
                  fix: told.count > SwitchSite.fixLimit
                    ? Fix(manual: "remove \(name)") : fix(name, origin, .unsafe, dockerfile)), profile: product.profile)
            )
          }
        }
      }
    }
  }

  /// The kinds that a variable keeps from being written with this value.
  private static func acting(_ name: String, _ value: [UInt8], _ base: KnownBase?) -> [CacheKind] {
    let text = String(decoding: value, as: UTF8.self)
    return Catalogue.kinds(switchedBy: name).filter { kind in
      kind.disable.environment.contains {
        $0.name == name && $0.effect == .full && $0.judge(text, python: base?.python) == .on
      }
    }
  }

  private static func required(
    _ kinds: [CacheKind], _ product: ProductFacts, _ dockerfile: DockerfileFacts, _ judgement: Judgement
  ) -> (CacheKind, Stated<WriteIntent>)? {
    for kind in kinds {
      let write = judgement.intents(for: kind, in: product.profile, at: dockerfile.path).write
      if let write, write.value == .require { return (kind, write) }
    }
    return nil
  }

  // MARK: Nothing to switch

  /// The kind whose tools run nowhere after the variable is set; nil where one does, or may.
  private static func needless(
    _ kinds: [CacheKind], _ origin: VariableOrigin, _ product: Int, _ dockerfile: DockerfileFacts
  ) -> CacheKind? {
    guard
      let kind = kinds.first(where: {
        [.download, .build, .lint, .test].contains($0.group) && $0.evidence == .measured
      }),
      let first = dockerfile.environments.graph.stages.first(where: { $0.instructions.contains(origin.instruction) })
    else { return nil }
    if dockerfile.isTemplateByName || !dockerfile.file.cautions.isEmpty { return nil }
    var heirs: Set<Int> = [first.index]
    for stage in dockerfile.environments.graph.stages[first.index...] {
      if case .stage(let parent) = stage.base, heirs.contains(parent) { heirs.insert(stage.index) }
      guard heirs.contains(stage.index) else { continue }
      for index in stage.instructions where index > origin.instruction {
        switch dockerfile.file.instructions[index].keyword {
        case .onbuild: return nil
        case .run:
          guard let run = dockerfile.effects[index], run.isComplete, run.namesAllCommands,
            run.commands.allSatisfy({ isInert($0) })
          else { return nil }
        default: continue
        }
      }
    }
    let starts = dockerfile.effects.starts.filter { $0.stage == product }
    guard !starts.isEmpty,
      starts.allSatisfy({ $0.isComplete && $0.namesAllCommands && $0.commands.allSatisfy(isApplication) })
    else { return nil }
    return kind
  }

  /// Whether a command of a RUN starts nothing but itself.
  private static func isInert(_ command: ToolCommand) -> Bool {
    if command.name == "find" {
      return !command.arguments.contains { ["-exec", "-execdir", "-ok", "-okdir"].contains(where: $0.isText) }
    }
    return Programs.inert.contains(command.name)
  }

  /// Whether what a container starts is a server, or a program of one's own behind an interpreter.
  private static func isApplication(_ command: ToolCommand) -> Bool {
    if Programs.interpreters.contains(command.name) {
      // Without a program they read what a person types.
      return command.arguments.contains { $0.value.map { $0.first != UInt8(ascii: "-") } ?? false }
    }
    return Programs.servers.contains(command.name)
  }

  // MARK: What findings say

  private static func noun(_ kind: CacheKind) -> String {
    kind.group == .bytecode ? "Python's bytecode" : "the cache of \(kind.tool)"
  }

  private static func place(_ origin: VariableOrigin, _ dockerfile: DockerfileFacts) -> Place {
    .file(dockerfile.path, dockerfile.file.range(of: origin))
  }

  private static func evidence(_ name: String, _ value: [UInt8], _ product: ProductFacts) -> [Evidence] {
    [
      Evidence("variable", name), Evidence("value", printable(value)), Evidence("product", product.reason),
      Evidence("profile", product.profile),
    ]
  }

  private static func fix(
    _ name: String, _ origin: VariableOrigin, _ safety: FixSafety, _ dockerfile: DockerfileFacts
  ) -> Fix {
    SwitchSite.fix(dockerfile, origin, safety, "remove \(name)") { editor, origin throws(EditRefusal) in
      try editor.remove(origin)
    }
  }
}
