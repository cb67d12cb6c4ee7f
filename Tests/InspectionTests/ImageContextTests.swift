import Findings
import Images
import Inspection
import JSON
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

  @Test(
    "what an older image has not is told, thing by thing",
    arguments: [
      (["root/.netrc"], ["root/.netrc", "srv/.netrc"], ["/srv/.netrc"]),
      (["root/.netrc", "srv/.netrc"], ["opt/.netrc", "root/.netrc", "srv/.netrc"], ["/opt/.netrc"]),
      (["root/.netrc", "srv/.netrc"], ["srv/.netrc"], nil),
      (["root/.netrc"], ["srv/.netrc"], []),
      (["app/a.pyc", "app/b.pyc"], ["app/a.pyc", "app/c.pyc"], ["/app/c.pyc"]),
      (["app/a.pyc", "app/b.pyc"], ["app/b.pyc", "app/a.pyc"], nil),
    ] as [([String], [String], [String]?)])
  func compareThings(before: [String], after: [String], new: [String]?) throws {
    let directory = try TemporaryDirectory()
    for path in before { try directory.write("not good", to: "old/\(path)") }
    for path in after { try directory.write("not good", to: "new/\(path)") }
    let left = try found(directory, "rootfs:new") { $0.images.compare = "rootfs:old" }
    #expect(left.count == (new == nil ? 0 : 1))
    let notes = left.flatMap(\.finding.notes).filter { $0.hasPrefix("new since ") }
    #expect(notes == (new ?? []).map { "new since rootfs:old: \($0)" })
  }

  @Test("a new place of a cache is told though the old one shrinks, and a smaller one that was there is not")
  func comparePlaces() throws {
    let directory = try TemporaryDirectory()
    for name in ["old", "new"] {
      try directory.write("root:x:0:0::/root:/bin/sh\napp:x:1:1::/home/app:/bin/sh\n", to: "\(name)/etc/passwd")
    }
    try tree(directory, "old", caches: 4)
    try tree(directory, "new", caches: 1)
    try directory.write([UInt8](repeating: 7, count: 1_100_000), to: "new/home/app/.cache/pip/http-v2/a/b/0")
    let left = try found(directory, "rootfs:new") { $0.images.compare = "rootfs:old" }
    #expect(left.count == 1)
    #expect(left.first?.finding.notes.contains("new since rootfs:old: /home/app/.cache/pip") ?? false)
    #expect(try found(directory, "rootfs:old") { $0.images.compare = "rootfs:new" }.count == 1)
    try tree(directory, "less", caches: 3)
    #expect(try found(directory, "rootfs:less") { $0.images.compare = "rootfs:old" }.isEmpty)
  }

  @Test("of a cache that grows in a further layer that layer alone is told")
  func compareLayers() throws {
    let directory = try TemporaryDirectory()
    for (layer, number) in [("a", 0), ("a", 1), ("b", 2)] {
      let path = "store/\(layer)/diff/root/.cache/pip/http-v2/a/b/\(number)"
      try directory.write([UInt8](repeating: 7, count: 1_100_000), to: path)
    }
    try directory.write("A", to: "store/a/link")
    try directory.write("B", to: "store/b/link")
    try directory.write("l/A", to: "store/b/lower")
    let links = "mkdir store/l && ln -s ../a/diff store/l/A && ln -s ../b/diff store/l/B"
    #expect(try run(["sh", "-ec", links], in: directory.path).status == 0)
    #expect(try found(directory, "rootfs:store/b") { _ in }.count == 2)
    let left = try found(directory, "rootfs:store/b") { $0.images.compare = "rootfs:store/a" }
    #expect(left.map(\.finding.message).count == 1)
    guard case .entry(let place)? = left.first?.finding.place else { return #expect(Bool(false), "\(left)") }
    #expect(place.layer == 1)
  }

  /// The files of an image layout with the same for each platform: a secret in a layer, and a variable.
  private func layout(_ architectures: [String]) -> [String: [UInt8]] {
    var files = ["oci-layout": Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)]
    func add(_ bytes: [UInt8], _ type: String, _ more: [JSONMember] = []) -> JSONValue {
      let digest = ContentDigest(sha256Of: bytes)
      files["blobs/sha256/\(digest.encoded)"] = bytes
      return .object(
        [
          JSONMember("mediaType", .string("application/vnd.oci.image.\(type)")),
          JSONMember("digest", .string(digest.description)), JSONMember("size", .integer(bytes.count)),
        ] + more)
    }
    var layer = TarWriter()
    layer.add("root/.netrc", content: Array("machine a login b password c\n".utf8))
    let manifests = architectures.map { architecture in
      let configuration: JSONValue = [
        "os": "linux", "architecture": .string(architecture), "config": ["Env": ["PYTHONDONTWRITEBYTECODE="]],
        "rootfs": [
          "type": "layers", "diff_ids": [.string(ContentDigest(sha256Of: layer.finished).description)],
        ],
      ]
      let manifest: JSONValue = [
        "schemaVersion": 2, "config": add(configuration.encoded(), "config.v1+json"),
        "layers": [add(layer.finished, "layer.v1.tar")],
      ]
      return add(
        manifest.encoded(), "manifest.v1+json",
        [JSONMember("platform", ["os": "linux", "architecture": .string(architecture)])])
    }
    files["index.json"] = (["schemaVersion": 2, "manifests": .array(manifests)] as JSONValue).encoded()
    return files
  }

  @Test(
    "an image is compared with that of its platform, however many there are",
    arguments: [
      (["amd64"], ["amd64", "arm64"], ["linux/arm64"]), (["amd64", "arm64"], ["amd64"], []),
      (["amd64", "arm64"], ["arm64", "amd64"], []), (["amd64"], ["amd64"], []), ([], ["amd64", "arm64"], []),
    ] as [([String], [String], Set<String>)])
  func comparePlatforms(before: [String], after: [String], new: Set<String>) throws {
    let directory = try TemporaryDirectory()
    for (name, bytes) in layout(before) { try directory.write(bytes, to: "old/\(name)") }
    for (name, bytes) in layout(after) { try directory.write(bytes, to: "new/\(name)") }
    // A tree of files has no platform.
    try directory.write("machine a login b password c\n", to: "tree/root/.netrc")
    let old = before.isEmpty ? "rootfs:tree" : "oci:old"
    let all = try found(directory, "oci:new") { $0.images.platform = "all" }
    #expect(all.count >= after.count)
    let left = try found(directory, "oci:new") { settings in
      settings.images.platform = "all"
      settings.images.compare = old
      if before.isEmpty { settings.select = ["CP405"] }
    }
    #expect(Set(left.flatMap(\.finding.evidence).filter { $0.key == "platform" }.map(\.value)) == new)
    #expect(left.isEmpty == new.isEmpty)
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

  @Test(
    "what is said of images is refused for what is none", arguments: ["rootfs:new", "layer:layer.tar", "layer.tar"])
  func noImage(target: String) throws {
    let directory = try TemporaryDirectory()
    try tree(directory, "new", caches: 1)
    var layer = TarWriter()
    layer.add("bin/sh", content: [1])
    try directory.write(layer.finished, to: "layer.tar")
    try directory.write("FROM scratch\n", to: "Dockerfile")
    #expect(try found(directory, target) { _ in }.count == (target == "rootfs:new" ? 1 : 0))
    let changes: [@Sendable (inout Settings) -> Void] = [
      { $0.images.platform = "linux/arm64" }, { $0.images.base = "rootfs:new" },
      { $0.images.dockerfile = "Dockerfile" },
    ]
    for change in changes {
      let inspection = try Inspection(try settings(directory, change))
      #expect(throws: UsageError.self) { try inspection.check([target]) }
      #expect(throws: UsageError.self) { try inspection.facts(target) }
    }
    // What cannot be read has errors that say more.
    let report = try Inspection(try settings(directory) { $0.images.platform = "all" }).check(["oci:new"])
    #expect(!report.errors.isEmpty)
    #expect(try !Inspection(try settings(directory) { $0.images.platform = "all" }).facts("oci:new").errors.isEmpty)
  }

  @Test("what is said of images is refused where none is examined", arguments: [".", "Dockerfile"])
  func noImageAtAll(target: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("FROM scratch\n", to: "Dockerfile")
    #expect(try Inspection(try settings(directory)).facts(target).errors.isEmpty)
    let changes: [@Sendable (inout Settings) -> Void] = [
      { $0.images.platform = "all" }, { $0.images.base = "oci:x" }, { $0.images.compare = "oci:x" },
      { $0.images.limits = ["entries=5"] },
    ]
    for change in changes {
      let inspection = try Inspection(try settings(directory, change))
      #expect(throws: UsageError.self) { try inspection.check([target]) }
      #expect(throws: UsageError.self) { try inspection.facts(target) }
      // An image that is not found has advice of its own.
      #expect(try inspection.check(["nginx:1.25"]).errors.contains { $0.message.contains("images are not fetched") })
      #expect(try inspection.facts("nginx:1.25").errors.contains { $0.message.contains("images are not fetched") })
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
