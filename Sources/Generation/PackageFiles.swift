internal import Foundation

/// Reads the package's sources and tells what `make generate` would write.
public struct PackageFiles {
  /// The package's root.
  public let root: String

  /// Creates the reader of a package.
  public init(root: String) {
    self.root = root
  }

  /// All generated files of the parts of the package that are there.
  public func generated() throws -> [TextFile] {
    var files = try generateCatalogue(sources(in: "policies/caches", suffix: ".yaml"))
    if isDirectory("Sources/Policies") {
      files.append(try generateBuiltinPolicies(sources(in: "policies", suffix: ".yaml")))
    }
    if isDirectory("Sources/Rules") {
      var rules: [TextFile] = []
      for group in try names(in: "Sources/Rules") where group != "Generated" && isDirectory("Sources/Rules/" + group) {
        rules += try sources(in: "Sources/Rules/" + group, suffix: ".swift")
      }
      files.append(try generateRulePages(rules))
    }
    return files
  }

  /// The files that are generated now, of the folders that hold nothing else.
  public func present() throws -> [TextFile] {
    var files: [TextFile] = []
    for module in try names(in: "Sources") {
      let folder = "Sources/" + module + "/Generated"
      if isDirectory(folder) { files += try sources(in: folder, suffix: ".swift") }
    }
    return files
  }

  /// Writes the generated files that differ, removes those that are no more, and returns their paths.
  public func generate() throws -> [String] {
    let wanted = try generated()
    let present = try present()
    var changed: [String] = []
    for file in wanted where !present.contains(file) {
      let path = root + "/" + file.path
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(file.bytes).write(to: URL(fileURLWithPath: path))
      changed.append(file.path)
    }
    for file in present where !wanted.contains(where: { $0.path == file.path }) {
      try FileManager.default.removeItem(atPath: root + "/" + file.path)
      changed.append(file.path)
    }
    return changed
  }

  private func isDirectory(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: root + "/" + path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder).sorted()
  }

  private func sources(in folder: String, suffix: String) throws -> [TextFile] {
    var files: [TextFile] = []
    for name in try names(in: folder) where name.hasSuffix(suffix) {
      let path = folder + "/" + name
      files.append(TextFile(path: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: root + "/" + path)))))
    }
    return files
  }
}
