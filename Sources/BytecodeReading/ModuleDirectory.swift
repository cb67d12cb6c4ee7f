internal import Bytecode

/// What the names in a directory say of the modules in it, kept so that each module is answered without a pass over all
/// of them.
struct ModuleDirectory {
  /// The names of what may be imported in a module's place beside its source, sorted.
  private let modules: [[UInt8]]
  /// The names of what may be directories, without those of `__pycache__`.
  private let directories: Set<[UInt8]>
  /// The names that make the directory a package.
  let initialisers: [[UInt8]]

  init(_ entries: [BytecodeTreeEntry]) {
    var modules: [[UInt8]] = []
    var directories: Set<[UInt8]> = []
    var initialisers: [[UInt8]] = []
    for entry in entries {
      if entry.name.starts(with: "__init__".utf8) { initialisers.append(entry.name) }
      if entry.name.suffix(3).elementsEqual(".so".utf8) || entry.name.suffix(4).elementsEqual(".pyc".utf8) {
        modules.append(entry.name)
      }
      if entry.mayBeDirectory, entry.name != BytecodeName.cacheDirectory { directories.insert(entry.name) }
    }
    modules.sort { $0.lexicographicallyPrecedes($1) }
    self.modules = modules
    self.directories = directories
    self.initialisers = initialisers
  }

  /// Whether something of the module's name may be a directory.
  func mayHavePackage(_ module: ArraySlice<UInt8>) -> Bool { directories.contains(Array(module)) }

  /// The names of what may be imported in place of a module: those in which a dot, or the ending of Python 2's
  /// extension modules, follows its name.
  func names(of module: ArraySlice<UInt8>) -> [[UInt8]] {
    names(from: module + [UInt8(ascii: ".")]) + names(from: module + Array("module".utf8))
  }

  private func names(from prefix: ArraySlice<UInt8>) -> [[UInt8]] {
    var low = 0
    var high = modules.count
    while low < high {
      let middle = low + (high - low) / 2
      if modules[middle].lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
    }
    return Array(modules[low...].prefix { $0.starts(with: prefix) })
  }
}
