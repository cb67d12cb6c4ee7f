internal import Foundation
internal import Glibc
internal import Repositories
internal import SourceText
internal import TestSupport
internal import Testing

/// One line of `repositories.jsonl`: a small repository and what git says about it.
private struct Vector {
  let name: String
  private let fields: [String: Any]

  init(_ line: Data) throws {
    fields = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    name = try #require(fields["name"] as? String)
  }

  static func all() throws -> [Vector] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("repositories.jsonl")
    return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { try Vector($0) }
  }

  func list(_ key: String) throws -> [[UInt8]] {
    try (fields[key] as? [Any] ?? []).map(Self.bytes)
  }

  /// Text, or bytes in base 64.
  private static func bytes(_ value: Any) throws -> [UInt8] {
    if let text = value as? String { return Array(text.utf8) }
    let coded = try #require((value as? [String: Any])?["b64"] as? String)
    return Array(try #require(Data(base64Encoded: coded)))
  }

  func build() throws -> Sample {
    let sample = try Sample()
    let tree = try #require(fields["tree"] as? [String: Any])
    for (path, value) in tree.sorted(by: { $0.key < $1.key }) {
      let place = sample.directory.path + "/" + path
      let special = value as? [String: Any]
      if special?["repo"] != nil {
        try sample.git(["init", "-q", path])
        try sample.git(["-C", path, "commit", "-q", "--allow-empty", "-m", "x"])
      } else if special?["dir"] != nil {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      } else if let target = special?["link"] as? String {
        let parent = (place as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: target)
      } else {
        try sample.directory.write(try Self.bytes(value), to: path)
      }
    }
    for path in fields["track"] as? [String] ?? [] { try sample.git(["add", "-f", "--", path]) }
    for path in fields["delete"] as? [String] ?? [] {
      try FileManager.default.removeItem(atPath: sample.directory.path + "/" + path)
    }
    return sample
  }
}

@Suite struct RepositoryVectorTests {
  @Test func everyRepositoryReadsAsGitReadsIt() throws {
    let vectors = try Vector.all()
    #expect(vectors.count >= 22)
    for vector in vectors {
      let sample = try vector.build()
      let lists = try GitLists(try sample.repository)
      #expect(lists.trackedIgnored.map(\.bytes) == (try vector.list("trackedIgnored")), "\(vector.name)")
      #expect(lists.others(ignored: false) == (try vector.list("others")), "\(vector.name)")
      #expect(lists.others(ignored: true) == (try vector.list("othersIgnored")), "\(vector.name)")
      let status = try vector.list("status").map { String(decoding: $0, as: UTF8.self) }
      #expect(try lists.status() == status, "\(vector.name)")
    }
  }
}
