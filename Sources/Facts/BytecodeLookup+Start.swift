public import Bytecode
internal import CacheEffects
internal import Images
internal import Shell
internal import SourceText

extension BytecodeLookup {
  /// Where Python looks for bytecode in a container of an image, by what the image starts and by its environment.
  ///
  /// A program that is not known to be Python may start it all the same, with the environment alone.
  ///
  /// - Parameters:
  ///   - start: what the image starts.
  ///   - interpreters: those of the image, whose versions read the environment.
  public init(_ start: ImageStart, interpreters: Interpreters) {
    let version = start.python(interpreters)
    let pythons = start.pythons
    self.init(usesCacheDirectory: false, hasKnownStart: !pythons.isEmpty && pythons.allSatisfy(\.isCertain))
    var isLevelKnown = true
    for python in pythons.isEmpty ? [nil] : pythons.map(Optional.some) {
      switch python?.cachePrefix.map(VariableValue.value) ?? Self.value("PYTHONPYCACHEPREFIX", python, start) {
      case .value(let prefix) where !prefix.isEmpty:
        // Where a shell has gone to a place that is not known, neither is the prefix.
        let place = python.map { start.place(prefix, for: $0) } ?? start.place(prefix)
        if let place, !prefixes.contains(place) { prefixes.append(place) }
        if place == nil { usesCacheDirectory = true }
      // Where a value is not known, what lies in the usual place may be loaded.
      case .value, .unset, .unknown: usesCacheDirectory = true
      }
      var level = python?.optimization ?? 0
      switch Self.value("PYTHONOPTIMIZE", python, start) {
      case .value(let value):
        level = max(level, PythonCall.optimization(String(decoding: value, as: UTF8.self), python: version))
      case .unset: break
      case .unknown: isLevelKnown = false
      }
      levels.insert(level)
    }
    // Of two that hold a file the inner one is meant.
    prefixes.sort { $0.bytes.count > $1.bytes.count }
    if !isLevelKnown { levels = [] }
    if case .value(let value) = Self.value("PYTHONOPTIMIZE", nil, start) {
      mayStartPlainly = PythonCall.optimization(String(decoding: value, as: UTF8.self), python: version) == 0
    }
    // What is started perhaps may be something else, which has the environment alone.
    if !pythons.allSatisfy(\.isCertain), Self.value("PYTHONPYCACHEPREFIX", nil, start) == .unset {
      usesCacheDirectory = true
    }
  }

  /// The value of a variable that a Python reads.
  private static func value(_ name: String, _ python: ImageStart.Python?, _ start: ImageStart) -> VariableValue {
    if python?.ignoresEnvironment ?? false { return .unset }
    return start.value(of: name, for: python.map { [$0] } ?? [])
  }
}
