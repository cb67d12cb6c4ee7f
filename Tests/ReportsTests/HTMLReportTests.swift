import Findings
import Reports
import SourceText
import TestSupport
import Testing

private let evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;\u{1B}[31m\u{202E}"

/// An image whose every text is made to deceive, or one that is as images are.
private func image(_ name: String, layers: Int = 3) -> ReportedImage {
  let caches = (0..<8).map { ImageSummary.Cache(kind: "\(name)\($0)", liveBytes: 5000 - $0, deadBytes: $0 * 10) }
  let layers = (0..<layers).map { number in
    ImageSummary.Layer(
      number: number, isBase: number == 0, isRead: number != 2, digest: name, bytes: 90_000 + number, files: 3,
      storedBytes: number == 1 ? nil : 400, compression: "gzip", liveCacheBytes: 5000, deadCacheBytes: 10,
      unseenBytes: 4000, caches: Array(caches.prefix(2)), instruction: number == 0 ? nil : "RUN \(name)")
  }
  let part = ImageSummary.Large(
    path: Path("opt/\(name)".utf8), bytes: 70_000, unseenBytes: 0, layer: 1, instruction: "RUN \(name)")
  return ReportedImage(
    title: "image \(name)",
    summary: ImageSummary(
      layers: layers,
      totals: ImageSummary.Totals(
        shipped: 270_003, base: 90_000, own: 180_003, live: 258_003, dead: 12_000, metadataOnly: 0, undecided: 0,
        liveCaches: 15_000, deadCaches: 30, stored: nil),
      caches: caches, directories: [part], files: [part], baseLayers: 1, baseReason: name))
}

private func page(_ name: String, images: Int = 1) -> String {
  let place = EntryPlace("opt/x", layer: 1, digest: name, instruction: "RUN \(name)")
  let finding = Finding(
    committed, .error, name, at: .entry(place), cache: "python.pip", label: name,
    related: [RelatedPlace(.configuration(name), name)], notes: [name], fix: Fix(manual: name, commands: [name]))
  let report = Report(
    version: "1.2.3", profile: name,
    targets: [
      ReportedTarget(
        name: name, kind: "image", policies: [], remarks: [name], files: [],
        images: (0..<images).map { _ in image(name) })
    ],
    findings: [ReportedFinding(target: 0, finding: finding, shownPath: name, source: nil, fingerprint: "aa")],
    errors: [RunError(name, name)])
  return String(decoding: HTMLReport(ReportOptions()).write(report), as: UTF8.self)
}

@Suite("The page")
struct HTMLReportTests {
  /// Holds a page to what every page must be; prints its tags and its text.
  private static let examine = """
    import sys
    from html.parser import HTMLParser
    VOID = {"meta", "br", "hr", "img", "link", "input"}
    class Page(HTMLParser):
        def __init__(self):
            super().__init__(convert_charrefs=True)
            self.open, self.tags, self.text, self.ids = [], {}, [], set()
        def handle_starttag(self, tag, attributes):
            self.tags[tag] = self.tags.get(tag, 0) + 1
            for name, value in attributes:
                assert name not in ("src", "href", "srcset", "action", "background"), (tag, name)
                assert not name.startswith("on"), (tag, name)
                if value and "url(" in value:
                    assert value.startswith("url(#") and value[5:-1] in self.ids, value
                if name == "id":
                    assert value not in self.ids, value
                    self.ids.add(value)
            if tag not in VOID:
                self.open.append(tag)
        def handle_endtag(self, tag):
            assert self.open and self.open[-1] == tag, (self.open, tag)
            self.open.pop()
        def handle_data(self, text):
            if self.open and self.open[-1] in ("script", "style"):
                for word in ("http:", "https:", "//", "@import", "url(", "fetch", "XMLHttp", "import("):
                    assert word not in text, word
            else:
                self.text.append(text)
    page = Page()
    page.feed(sys.stdin.read())
    page.close()
    assert page.open == [], page.open
    assert page.tags["script"] == 1 and page.tags["style"] == 1 and "img" not in page.tags, page.tags
    print(sorted(page.tags.items()))
    print("".join(page.text))
    """

  private func examined(_ page: String) throws -> ProcessResult {
    try run(["python3", "-c", Self.examine], in: "/", input: Array(page.utf8))
  }

  @Test("names that are made to deceive change nothing of a page's build, and are there to be read")
  func hostile() throws {
    let plain = try examined(page("x"))
    let hostile = try examined(page(evil))
    #expect(plain.status == 0, "\(String(decoding: plain.errors, as: UTF8.self))")
    #expect(hostile.status == 0, "\(String(decoding: hostile.errors, as: UTF8.self))")
    #expect(plain.text.split(separator: "\n").first == hostile.text.split(separator: "\n").first)
    #expect(hostile.text.contains(printable("/opt/\(evil)")))
  }

  @Test("several images in one page do not get in each other's way")
  func several() throws {
    let result = try examined(page("x", images: 3))
    #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
  }

  @Test("no browser is allowed to load anything for it, whatever the page says")
  func policy() {
    #expect(page("x").contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""))
  }

  @Test("without the script every layer, cache, part and finding is in it, with sizes to sort by")
  func readable() throws {
    let whole = page("x")
    let page = try #require(whole.firstRange(of: "<script>")).lowerBound
    let text = whole[..<page]
    for part in [
      "<td class=\"n\" data-n=\"90001\">87.9 KiB</td>", "<td class=\"n\" data-n=\"-1\">?</td>", "RUN x", "x7", "/opt/x",
      "CP101", "files of the base image", "other caches", "What could not be examined",
    ] { #expect(text.contains(part), Comment(rawValue: part)) }
    #expect(text.contains("<th scope=\"col\" class=\"n\">bytes</th>"))
    #expect(text.contains("<th scope=\"col\">instruction</th>"))
  }
}
