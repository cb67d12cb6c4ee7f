internal import Bytecode

/// What a survey keeps of a directory that it has listed.
struct ListedDirectory {
  /// What stands for which module.
  let modules: ModuleDirectory
  /// The names of what may be directories, without `__pycache__`.
  private let directories: Set<[UInt8]>
  /// The names that make the directory a package.
  let initialisers: [[UInt8]]

  /// Sorts out the entries of a directory.
  ///
  /// - Parameters:
  ///   - entries: the entries.
  ///   - leadsToFile: whether the link of a name leads to a file; it is asked where a module may be named so.
  init(_ entries: [BytecodeTreeEntry], leadsToFile: ([UInt8]) -> Bool) {
    // Neither a directory `x.so` nor a link that leads nowhere is imported as `x`.
    let files = entries.filter { entry in
      switch entry.kind {
      case .file: true
      case .directory: false
      case .link: Self.mayBeModule(entry.name) && leadsToFile(entry.name)
      }
    }
    modules = ModuleDirectory(names: files.lazy.map(\.name))
    directories = Set(
      entries.lazy.filter { $0.kind != .file && $0.name != BytecodeName.cacheDirectory }.map(\.name))
    initialisers = files.map(\.name).filter { $0.starts(with: "__init__".utf8) }
  }

  private static func mayBeModule(_ name: [UInt8]) -> Bool {
    [".so", ".py", ".pyc"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  /// Whether something of the module's name may be a directory.
  func mayHavePackage(_ module: ArraySlice<UInt8>) -> Bool { directories.contains(Array(module)) }
}
