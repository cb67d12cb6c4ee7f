public import Bytecode
internal import CacheEffects
internal import Images
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
    let variable = start.value(of: "PYTHONPYCACHEPREFIX").map { Array($0.utf8) }
    let level = start.value(of: "PYTHONOPTIMIZE").map {
      PythonCall.optimization($0, python: start.python(interpreters))
    }
    let pythons = start.pythons
    let first = pythons.first
    let prefix = first?.cachePrefix ?? (first?.ignoresEnvironment == true ? nil : variable) ?? []
    self.init(
      prefix: prefix.isEmpty ? nil : start.place(prefix),
      levels: pythons.isEmpty
        ? [level ?? 0] : Set(pythons.map { max($0.optimization, $0.ignoresEnvironment ? 0 : level ?? 0) }))
  }
}
