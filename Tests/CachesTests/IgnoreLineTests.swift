internal import TestSupport
internal import Testing

@testable import Caches

/// The lines that the catalogue recommends do what they are for; git is the judge.
@Suite struct IgnoreLineTests {
  @Test func everyKindsLinesIgnoreItsSamples() throws {
    let directory = try TemporaryDirectory()
    guard try run(["git", "init", "-q", "."], in: directory.path).status == 0 else { return }
    for kind in Catalogue.all where !kind.gitignore.isEmpty && !kind.samples.isEmpty {
      try directory.write(kind.gitignore.joined(separator: "\n") + "\n", to: ".gitignore")
      let paths = kind.samples.joined(separator: "\0") + "\0"
      let result = try run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"], in: directory.path, input: Array(paths.utf8))
      let ignored = result.text.split(separator: "\0").map(String.init)
      #expect(ignored == kind.samples, "\(kind.id): \(kind.gitignore)")
    }
  }
}
