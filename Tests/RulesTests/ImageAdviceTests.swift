import Facts
import Findings
import Images
import SourceText
import Testing

@Suite("What is advised against a cache in an image")
struct ImageAdviceTests {
  private var simple: ImageSample {
    var sample = ImageSample()
    sample.layers = [[.file("bin/sh", 1_000_000)], [.file("root/.cache/pip/http-v2/a", 60 * mebibyte)]]
    sample.steps = ["/bin/sh -c #(nop) ADD file:1 in / ", "RUN /bin/sh -c pip install flask # buildkit"]
    return sample
  }

  struct Advice: Sendable {
    var step: String
    var place = "root/.cache/pip"
    var fix: String
    var notes: [String] = []
  }

  private static let flag = "use `pip install --no-cache-dir` in that RUN"
  private static let clean = "or: end that RUN with `&& rm -rf ~/.cache/pip`"
  /// What says to mount a place; without a command where the step cleans up at its end.
  private static func mount(_ command: String?, _ place: String = "/root/.cache/pip", user: String = "") -> String {
    let mount = "mount it: `RUN --mount=type=cache,target=\(place)\(user)"
    return command.map { "\(mount) \($0)`" } ?? "\(mount) …`, and leave the clean-up out of that RUN"
  }

  @Test(
    "what the step has already is no advice",
    arguments: [
      Advice(step: "pip install a", fix: flag, notes: [clean, "or: " + mount("pip install a")]),
      Advice(
        step: "pip install --no-cache-dir a", fix: "end that RUN with `&& rm -rf ~/.cache/pip`",
        notes: [
          "`--no-cache-dir` is in force there already: what wrote this does not follow it",
          "or: " + mount("pip install --no-cache-dir a"),
        ]),
      Advice(
        step: "PIP_NO_CACHE_DIR=1 pip install a", fix: "end that RUN with `&& rm -rf ~/.cache/pip`",
        notes: [
          "`PIP_NO_CACHE_DIR` is in force there already: what wrote this does not follow it",
          "or: " + mount("PIP_NO_CACHE_DIR=1 pip install a"),
        ]),
      Advice(
        step: "pip install --no-cache-dir a && pip install b",
        fix: "use `pip install --no-cache-dir` in each such command of that RUN",
        notes: [clean, "or: " + mount("pip install --no-cache-dir a && pip install b")]),
      Advice(
        step: "pip install a; rm -rf /root/.cache", fix: flag,
        notes: [
          "that RUN removes it already (`/root/.cache`): it failed, or this was written after it",
          "or: " + mount(nil),
        ]),
      Advice(
        step: "pip install a && pip cache purge", fix: flag,
        notes: [
          "that RUN removes it already (`pip cache`): it failed, or this was written after it",
          "or: " + mount(nil),
        ]),
      Advice(
        step: "rm -rf /root/.cache && pip install a", fix: flag,
        notes: [clean, "or: " + mount("rm -rf /root/.cache && pip install a")]),
      Advice(
        step: "pip install a; if test -e /x; then rm -rf /root/.cache; fi", fix: flag,
        notes: [clean, "or: " + mount("pip install a; if test -e /x; then rm -rf /root/.cache; fi")]),
      Advice(
        step: "pip install a && rm -rf /root/.cache/pip", place: "home/u/.cache/pip", fix: flag,
        notes: [
          "that RUN removes `/root/.cache/pip`, and this lies elsewhere",
          "or: let that RUN remove `/home/u/.cache/pip` at its end",
          "or: " + mount("pip install a && rm -rf /root/.cache/pip", "/home/u/.cache/pip"),
        ]),
      Advice(
        step: "pip install a", place: "opt/u/.cache/pip", fix: flag,
        notes: [clean, "or: " + mount("pip install a", "/opt/u/.cache/pip")]),
      // Where a variable has moved it.
      Advice(
        step: "pip install a", place: "opt/pip", fix: flag,
        notes: ["or: let that RUN remove `/opt/pip` at its end", "or: " + mount("pip install a", "/opt/pip")]),
      Advice(
        step: "./make && rm -rf ~/.cache/pip", fix: flag,
        notes: [
          "that RUN removes it already (`/root/.cache/pip`): it failed, or this was written after it",
          "or: " + mount(nil),
        ]),
    ])
  func advice(test: Advice) throws {
    var sample = simple
    sample.layers[1] = [.file("\(test.place)/http-v2/a", 60 * mebibyte)]
    sample.steps[1] = "RUN /bin/sh -c \(test.step) # buildkit"
    sample.homes = ["opt/u"]
    sample.environment = ["PIP_CACHE_DIR=/opt/pip"]
    let finding = try #require(try sample.findings(only: "CP401").first)
    #expect(finding.fix?.title == test.fix)
    #expect(Array(finding.notes.dropFirst()) == test.notes)
  }

