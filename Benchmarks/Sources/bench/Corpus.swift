import Glibc

/// Real Dockerfiles, copied under their own names to where both linters read them.
struct Corpus {
  /// How many files are read in one run; a smaller corpus is copied several times.
  static let size = 1_000

  /// The copies, relative to ``directory``.
  let files: [String]
  /// How many different files there are.
  let count: Int
  /// Where the copies stand.
  let directory: String

  /// Copies the Dockerfiles below `source`.
  init(from source: String, to directory: String) throws {
    self.directory = directory
    var found: [String] = []
    try Self.list(source, "", &found)
    found.sort()
    guard !found.isEmpty else { throw PreparationError(description: "\(source) holds no Dockerfile") }
    try command(["rm", "-rf", directory], in: ".")
    var files: [String] = []
    for index in 0..<Self.size {
      let name = found[index % found.count]
      let copy = "copy\(index / found.count)/\(name)"
      let parent = copy.lastIndex(of: "/").map { String(copy[..<$0]) } ?? ""
      try makeDirectories("\(directory)/\(parent)")
      try command(["cp", "\(source)/\(name)", "\(directory)/\(copy)"], in: ".")
      files.append(copy)
    }
    self.files = files
    count = min(found.count, Self.size)
  }

  /// Collects the regular files whose names say that they are Dockerfiles.
  private static func list(_ root: String, _ prefix: String, _ found: inout [String]) throws {
    guard let stream = opendir("\(root)/\(prefix)") else {
      throw PreparationError(description: "\(root)/\(prefix) cannot be read")
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      if entry.pointee.d_type == UInt8(DT_DIR) {
        try list(root, "\(prefix)\(name)/", &found)
      } else if entry.pointee.d_type == UInt8(DT_REG), name.hasPrefix("Dockerfile") || name.hasSuffix("Dockerfile") {
        found.append(prefix + name)
      }
    }
  }
}
