public import SourceText

/// Finds the programs of an image as what starts its containers finds them.
public struct ProgramSearch: Sendable {
  /// Where programs are looked for where the image does not say it: Docker and containerd set `PATH` to this.
  public static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// How many directories of PATH are looked into.
  private static let pathLimit = 64
  /// The bits of the mode of which one makes a file a program.
  private static let executeBits: UInt16 = 0o111

  private let view: LayerView
  private let directories: [[UInt8]]
  private let workingDirectory: [UInt8]

  /// - Parameters:
  ///   - view: the tree of the image.
  ///   - configuration: what says its `PATH` and its working directory.
  public init(_ view: LayerView, _ configuration: ImageConfiguration) {
    self.view = view
    // runc looks by Go's `exec.LookPath`, which takes no directory that is relative to another.
    directories = Self.directories(Array((configuration.value(of: "PATH") ?? Self.usualPath).utf8))
      .filter { $0.first == UInt8(ascii: "/") }.map(Array.init)
    workingDirectory = Array(configuration.workingDirectory.utf8)
  }

  private static func directories(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
    path.split(separator: UInt8(ascii: ":"), maxSplits: pathLimit, omittingEmptySubsequences: false)
      .prefix(pathLimit).filter { $0.count <= ImageLimits.pathLength }
  }

  /// The program that a word starts: by its path, relative to the working directory, or by its name in `PATH`.
  ///
  /// - Parameter word: the word.
  /// - Returns: the file, links followed; nil where nothing that may be executed is found.
  public func program(_ word: [UInt8]) -> LayerView.Item? {
    guard !word.isEmpty else { return nil }
    if word.contains(UInt8(ascii: "/")) { return executable(word, in: workingDirectory) }
    for directory in directories {
      if let item = executable(directory + [UInt8(ascii: "/")] + word) { return item }
    }
    return nil
  }

  /// The program that a word starts in a shell, or through another program.
  ///
  /// - Parameters:
  ///   - word: the word.
  ///   - path: the value of `PATH` there; nil where it is not known.
  ///   - directory: where it is started; nil where that is not known.
  /// - Returns: the file, links followed; nil where nothing that may be executed is found, and where it depends on what
  ///   is not known.
  public func program(_ word: [UInt8], path: [UInt8]?, in directory: [UInt8]?) -> LayerView.Item? {
    guard !word.isEmpty else { return nil }
    if word.first == UInt8(ascii: "/") { return executable(word) }
    if word.contains(UInt8(ascii: "/")) { return directory.flatMap { executable(word, in: $0) } }
    guard let path else { return nil }
    for name in Self.directories(path) {
      // `execvp(3)` takes relative ones, too; an empty one is where the program is started.
      let place = (name.isEmpty ? [UInt8(ascii: ".")] : Array(name)) + [UInt8(ascii: "/")] + word
      if name.first == UInt8(ascii: "/") {
        if let item = executable(place) { return item }
      } else {
        guard let directory else { return nil }
        if let item = executable(place, in: directory) { return item }
      }
    }
    return nil
  }

  /// The first line of a script; nil for any other program, and where the reader did not keep it.
  public func scriptLine(of item: LayerView.Item) -> ScriptLine? { view.head(of: item).flatMap { ScriptLine($0) } }

  /// Where a program lies, from the root.
  public func path(of item: LayerView.Item) -> Path { view.path(of: item) }

  private func executable(_ path: [UInt8], in directory: [UInt8]) -> LayerView.Item? {
    executable(view.absolute(path, in: directory))
  }

  private func executable(_ path: [UInt8]) -> LayerView.Item? {
    guard let item = view.item(forProgram: path), item.type == .file, let metadata = view.metadata(of: item),
      metadata.mode & Self.executeBits != 0
    else { return nil }
    return item
  }
}
