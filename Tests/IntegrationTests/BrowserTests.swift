import TestSupport
import Testing

/// Whether Debian's Chromium is installed; `make integration` sees to it where there is a package.
private let hasChromium = (try? run(["sh", "-c", "command -v chromium"], in: "/"))?.status == 0

@Suite(
  "The page in a browser", .enabled(if: isIntegration), .enabled(if: hasChromium, "chromium is not installed"),
  .serialized)
struct BrowserTests {
  private static let evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"

  /// The page of an image of three layers of which the middle one is the largest, with names that are made to deceive.
  private func page(_ sandbox: ImageSandbox) throws -> String {
    let result = try sandbox.cachepolicy(["check", "oci:image", "--format", "html=report.html"])
    try #require(result.status == 1, said(result))
    return try sandbox.text("report.html")
  }

  private func sandbox() throws -> ImageSandbox {
    let image = SampleImage(layers: [
      SampleImage.Layer("RUN first", [("opt/\(Self.evil)", String(repeating: "a", count: 300))]),
      SampleImage.Layer("RUN second", [("opt/b", String(repeating: "b", count: 9000))]),
      SampleImage.Layer("RUN \(Self.evil)", [("root/.aws/credentials", String(repeating: "c", count: 70))]),
    ])
    return try ImageSandbox(image.layout, below: "image")
  }

  /// What the page has become in a browser without a window.
  private func loaded(_ page: String, _ sandbox: ImageSandbox) throws -> String {
    try sandbox.directory.write(page, to: "page.html")
    let path = sandbox.directory.path
    let result = try run(
      [
        "timeout", "120", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--user-data-dir=\(path)/profile",
        "--dump-dom", "file://\(path)/page.html",
      ], in: path)
    try #require(result.status == 0, said(result))
    return result.text
  }

  /// The names of the layers in the first table, from above.
  private func order(_ document: String) -> [String] {
    let table = document.prefix(upTo: document.firstRange(of: "</tbody>")?.lowerBound ?? document.endIndex)
    return table.matches(of: /<tr><td class="n" data-n="\d+">(\d+)<\/td>/).map { String($0.output.1) }
  }

  @Test("a click on a head sorts the table by numbers, and another turns it round")
  func sorting() throws {
    let sandbox = try sandbox()
    let page = try page(sandbox)
    func clicked(_ times: Int) throws -> String {
      let script = """
        <script>
        const head = [...document.querySelectorAll('th button')].find(button => button.textContent === 'bytes');
        for (let time = 0; time < \(times); time++) head.click();
        </script>
        </body>
        """
      return try loaded(page.replacing("</body>", with: script), sandbox)
    }
    #expect(order(try clicked(0)) == ["0", "1", "2"])
    let down = try clicked(1)
    #expect(order(down) == ["1", "0", "2"], Comment(rawValue: down))
    #expect(down.contains("aria-sort=\"descending\""))
    #expect(order(try clicked(2)) == ["2", "0", "1"])
  }

  @Test("names in the image run nothing and load nothing")
  func hostile() throws {
    let sandbox = try sandbox()
    let document = try loaded(try page(sandbox), sandbox)
    #expect(document.contains("<title>cachepolicy report</title>"))
    #expect(!document.contains("<img"))
    #expect(document.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"))
  }

  // Chromium needs scripts itself to print a document, so the page's own is taken out instead.
  @Test("without its script all of the page is there to be read, in the order of the layers")
  func withoutScript() throws {
    let sandbox = try sandbox()
    let page = try page(sandbox)
    let mute = page.replacing(/<script>(?s:.*?)<\/script>/, with: "")
    #expect(mute != page)
    let document = try loaded(mute, sandbox)
    #expect(!document.contains("<button"))
    #expect(order(document) == ["0", "1", "2"])
    for part in ["RUN second", "CP405", "/root/.aws/credentials"] { #expect(document.contains(part)) }
  }
}
