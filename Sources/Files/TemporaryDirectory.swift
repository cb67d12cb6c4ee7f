internal import Glibc
public import SourceText

/// Makes a new directory of the user's own for temporary files (`TMPDIR`, else `/tmp`).
public func makeTemporaryDirectory(named name: String) throws(FileError) -> Path {
  let base = unsafe getenv("TMPDIR").map { unsafe Array(String(cString: $0).utf8) } ?? []
  let pattern = (base.isEmpty ? Path("/tmp") : Path(base)).appending("\(name)-XXXXXX")
  var template = pattern.bytes.map { CChar(bitPattern: $0) } + [0]
  let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return false }
    return unsafe mkdtemp(start) != nil
  }
  guard isMade else { throw FileError(path: pattern, code: errno) }
  return Path(template.dropLast().map { UInt8(bitPattern: $0) })
}

/// Makes the directories that lead to `directory`, all below `root`, which exists.
public func makeDirectories(to directory: Path, in root: Path) throws(FileError) {
  guard let below = directory.relative(to: root) else { throw FileError(path: directory, reason: .outside(root)) }
  var place = root
  for part in below.components {
    if part.elementsEqual("..".utf8) { throw FileError(path: directory, reason: .outside(root)) }
    place = place.appending(part)
    do {
      _ = try call(place) { Int(unsafe mkdir($0, 0o777)) }
    } catch {
      guard (try? fileStatus(at: place).kind) == .directory else { throw error }
    }
  }
}

/// Removes a directory with all that it holds; links are removed, not followed.
public func removeTree(at directory: Path) {
  if let listing = try? listDirectory(at: directory) {
    for entry in listing.entries {
      let path = directory.appending(listing.name(of: entry))
      if entry.kind == .directory {
        removeTree(at: path)
      } else {
        _ = try? call(path) { Int(unsafe unlink($0)) }
      }
    }
  }
  _ = try? call(directory) { Int(unsafe rmdir($0)) }
}
