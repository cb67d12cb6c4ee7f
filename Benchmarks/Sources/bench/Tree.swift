import Glibc

/// A generated repository: the same files in every run and on every machine.
struct Tree {
  /// How many packages the tree is made of; each has eleven directories.
  let packages: Int
  /// Where it stands.
  let path: String
  private static let version = "tree 3"

  /// Makes the tree where it does not stand yet.
  func prepare() throws {
    let mark = path + ".complete"
    if read(mark) == "\(Self.version) \(packages)\n" { return }
    print("generating \(path) …")
    unlink(mark)
    try command(["rm", "-rf", path], in: ".")
    try makeDirectories(path)
    for index in 0..<packages { try writePackage(index) }
    try write("__pycache__/\n*.py[cod]\nnode_modules/\n*.log\n/out/\n", "\(path)/.gitignore")
    try write(dockerfile, "\(path)/Dockerfile")
    try command(["git", "init", "-q"], in: path)
    try command(["git", "add", "--", ".gitignore", "Dockerfile", "packages"], in: path)
    try write("\(Self.version) \(packages)\n", mark)
  }

  /// One package of eleven directories and a hundred and two files, 38 of them tracked.
  ///
  /// Every tenth package has ignore rules of its own; the rest of what git does not track is ignored by
  /// the rules of the root, or not at all, as on a developer's machine.
  private func writePackage(_ index: Int) throws {
    let base = "\(path)/packages/group\(index / 50)/package\(index)"
    let folders = ["src", "src/core", "src/util", "tests", "docs", "assets", "build-output"]
    for folder in folders { try makeDirectories("\(base)/\(folder)") }
    for folder in ["src", "src/core", "src/util", "tests"] {
      for file in 0..<8 { try write("value = \(file)\n", "\(base)/\(folder)/module\(file).py") }
    }
    for file in 0..<4 { try write("text\n", "\(base)/docs/page\(file).md") }
    for file in 0..<2 { try write("data\n", "\(base)/assets/image\(file).svg") }
    try makeDirectories("\(base)/src/__pycache__")
    for file in 0..<20 { try write("", "\(base)/src/__pycache__/module\(file).cpython-312.pyc") }
    try makeDirectories("\(base)/node_modules/dependency")
    for file in 0..<28 { try write("", "\(base)/node_modules/dependency/file\(file).js") }
    for file in 0..<15 { try write("", "\(base)/build-output/run\(file).log") }
    try write("text\n", "\(base)/build-output/notes.txt")
    if index % 10 == 0 {
      try write("*.tmp\n/generated/\n!keep.log\nbuild-output/cache-*\n", "\(base)/.gitignore")
    }
  }

  private var dockerfile: String {
    """
    FROM python:3.12-slim AS build
    WORKDIR /src
    COPY . .
    RUN pip install --no-cache-dir .
    FROM python:3.12-slim
    ENV PYTHONDONTWRITEBYTECODE=1
    COPY --from=build /usr/local /usr/local
    CMD ["python", "-m", "application"]

    """
  }
}

/// Why a benchmark could not be prepared.
struct PreparationError: Error, CustomStringConvertible {
  let description: String
}

/// Runs a program that has to succeed.
func command(_ arguments: [String], in directory: String) throws {
  let status = measure(arguments, in: directory).status
  guard status == 0 else {
    throw PreparationError(description: "\(arguments.joined(separator: " ")) ended with \(status)")
  }
}

/// Makes a directory and those that lead to it.
func makeDirectories(_ path: String) throws {
  if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/") else {
    throw PreparationError(description: "\(path) cannot be made")
  }
  try makeDirectories(String(path[..<slash]))
  _ = mkdir(path, 0o755)
}

/// Writes a file.
func write(_ text: String, _ path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  guard file >= 0 else { throw PreparationError(description: "\(path) cannot be written") }
  defer { close(file) }
  let bytes = Array(text.utf8)
  guard write(file, bytes, bytes.count) == bytes.count else {
    throw PreparationError(description: "\(path) cannot be written")
  }
}

/// The beginning of a small file, or nothing.
func read(_ path: String) -> String {
  let file = open(path, O_RDONLY)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 100)
  let count = read(file, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