  @Test("where the step does all that there is, a person has to look")
  func nothingLeft() throws {
    var sample = simple
    sample.steps[1] = "RUN /bin/sh -c pip install --no-cache-dir a && rm -rf ~/.cache # buildkit"
    let policy = "extends: builtin:recommended\ncaches: {python.pip: {'*': {keep-out-by: [no-cache, clean]}}}\n"
    let finding = try #require(try sample.findings(policy, only: "CP401").first)
    #expect(finding.fix?.title == "find out which program of that RUN writes it all the same, or when")
    #expect(finding.notes.count == 3)
  }

  @Test("of so many long steps not all are read")
  func manySteps() throws {
    var sample = ImageSample()
    let step = "pip install --no-cache-dir a #" + String(repeating: "x", count: 8000)
    for layer in 0..<12 {
      sample.layers.append([.file("root/.cache/pip/http-v2/\(layer)", 2 * mebibyte)])
      sample.steps.append("RUN /bin/sh -c \(step) # buildkit")
    }
    let titles = try sample.findings(only: "CP401").map { $0.fix?.title == Self.flag }
    #expect(titles == Array(repeating: false, count: 8) + Array(repeating: true, count: 4))
  }

  struct Before: Sendable {
    var steps: [String]
    var run = "pip install a && rm -rf ~/.cache"
    var home: Path?
    var place: String
    /// What is said of the step's clean-up, or is advised in its place.
    var notes: [String]
    /// Whose the mount is that is advised; nil where none is.
    var owner: String? = ""
  }

  private static func removes(_ path: String) -> String {
    "that RUN removes it already (`\(path)`): it failed, or this was written after it"
  }

  private static func elsewhere(_ path: String, _ place: String) -> [String] {
    ["that RUN removes `\(path)`, and this lies elsewhere", "or: let that RUN remove `\(place)` at its end"]
  }

