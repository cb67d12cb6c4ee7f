import Facts
import Findings
import Images
import SourceText
import Testing

@Suite("Caches in images: what lives, what is dead, what was copied")
struct CacheInImageTests {
  private let pip = "root/.cache/pip/http-v2"

  private var simple: ImageSample {
    var sample = ImageSample()
    sample.layers = [
      [.file("bin/sh", 1_000_000)], [.file("\(pip)/a", 60 * mebibyte), .file("\(pip)/b", 10 * mebibyte)],
      [.file("srv/app.py", 100)],
    ]
    sample.steps = ["/bin/sh -c #(nop) ADD file:1 in / ", "RUN /bin/sh -c pip install flask # buildkit", "COPY . /srv"]
    return sample
  }

  @Test("one finding for a kind and the layer that ships it, with what to do")
  func living() throws {
    var sample = simple
    sample.compression = 4
    let findings = try sample.findings()
    #expect(
      findings.map(line) == [
        "CP401 warning root/.cache/pip@1: "
          + "70.0 MiB (17.5 MiB compressed) of python.pip (HTTP cache and locally built wheels) are in the image"
      ])
    let finding = try #require(findings.first)
    #expect(finding.cache == "python.pip")
    guard case .entry(let place) = finding.place else { throw Missing() }
    #expect(place.digest == "sha256:blob1")
    #expect(place.instruction == "RUN pip install flask")
    #expect(finding.fix?.title == "use `pip install --no-cache-dir` in that RUN")
    #expect(
      finding.notes == [
        "written by layer 1: RUN pip install flask", "or: end that RUN with `&& rm -rf ~/.cache/pip`",
        "or: mount it: `RUN --mount=type=cache,target=/root/.cache/pip pip install flask`",
      ])
    let evidence = Dictionary(finding.evidence.map { ($0.key, $0.value) }) { first, _ in first }
    #expect(evidence["bytes"] == "73400320")
    #expect(evidence["compressed_bytes"] == "18350080")
    #expect(evidence["ledger"] == "live")
    #expect(evidence["layer"] == "1")
    #expect(evidence["digest"] == "sha256:blob1")
    #expect(evidence["diff_id"] == "sha256:diff1")
    #expect(evidence["instruction"] == "RUN pip install flask")
    // What the next build changes tells no findings apart.
    let stable = finding.evidence.filter(\.isStable).map(\.key)
    #expect(stable == ["ledger", "proof", "profile"])
  }

  @Test(
    "the same deletion gives the same finding, however it is written",
    arguments: [
      ["root/.cache/.wh.pip"], ["\(Self.place)/.wh.http-v2"], ["\(Self.place)/http-v2/.wh..wh..opq"],
      ["\(Self.place)/http-v2/.wh.a", "\(Self.place)/http-v2/.wh.b"],
    ])
  func dead(whiteouts: [String]) throws {
    var sample = simple
    sample.layers.append(whiteouts.map { .file($0, 0) })
    sample.steps.append("RUN /bin/sh -c rm -rf /root/.cache # buildkit")
    let findings = try sample.findings()
    #expect(
      findings.map(line) == [
        "CP402 warning root/.cache/pip@1: layer 3 deletes 70.0 MiB of python.pip (HTTP cache and locally built wheels) "
          + "that layer 1 ships: the image does not shrink"
      ])
    #expect(
      findings[0].related.map(\.message) == ["deletes 70.0 MiB"])
    guard case .entry(let end) = findings[0].related[0].place else { throw Missing() }
    #expect(end.layer == 3)
    #expect(end.instruction == "RUN rm -rf /root/.cache")
  }

  private static let place = "root/.cache/pip"

  @Test("what lives and what is dead of one write is one finding, of the larger part")
  func both() throws {
    var sample = simple
    sample.layers.append([.file("\(pip)/.wh.b", 0)])
    #expect(
      try sample.told() == [
        "CP401 warning root/.cache/pip@1: 60.0 MiB of python.pip (HTTP cache and locally built wheels) are in the image"
          + "; 10.0 MiB more were removed too late"
      ])
    sample.layers[3] = [.file("\(pip)/.wh.a", 0)]
    #expect(
      try sample.told() == [
        "CP402 warning root/.cache/pip@1: layer 3 deletes 60.0 MiB of python.pip (HTTP cache and locally built wheels) "
          + "that layer 1 ships: the image does not shrink; 10.0 MiB more are still in it"
      ])
    // Where one of the rules is off, or excepted, the other speaks for its own part.
    #expect(
      try sample.told("extends: builtin:recommended\nrules: {CP402: off}\n") == [
        "CP401 warning root/.cache/pip@1: 10.0 MiB of python.pip (HTTP cache and locally built wheels) are in the image"
      ])
  }

  @Test("a cache that is written anew is dead below, and each write is told where it was made")
  func rewritten() throws {
    var sample = ImageSample()
    sample.layers = [
      [.file("var/cache/apt/pkgcache.bin", 40 * mebibyte, 1)], [.file("var/cache/apt/pkgcache.bin", 41 * mebibyte, 2)],
    ]
    sample.steps = ["RUN /bin/sh -c apt-get install a", "RUN /bin/sh -c apt-get install b"]
    #expect(
      try sample.told() == [
        "CP401 warning var/cache/apt@1: 41.0 MiB of deb.apt-archives (Downloaded .deb files and pkgcache.bin) are in the "
          + "image",
        "CP402 warning var/cache/apt@0: layer 1 writes 40.0 MiB of deb.apt-archives "
          + "(Downloaded .deb files and pkgcache.bin) anew that layer 0 ships: the image does not shrink",
      ])
  }

  @Test("a copy for owner or mode is told at the layer that makes it")
  func copied() throws {
    var sample = simple
    sample.layers[1] = [.file("\(pip)/a", 60 * mebibyte, 1), .file("\(pip)/b", 10 * mebibyte, 2)]
    sample.layers.append(sample.layers[1])
    sample.steps.append("RUN /bin/sh -c chmod -R a+r /root # buildkit")
    let findings = try sample.findings()
    #expect(
      findings.map(line) == [
        "CP401 warning root/.cache/pip@1: 70.0 MiB of python.pip (HTTP cache and locally built wheels) are in the image",
        "CP403 info root/.cache/pip@3: layer 3 ships 70.0 MiB of python.pip (HTTP cache and locally built wheels) "
          + "once more: nothing but owner, mode or times changed",
      ])
    // The repair belongs to the step that wrote it; the copy is told beside.
    #expect(findings[0].fix?.title == "use `pip install --no-cache-dir` in that RUN")
    #expect(
      findings[0].related.map(\.message) == ["ships 70.0 MiB of it once more, with another owner or mode"])
    guard case .entry(let place) = findings[1].place else { throw Missing() }
    #expect(place.instruction == "RUN chmod -R a+r /root")
    // What a later step then deletes was written by the first as well.
    var deleted = sample
    deleted.layers.append([.file("root/.cache/.wh.pip", 0)])
    deleted.steps.append("RUN /bin/sh -c rm -rf /root/.cache # buildkit")
    #expect(
      try deleted.told(only: "CP402") == [
        "CP402 warning root/.cache/pip@1: layer 4 deletes 70.0 MiB of python.pip (HTTP cache and locally built wheels) "
          + "that layer 1 ships: the image does not shrink"
      ])
    // Without hashes nobody knows.
    sample.layers[1] = [.file("\(pip)/a", 60 * mebibyte)]
    sample.layers[3] = sample.layers[1]
    #expect(
      try sample.told(only: "CP403") == [
        "CP403 info root/.cache/pip@3: layer 3 ships 60.0 MiB of python.pip (HTTP cache and locally built wheels) "
          + "once more: rewritten, or only with another owner, mode or times"
      ])
  }

  @Test("little is told mildly, unless the user minds")
  func severities() throws {
    var sample = ImageSample()
    sample.layers = [[.file("\(pip)/a", mebibyte - 1), .file("var/cache/apk/APKINDEX.12.tar.gz", 5 * mebibyte)]]
    func severities(_ policy: String) throws -> [String] {
      try sample.findings(policy).map { "\($0.cache ?? "") \($0.severity)" }
    }
    #expect(try severities("extends: builtin:recommended\n") == ["os.apk info", "python.pip info"])
    // What the policy for production states counts as one's own word.
    #expect(try severities("extends: builtin:production\n") == ["os.apk warning", "python.pip warning"])
    #expect(
      try severities("extends: builtin:recommended\ncaches: {python.pip: {\"*\": {ship: deny}}}\n")
        == ["os.apk info", "python.pip warning"])
    #expect(
      try severities("extends: builtin:recommended\nrules: {CP401: {caches: {python.pip: error}}}\n")
        == ["os.apk info", "python.pip error"])
    #expect(try severities("extends: builtin:development\n") == [])
    #expect(try severities("caches: {}\n") == [])
    sample.layers[0].append(.file("\(pip)/b", 1))
    #expect(try severities("extends: builtin:recommended\n") == ["os.apk info", "python.pip warning"])
  }

  @Test("what may be what the image is there for is info, unless it is named")
  func payload() throws {
    var sample = ImageSample()
    sample.layers = [
      [
        .file("root/.cache/ms-playwright/chromium-1/chrome", 100 * mebibyte),
        .file("root/.cache/ms-playwright/chromium-1/INSTALLATION_COMPLETE", 1),
      ]
    ]
    let wide = try sample.findings("extends: builtin:production\n")
    #expect(wide.map { "\($0.rule.code) \($0.severity) \($0.cache ?? "")" } == ["CP401 info js.playwright"])
    #expect(
      wide[0].fix?.title
        == "see whether the image needs /root/.cache/ms-playwright; if not, name `js.playwright` in the policy")
    #expect(wide[0].evidence.contains(Evidence("may_be_payload", "true")))
    let named = try sample.findings(
      "extends: builtin:production\ncaches: {js.playwright: {production: {ship: deny}}}\n")
    #expect(named.map { "\($0.severity) \($0.cache ?? "")" } == ["warning js.playwright"])
  }

  @Test("bytecode is told where the policy wants none; where it wants it, what is deleted is told mildly")
  func bytecode() throws {
    var sample = ImageSample()
    sample.layers = [
      [.file("srv/a.py", 9), .file("srv/__pycache__/a.cpython-312.pyc", 2 * mebibyte)],
      [.file("srv/.wh.__pycache__", 0)],
    ]
    #expect(try sample.told().map { String($0.prefix(38)) } == ["CP402 info srv/__pycache__@0: layer 1 "])
    sample.layers.removeLast()
    #expect(try sample.told() == [])
    let own = "extends: builtin:recommended\ncaches: {python.bytecode: {production: {ship: deny}}}\n"
    #expect(try sample.findings(own).map { "\($0.rule.code) \($0.severity)" } == ["CP401 warning"])
  }

  @Test("the base image's caches are one finding, as info")
  func base() throws {
    var sample = simple
    sample.base = 2
    sample.layers[0] += [.file("var/lib/apt/lists/deb.test_dists_x_InRelease", 20 * mebibyte)]
    sample.layers[2] += [.file("var/lib/apt/lists/.wh..wh..opq", 0)]
    let findings = try sample.findings()
    #expect(
      findings.map(line) == [
        "CP401 info target: the base image ships 70.0 MiB of caches; 20.0 MiB more were removed too late"
      ])
    #expect(
      findings[0].notes == [
        "python.pip 70.0 MiB, deb.apt-lists 20.0 MiB", "layers 0 to 1 are the base image's: its CMD",
      ])
    // The user's own intent does not make the base one's own.
    #expect(try sample.findings("extends: builtin:production\n").map(\.severity) == [.info])
    #expect(try sample.findings("extends: builtin:strict\n").map(\.severity) == [.info])
    let each = "extends: builtin:recommended\nrules: {CP401: {base-layers: each}, CP402: {base-layers: off}}\n"
    #expect(try sample.findings(each).map { "\($0.rule.code) \($0.severity)" } == ["CP401 warning"])
    let off = "extends: builtin:recommended\nrules: {CP401: {base-layers: off}, CP402: {base-layers: off}}\n"
    #expect(try sample.told(off) == [])
    let dead = "extends: builtin:recommended\nrules: {CP401: {base-layers: off}}\n"
    #expect(
      try sample.told(dead) == ["CP402 info target: the base image ships 20.0 MiB of caches that it removed too late"])
  }

  @Test("exceptions and paths tell places apart")
  func paths() throws {
    var sample = ImageSample()
    sample.layers = [
      [.file("root/.cache/pip/http-v2/a", 2 * mebibyte), .file("home/ann/.cache/pip/http-v2/a", 3 * mebibyte)]
    ]
    #expect(try sample.findings().map { $0.place.path?.description } == ["home/ann/.cache/pip"])
    let exception =
      "extends: builtin:recommended\nexceptions: [{rule: CP401, paths: [/home/ann], reason: x, expires: 2099-01-01}]\n"
    let apart = try sample.findings(exception).map { $0.place.path?.description }
    #expect(apart == ["home/ann/.cache/pip", "root/.cache/pip"])
    let paths = "extends: builtin:recommended\nrules: {CP401: {paths: [\"home/**\"]}}\n"
    #expect(
      try sample.findings(paths).map { "\($0.place.path?.description ?? "") \($0.message.prefix(7))" } == [
        "home/ann/.cache/pip 3.0 MiB"
      ])
  }

  @Test("a step that copies is told what to leave out; one that is not known, what helps anyhow")
  func steps() throws {
    var sample = ImageSample()
    sample.layers = [
      [
        .file("app/a.py", 1), .file("app/.pytest_cache/v/cache/nodeids", 2 * mebibyte),
        .file("app/.pytest_cache/CACHEDIR.TAG", 43),
      ]
    ]
    sample.steps = ["COPY . /app # buildkit"]
    let copied = try sample.findings()
    #expect(copied.map { "\($0.rule.code) \($0.cache ?? "")" } == ["CP401 python.pytest"])
    #expect(copied[0].fix?.title == "leave it out of what the COPY takes: add `**/.pytest_cache` to .dockerignore")
    sample.steps = []
    let unknown = try sample.findings()
    #expect(unknown[0].notes.first == "written by layer 0, of which no instruction is known")
    sample.kind = .rootFileSystem
    let tree = try sample.findings()
    #expect(
      tree.map(line) == [
        "CP401 info app/.pytest_cache@-: 2.0 MiB of python.pytest (Last-failed, stepwise, node ids) are in the image"
      ])
    #expect(!tree[0].evidence.contains { $0.key == "layer" })
  }

  @Test("a variable that is set in the image, and yet a cache, is noted")
  func switchInForce() throws {
    var sample = simple
    sample.environment = ["PIP_NO_CACHE_DIR=1"]
    #expect(
      try sample.findings(only: "CP401")[0].notes.contains(
        "PIP_NO_CACHE_DIR is set in the image; it was not in force where this was written, or not heeded"))
  }
}

struct Missing: Error {}
