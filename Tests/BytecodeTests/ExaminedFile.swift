internal import Foundation
internal import Glibc

@testable import Bytecode
@testable import SourceText

/// A bytecode file on disk, examined as a reader of trees would do it.
struct ExaminedFile {
  /// What was seen of it, with all the evidence that its judgement may ask for.
  let file: BytecodeFile

  /// Examines the file at an absolute path; nil where its name is none of bytecode.
  ///
  /// Its bytes and those of the source are handed over in pieces of `step` bytes.
  init?(_ path: String, step: Int = 7) throws {
    guard let name = BytecodeName(Path(path.utf8)) else { return nil }
    var scan = BytecodeScan()
    for piece in pieces(try bytes(path), of: step) { scan.update(piece) }
    let source = String(decoding: name.source.bytes, as: UTF8.self)
    let module = String(decoding: name.module, as: UTF8.self)
    let directory = String(decoding: name.source.parent.bytes, as: UTF8.self)
    var file = BytecodeFile(
      name: name, header: scan.header, body: scan.finish(), source: Self.status(source),
      neighbours: ModuleNeighbours(
        of: name.module, names: names(directory) ?? [], packageNames: names(directory + "/" + module)))
    if let key = file.hashKey, file.source != nil {
      var hash = SourceHash(key)
      for piece in pieces(try bytes(source), of: step) { hash.update(piece) }
      file.source?.hashes[key] = hash.finish()
    }
    self.file = file
  }

  private static func status(_ path: String) -> SourceStatus? {
    var status = Glibc.stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return SourceStatus(
      size: UInt64(status.st_size),
      mtime: FileTime(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec)))
  }
}

private func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

private func names(_ directory: String) -> [[UInt8]]? {
  (try? FileManager.default.contentsOfDirectory(atPath: directory))?.map { Array($0.utf8) }
}

/// The bytes cut into pieces of a length.
func pieces(_ bytes: [UInt8], of step: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: step).map { Array(bytes[$0..<min($0 + step, bytes.count)]) }
}
