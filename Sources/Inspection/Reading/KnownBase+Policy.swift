internal import Dockerfiles
internal import Policies
internal import Versions

extension KnownBase {
  /// What a policy says of a base image, over what is known of it anyway.
  init(_ base: BaseImage, over known: KnownBase?) {
    var environment = known?.environment ?? [:]
    for variable in base.environment { environment[variable.value.name] = Array(variable.value.value.utf8) }
    let isPython =
      known?.isPython == true || base.bytecode != nil || environment.keys.contains { $0.hasPrefix("PYTHON") }
    self.init(
      environment: environment, python: known?.python ?? (isPython ? PythonVersion(3, nil) : nil), isPython: isPython,
      isWindows: known?.isWindows ?? false, user: base.user.map { Array($0.value.utf8) } ?? known?.user,
      workingDirectory: known?.workingDirectory, homes: known.map(\.homes) ?? [:],
      shell: known.map(\.shell) ?? Self.usualShell,
      otherVariables: (known?.otherVariables ?? []).filter { environment[$0] == nil },
      distribution: known?.distribution, dockerClean: known?.dockerClean,
      bytecode: base.bytecode.map { $0.value == .precompiled ? .precompiled : .absent } ?? known?.bytecode,
      source: .policy)
  }
}

extension BaseImage {
  /// Whether the policy says nothing of the image but where it is built.
  var tellsDockerfileAlone: Bool { dockerfile != nil && environment.isEmpty && user == nil && bytecode == nil }
}
