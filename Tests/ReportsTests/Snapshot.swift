import TestSupport
import Testing

/// The folder of the expected texts, beside this file.
private let folder = String(#filePath.dropLast("Snapshot.swift".count)) + "Snapshots"

/// Compares `bytes` with the file `Snapshots/NAME`, byte for byte.
///
/// With CACHEPOLICY_UPDATE_SNAPSHOTS=1 in the environment the file is written instead; look at what
/// changed with `git diff` before it is committed.
func expectSnapshot(
  _ bytes: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let directory = ExistingDirectory(path: folder)
  if environmentVariable("CACHEPOLICY_UPDATE_SNAPSHOTS") != nil {
    try directory.write(bytes, to: name)
    return
  }
  let expected = try directory.read(name)
  let difference = "\(name) differs:\n\(String(decoding: bytes, as: UTF8.self))"
  #expect(bytes == expected, Comment(rawValue: difference), sourceLocation: sourceLocation)
}
