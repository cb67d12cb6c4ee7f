internal import Foundation
internal import JSON

/// A real Dockerfile of the shared folder.
public struct CorpusDockerfile: Sendable {
  /// Its path in the corpus.
  public let name: String
  /// Its bytes.
  public let bytes: [UInt8]
  /// What BuildKit's parser says of it: one JSON object.
  public let facts: [UInt8]
  /// Why BuildKit refuses it, in its words; nil where it does not.
  public let refusal: String?
}

/// The real Dockerfiles of the folder `shared` beside the repository, which need not be there.
public enum DockerfileCorpus {
  /// The files, or none where the shared folder is absent.
  public static let files: [CorpusDockerfile] = load()

  private static var shared: String {
    if let path = environmentVariable("CACHEPOLICY_SHARED") { return path }
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "shared").path
  }

  private static func load() -> [CorpusDockerfile] {
    let archive = shared + "/vectors/dockerfiles.tar.gz"
    guard FileManager.default.fileExists(atPath: archive) else {
      print("skipped: no \(archive); set CACHEPOLICY_SHARED to the shared folder")
      return []
    }
    guard let directory = try? TemporaryDirectory(),
      (try? run(["tar", "-xzf", archive, "-C", directory.path], in: directory.path))?.status == 0,
      let facts = FileManager.default.contents(atPath: shared + "/vectors/dockerfiles.jsonl")
    else { return [] }
    return facts.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let value = try? JSONReader().read(Array(line)), let name = value["file"]?.string,
        let bytes = try? directory.read(name)
      else { return nil }
      let refusal = value["parse_error"]?.string ?? value["instruction_error"]?.string
      return CorpusDockerfile(name: name, bytes: bytes, facts: Array(line), refusal: refusal)
    }
  }
}
