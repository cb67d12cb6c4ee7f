internal import Caches
internal import Facts
internal import Findings
internal import IgnoreFiles
internal import SourceText

/// Which lines a `.dockerignore` lacks, and the edit that adds them.
enum DockerEntries {
  /// The lines of the catalogue that keep a path out.
  static func lines(for leak: BuildContext.Leak) -> [String] {
    let lines = leak.use.kind.dockerignore.filter { line in
      (try? DockerIgnoreFile(Array(line.utf8)))?.decide(leak.path, isDirectory: false)?.isIgnored ?? false
    }
    return Array(lines.prefix(1))
  }

  /// A fix that puts the lines at the end of the file, or makes it.
  static func fix(_ lines: [String], _ path: Path, _ bytes: [UInt8]?) -> Fix? {
    guard !lines.isEmpty else { return nil }
    let old = bytes ?? []
    let isWindows = old.suffix(2).elementsEqual([0x0D, 0x0A])
    let end: [UInt8] = isWindows ? [0x0D, 0x0A] : [0x0A]
    let body = Array(lines.map { Array($0.utf8) }.joined(separator: end))
    let needsEnd = !old.isEmpty && old.last != 0x0A
    let text = needsEnd ? end + body : body + end
    let shown = lines.map { "`\($0)`" }.joined(separator: ", ")
    return Fix(
      .unsafe, "add \(shown) to \(path)", edits: [FileEdit(path, Edit(ByteRange(at: old.count), text))])
  }
}
