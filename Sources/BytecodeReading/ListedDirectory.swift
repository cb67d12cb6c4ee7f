internal import Bytecode

/// What a survey keeps of a directory that it has listed.
struct ListedDirectory {
  /// What stands for which module.
  let modules: ModuleDirectory
  /// The names of what may be directories, without `__pycache__`.
  private let directories: Set<[UInt8]>
  /// The names that make the directory a package.
  let initialisers: [[UInt8]]

  init(_ entries: [BytecodeTreeEntry]) {
    modules = ModuleDirectory(names: entries.lazy.map(\.name))
    directories = Set(
      entries.lazy.filter { $0.mayBeDirectory && $0.name != BytecodeName.cacheDirectory }.map(\.name))
    initialisers = entries.map(\.name).filter { $0.starts(with: "__init__".utf8) }
  }

  /// Whether something of the module's name may be a directory.
  func mayHavePackage(_ module: ArraySlice<UInt8>) -> Bool { directories.contains(Array(module)) }
}
