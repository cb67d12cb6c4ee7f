internal import CacheEffects
internal import Dockerfiles
internal import Facts
internal import SourceText

extension KnownBase {
  /// What is known of an image by the Dockerfile that builds it.
  ///
  /// Nil where the file has several products, or where its own base image is not known, so that the image may have
  /// anything.
  init?(builtBy dockerfile: DockerfileFacts) {
    guard dockerfile.products.count == 1, let stage = dockerfile.products.first?.stage,
      let known = dockerfile.environments.bases[stage]
    else { return nil }
    let final = dockerfile.environments.final[stage]
    if final.mayInheritMore { return nil }
    var environment: [String: [UInt8]] = [:]
    var others: [String] = []
    for (name, variable) in final.variables {
      if case .value(let value) = variable.value { environment[name] = value } else { others.append(name) }
    }
    var user: [UInt8]?
    if case .value(let name) = final.user { user = name }
    let gaps = dockerfile.effects.bytecodeGaps(in: dockerfile.file, stage: stage)
    let hasLibrary = !gaps.contains { $0.group == .library }
    self.init(
      environment: environment, python: known.python, isPython: known.isPython, isWindows: known.isWindows,
      user: user, workingDirectory: final.workingDirectory, homes: known.homes, shell: final.shell,
      otherVariables: others.sorted(), distribution: known.distribution,
      dockerClean: dockerfile.effects.dockerClean[stage],
      bytecode: known.bytecode == .absent && hasLibrary ? .precompiled : known.bytecode, source: known.source)
  }
}
