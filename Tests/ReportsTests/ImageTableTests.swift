import Findings
import Reports
import SourceText
import Testing

/// An image of one layer with so many directories and files, the first of them the largest.
private func image(_ count: Int, caches: Int = 0, unseen: Int = 0, path: String = "opt/d", instruction: String? = nil)
  -> ReportedImage
{
  let parts = (0..<count).map { number in
    ImageSummary.Large(
      path: Path("\(path)\(number)".utf8), bytes: 50_000 - number, unseenBytes: number == 0 ? unseen : 0, layer: 0,
      instruction: instruction)
  }
  let layer = ImageSummary.Layer(
    number: 0, isBase: false, isRead: true, digest: nil, bytes: 500_000, files: count, storedBytes: 100_000,
    compression: "gzip", liveCacheBytes: caches, deadCacheBytes: 0, unseenBytes: unseen, caches: [],
    instruction: instruction)
  return ReportedImage(
    title: "image linux/amd64",
    summary: ImageSummary(
      layers: [layer],
      totals: ImageSummary.Totals(
        shipped: 500_000, base: 0, own: 500_000, live: 500_000 - unseen, dead: unseen, metadataOnly: 0, undecided: 0,
        liveCaches: caches, deadCaches: 0, stored: 100_000),
      caches: [], directories: parts, files: parts, baseLayers: nil, baseReason: nil))
}

/// The report about images, each in a target of its own, for people.
private func lines(_ images: [ReportedImage], _ options: ReportOptions = ReportOptions()) -> [String] {
  let targets = images.enumerated().map { number, image in
    ReportedTarget(name: "oci:\(number)", kind: "image", policies: [], remarks: [], files: [], images: [image])
  }
  let report = Report(version: "1.2.3", profile: "production", targets: targets, findings: [], errors: [])
  return HumanReport(options).text(of: report).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

@Suite("The tables of images")
struct ImageTableTests {
  @Test("what is large is shown of an image that is examined alone, the first of it", arguments: [0, 7000])
  func large(caches: Int) {
    let text = lines([image(10, caches: caches)])
    #expect(text.contains("  largest directories that are no cache, less listed ones"))
    #expect(text.count { $0.contains("/opt/d") } == 10)
    #expect(text.count { $0 == "  … and 5 more (--verbose)" } == 2)
    let all = lines([image(10, caches: caches)], ReportOptions(lowest: .info))
    #expect(all.count { $0.contains("/opt/d") } == 20 && !all.contains { $0.contains("more (") })
  }

  @Test("of several images it is shown where all is asked for")
  func several() {
    let images = [image(2), image(2)]
    #expect(!lines(images).contains { $0.contains("largest") })
    #expect(lines(images, ReportOptions(lowest: .info)).count { $0.contains("largest") } == 4)
  }

  @Test("what is small by itself does not tell why an image is large")
  func small() {
    var image = image(3)
    var summary = image.summary
    summary.directories[1].bytes = 4999
    summary.directories[2].bytes = 10
    summary.files = []
    image = ReportedImage(title: image.title, summary: summary)
    let text = lines([image])
    #expect(text.contains { $0.contains("/opt/d0") } && !text.contains { $0.contains("/opt/d1") })
    #expect(text.contains("  … and 2 more (--verbose)") && !text.contains { $0.contains("largest files") })
  }

  @Test("it tells what nobody sees, the layer and the instruction")
  func columns() {
    let text = lines([image(2, unseen: 2048, instruction: "COPY . /opt")])
    #expect(text.contains("     bytes   unseen  layer  path     instruction"))
    #expect(text.contains("  48.8 KiB  2.0 KiB      0  /opt/d0  COPY . /opt"))
    #expect(text.contains("  48.8 KiB        -      0  /opt/d1  COPY . /opt"))
    #expect(lines([image(1)]).contains("  48.8 KiB      0  /opt/d0"))
  }

  @Test("tables fit the terminal, and numbers stay whole", arguments: [40, 60, 80, 100, 200])
  func width(columns: Int) throws {
    let image = image(
      3, unseen: 2048, path: "usr/local/lib/python3.12/site-packages/torch/lib/library",
      instruction: "RUN pip install --no-cache-dir torch==2.3.0 torchvision==0.18.0 --index-url x")
    let text = lines([image], ReportOptions(width: columns)).dropLast(3)
    // Titles and totals are prose.
    let rows = text.filter { $0.hasPrefix("  ") && !$0.contains("largest") && !$0.contains("% of the image") }
    #expect(rows.allSatisfy { $0.count <= max(columns, 45) && $0.last != " " }, "\(rows.joined(separator: "\n"))")
    #expect(text.count { $0.contains("48.8 KiB  2.0 KiB") } == 2)
    let paths = try text.filter { $0.contains("library") }.map { line in
      try #require(line.split(separator: " ").first { $0.hasPrefix("/") })
    }
    #expect(paths.count == 6 && paths.allSatisfy { $0.count >= 12 && $0.last?.isNumber == true })
    #expect(text.contains { $0.contains("RUN pip") })
    if columns == 200 { #expect(text == lines([image]).dropLast(3)) }
  }

  @Test("what is short takes no more than it needs, and wide characters count as two")
  func fitted() {
    let text = lines([image(1, path: "日本", instruction: String(repeating: "語", count: 40))], ReportOptions(width: 60))
    #expect(text.contains("  48.8 KiB      0  /日本0  \(String(repeating: "語", count: 16))…"), "\(text)")
  }
}