  @Test(
    "what holds before the step counts, and of what is not known nothing is said",
    arguments: [
      Before(
        steps: ["USER app"], home: "srv/app", place: "srv/app/.cache/pip", notes: [removes("/srv/app/.cache")],
        owner: ",uid=1000,gid=50"),
      Before(
        steps: ["USER app:app"], home: "srv/app", place: "srv/app/.cache/pip", notes: [removes("/srv/app/.cache")],
        owner: ",uid=1000,gid=50"),
      Before(
        steps: ["USER app"], home: "srv/app", place: "root/.cache/pip",
        notes: elsewhere("/srv/app/.cache", "/root/.cache/pip"), owner: ",uid=1000,gid=50"),
      Before(steps: ["USER app"], place: "srv/app/.cache/pip", notes: [], owner: nil),
      Before(steps: ["USER $APP"], place: "srv/app/.cache/pip", notes: [], owner: nil),
      Before(steps: ["USER app"], run: "pip install a", place: "srv/app/.cache/pip", notes: [clean], owner: nil),
      Before(steps: ["USER 7"], place: "srv/app/.cache/pip", notes: [], owner: ",uid=7"),
      Before(steps: ["USER 7:8"], place: "srv/app/.cache/pip", notes: [], owner: ",uid=7,gid=8"),
      Before(steps: ["USER 7:+8"], place: "srv/app/.cache/pip", notes: [], owner: ",uid=7"),
      Before(steps: ["USER +5"], place: "srv/app/.cache/pip", notes: [], owner: nil),
      Before(steps: ["USER ${U:-7}:8"], place: "srv/app/.cache/pip", notes: [], owner: nil),
      Before(steps: ["USER 00"], place: "root/.cache/pip", notes: [removes("/root/.cache")]),
      Before(steps: ["USER 0:8"], place: "root/.cache/pip", notes: [removes("/root/.cache")]),
      Before(steps: ["USER app", "USER root"], place: "root/.cache/pip", notes: [removes("/root/.cache")]),
      Before(
        steps: ["ENV HOME=/data", "USER app"], place: "data/.cache/pip", notes: [removes("/data/.cache")],
        owner: nil),
      Before(
        steps: ["WORKDIR /root"], run: "pip install a && rm -rf .cache/pip", place: "root/.cache/pip",
        notes: [removes("/root/.cache/pip")]),
      Before(
        steps: ["WORKDIR /root", "WORKDIR .cache"], run: "pip install a && rm -rf pip", place: "root/.cache/pip",
        notes: [removes("/root/.cache/pip")]),
      Before(
        steps: ["ENV HOME=/data"] + (0..<300).map { "ENV V\($0)=x" }, place: "data/.cache/pip",
        notes: [removes("/data/.cache")]),
    ])
  func before(test: Before) throws {
    var sample = simple
    sample.layers[1] = [.file("\(test.place)/http-v2/a", 60 * mebibyte)]
    let run = "RUN /bin/sh -c \(test.run) # buildkit"
    sample.steps[1] = run
    sample.homes = ["srv/app", "data"]
    sample.history =
      [("/bin/sh -c #(nop) ADD file:1 in / ", false)] + test.steps.map { ($0, true) } + [(run, false)]
    sample.changeLayer = { number, layer in
      if number == 1 { layer.user = test.home.map { StepUser(number: 1000, group: 50, home: $0) } }
    }
    let finding = try #require(try sample.findings(only: "CP401").first)
    #expect(finding.fix?.title == Self.flag)
    let notes = finding.notes.dropFirst().filter { !$0.hasPrefix("no cache mount is shown") }
    let isElsewhere = test.notes.contains { $0.hasSuffix("lies elsewhere") }
    let command = test.run.contains("rm -rf") && !isElsewhere ? nil : test.run
    let mount = test.owner.map { "or: " + Self.mount(command, "/\(test.place)", user: $0) }
    #expect(notes == test.notes + [mount].compactMap(\.self))
    #expect(finding.notes.contains { $0.hasPrefix("no cache mount is shown") } == (mount == nil))
  }

  @Test("a user whose number is not known is named as the step has it", arguments: ["app", "${U:-app}", "+5"])
  func unknownUser(name: String) throws {
    var sample = simple
    let run = try #require(sample.steps[1])
    sample.history = [("/bin/sh -c #(nop) ADD file:1 in / ", false), ("USER \(name):8", true), (run, false)]
    let notes = try #require(try sample.findings(only: "CP401").first).notes
    #expect(notes.contains { $0.hasSuffix("which number `\(name)` has is not known") }, "\(notes)")
  }

  @Test(
    "the home that a command names is that of the step's user",
    arguments: [("root", false), ("srv/app", true), (nil, true)] as [(Path?, Bool)])
  func homes(home: Path?, namesHome: Bool) throws {
    var sample = simple
    sample.layers[1] = [.file("srv/app/.cache/pip/http-v2/a", 60 * mebibyte)]
    sample.homes = ["srv/app"]
    sample.changeLayer = { _, layer in layer.user = home.map { StepUser(number: 0, group: 0, home: $0) } }
    let notes = try #require(try sample.findings(only: "CP401").first).notes
    let removal = "or: let that RUN remove `/srv/app/.cache/pip` at its end"
    #expect(notes.contains(Self.clean) == namesHome && notes.contains(removal) != namesHome, "\(notes)")
  }

  @Test(
    "where no command can be put behind the step's text, it is told so",
    arguments: [
      ("pip install a", true), ("<<EOF (pip install a...)", false), ("pip install a;", false),
      ("pip install a # why", false),
    ])
  func ends(run: String, takesMore: Bool) throws {
    var sample = simple
    sample.steps[1] = "RUN /bin/sh -c \(run) # buildkit"
    let notes = try #require(try sample.findings(only: "CP401").first).notes
    let other = "or: let that RUN do `rm -rf ~/.cache/pip` at its end"
    #expect(notes.contains(takesMore ? Self.clean : other), "\(notes)")
    #expect(!notes.contains { $0.contains("<<EOF") && $0.contains("--mount") }, "\(notes)")
  }
}
