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
    // The value that a Python reads; nil for none, and for one that is not known.
    func value(_ name: String, _ python: ImageStart.Python?) -> [UInt8]? {
      if python?.ignoresEnvironment ?? false { return nil }
      guard case .value(let value) = start.value(of: name, for: python.map { [$0] } ?? []) else { return nil }
      return value
    }
    func level(_ python: ImageStart.Python?) -> Int {
      let variable = value("PYTHONOPTIMIZE", python).map { String(decoding: $0, as: UTF8.self) }
      return max(
        python?.optimization ?? 0, variable.map { PythonCall.optimization($0, python: version) } ?? 0)
    }
    let prefix = pythons.first?.cachePrefix ?? value("PYTHONPYCACHEPREFIX", pythons.first) ?? []
    self.init(
      prefix: prefix.isEmpty ? nil : start.place(prefix),
      levels: pythons.isEmpty ? [level(nil)] : Set(pythons.map(level)))
  }
}
