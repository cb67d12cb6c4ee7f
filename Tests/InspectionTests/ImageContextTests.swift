import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Images beside older ones, their Dockerfile, and what is left out")
struct ImageContextTests {
  private func settings(_ directory: TemporaryDirectory, _ change: (inout Settings) -> Void = { _ in }) throws
    -> Settings
  {
    var settings = Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
    change(&settings)
    return settings
  }

  private func found(_ directory: TemporaryDirectory, _ target: String, _ change: (inout Settings) -> Void) throws
    -> [ReportedFinding]
  {
    let report = try Inspection(try settings(directory, change)).check([target])
    #expect(report.errors.isEmpty)
    return report.open.filter { $0.finding.severity >= .warning }
  }

  /// A root file system with a cache of that many files of a mebibyte and more.
  private func tree(_ directory: TemporaryDirectory, _ name: String, caches: Int) throws {
    try directory.write("x", to: "\(name)/bin/sh")
    for number in 0..<caches {
      try directory.write([UInt8](repeating: 7, count: 1_100_000), to: "\(name)/root/.cache/pip/http-v2/a/b/\(number)")
    }
  }

  @Test("an older image takes away what it has as well, and no more", arguments: [(1, 1, 0), (1, 2, 1), (2, 1, 0)])
  func compare(before: Int, after: Int, expected: Int) throws {
    let directory = try TemporaryDirectory()
    try tree(directory, "old", caches: before)
    try tree(directory, "new", caches: after)
    #expect(try found(directory, "rootfs:new") { _ in }.count == 1)
    let left = try found(directory, "rootfs:new") { $0.images.compare = "rootfs:old" }
    #expect(left.count == expected)
    for finding in left { #expect(finding.finding.notes.contains("1.0 MiB more in all than in rootfs:old")) }
  }

  @Test("paths that are left out are left out of images, too", arguments: ["root/.cache/**", "/root/.cache", "root/"])
  func exclude(pattern: String) throws {
    let directory = try TemporaryDirectory()
    try tree(directory, "new", caches: 1)
    #expect(try found(directory, "rootfs:new") { $0.exclude = [pattern] }.isEmpty)
    try directory.write(
      "version: 1\nextends: [builtin:recommended]\nfiles: {exclude: [\"\(pattern)\"]}\n", to: ".cachepolicy.yaml")
    #expect(try found(directory, "rootfs:new") { _ in }.isEmpty)
  }

  @Test("what cannot be read beside an image makes the run incomplete", arguments: ["compare", "base", "dockerfile"])
  func missing(which: String) throws {
    let directory = try TemporaryDirectory()
    try tree(directory, "new", caches: 1)
    #expect(throws: InputError.self) {
      try Inspection(
        try settings(directory) { settings in
          switch which {
          case "compare": settings.images.compare = "oci:nothing"
          case "base": settings.images.base = "nothing"
          default: settings.images.dockerfile = "nothing"
          }
        }
      ).check(["rootfs:new"])
    }
    #expect(throws: UsageError.self) {
      try Inspection(try settings(directory) { $0.images.base = "oci:x" }).check(["new"])
    }
  }

  @Test("files with large holes cost nothing")
  func holes() throws {
    let directory = try TemporaryDirectory()
    try directory.write("x", to: "tree/bin/sh")
    for path in ["etc/passwd", "a/m.py", "a/__pycache__/m.cpython-311.pyc", "var/x"] {
      try directory.write("", to: "tree/\(path)")
      #expect(try run(["truncate", "-s", "1T", "tree/\(path)"], in: directory.path).status == 0)
    }
    let report = try Inspection(try settings(directory)).check(["rootfs:tree"])
    #expect(report.targets.first?.images.count == 1)
  }
}
