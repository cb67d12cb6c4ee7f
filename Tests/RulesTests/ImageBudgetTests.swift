import Findings
import Policies
import Rules
import SourceText
import Testing

@Suite("Budgets for what images ship")
struct ImageBudgetTests {
  /// 10 MiB of pip in layer 0, 4 MiB of npm in layer 1, 86 MiB of anything else: 100 MiB.
  private var sample: ImageSample {
    var sample = ImageSample()
    sample.layers = [
      [.file("root/.cache/pip/http-v2/a", 10 * mebibyte), .file("opt/x", 86 * mebibyte)],
      [.file("root/.npm/_cacache/index-v5/a", 4 * mebibyte), .file("root/.npm/_cacache/content-v2/b", 1)],
    ]
    return sample
  }

  private func told(_ rules: String, _ sample: ImageSample? = nil) throws -> [String] {
    try (sample ?? self.sample).findings("extends: builtin:recommended\nrules: {\(rules)}\n").map {
      "\($0.rule.code) \($0.severity) \($0.cache ?? "")"
    }
  }

  private let both = ["CP401 warning python.pip", "CP401 warning js.npm"]

  @Test("a budget is for all caches together, and speaks only above it")
  func bytes() throws {
    #expect(try told("") == both)
    #expect(try told("CP401: {budget: 14MiB}") == both)
    #expect(try told("CP401: {budget: 15MiB}") == [])
    #expect(try told("CP401: {budget: 14680065}") == [])
    #expect(try told("CP401: {budget: 14680064}") == both)
    #expect(try told("CP401: {budget: 0}") == both)
    let notes = try sample.findings("extends: builtin:recommended\nrules: {CP401: {budget: 1.5MiB}}\n")[0].notes
    #expect(
      notes.contains("all such caches have 14.0 MiB, more than the policy accepts: 1.5 MiB (.cachepolicy.yaml:3)"))
    let close = try sample.findings("extends: builtin:recommended\nrules: {CP401: {budget: 14680064}}\n")[0].notes
    #expect(
      close.contains(
        "all such caches have 14680065 bytes, more than the policy accepts: 14680064 bytes (.cachepolicy.yaml:3)"),
      "\(close)")
  }

  @Test("a share is one of the bytes that all layers ship; either limit speaks")
  func share() throws {
    #expect(try told("CP401: {share: 14%}") == both)
    #expect(try told("CP401: {share: 14.1%}") == [])
    #expect(try told("CP401: {share: 100%, budget: 1kB}") == both)
    #expect(try told("CP401: {share: 0.5%, budget: 1GiB}") == both)
  }

  @Test("a selector has a budget of its own, and its bytes count nowhere else")
  func selectors() throws {
    #expect(try told("CP401: {caches: {python.pip: {budget: 10MiB}}}") == ["CP401 warning js.npm"])
    #expect(try told("CP401: {budget: 5MiB, caches: {pip: {budget: 9MiB}}}") == ["CP401 warning python.pip"])
    #expect(try told("CP401: {caches: {\"kind:download\": {budget: 14MiB}}}") == both)
    #expect(try told("CP401: {caches: {\"kind:download\": {budget: 15MiB, severity: error}}}") == [])
    #expect(
      try told("CP401: {caches: {\"kind:download\": {budget: 1MiB, severity: error}}}")
        == ["CP401 error python.pip", "CP401 error js.npm"])
  }

  @Test("per layer, each layer has the whole budget")
  func layers() throws {
    #expect(try told("CP401: {budget: 10MiB, per: layer}") == [])
    #expect(try told("CP401: {budget: 9MiB, per: layer}") == ["CP401 warning python.pip"])
    #expect(try told("CP401: {budget: 10MiB, per: image}") == both)
  }

  @Test("the base image's bytes count only where its layers are told like others")
  func base() throws {
    var sample = sample
    sample.base = 1
    #expect(try told("CP401: {budget: 5MiB}", sample) == ["CP401 info "])
    #expect(try told("CP401: {budget: 5MiB, base-layers: each}", sample) == both)
    #expect(try told("CP401: {budget: 5MiB, base-layers: off}", sample) == [])
  }

  @Test("above a budget, little is no excuse")
  func small() throws {
    var sample = ImageSample()
    sample.layers = [[.file("root/.cache/pip/http-v2/a", 1000)]]
    #expect(try told("", sample) == ["CP401 info python.pip"])
    #expect(try told("CP401: {budget: 999}", sample) == ["CP401 warning python.pip"])
  }

  @Test("what is dead and no cache is told only above what the policy accepts")
  func waste() throws {
    var sample = sample
    sample.layers.append([.file("opt/.wh.x", 0)])
    sample.layers[0][0] = .file("root/x", 10 * mebibyte)
    sample.layers[1] = []
    #expect(try told("", sample) == [])
    #expect(try told("CP402: {waste: {budget: 86MiB}}", sample) == [])
    let policy = "extends: builtin:recommended\nrules: {CP402: {waste: {share: 5%}}}\n"
    let findings = try sample.findings(policy)
    #expect(
      findings.map(line) == ["CP402 warning target: 86.0 MiB of the image (89.5%) are shipped and seen by nobody"])
    #expect(
      findings[0].notes == [
        "more than the policy accepts: 5% of the image (.cachepolicy.yaml:3)",
        "86.0 MiB of layer 0, deleted by layer 2",
      ])
    sample.base = 1
    #expect(try sample.told(policy) == [])
  }

  @Test(
    "an option that a rule does not have, and a value that is none, are errors at their place",
    arguments: [
      ("CP101: {budget: 1MiB}", "3:17 unknown key `budget` in `rules.CP101`"),
      ("CP401: {budget: lots}", "3:25 `rules.CP401.budget`: `lots` is no size"),
      ("CP401: {budget: 5 MB}", "3:25 `rules.CP401.budget`: `5 MB` is no size"),
      ("CP401: {budget: -1}", "3:25 `rules.CP401.budget`: `-1` is no size"),
      ("CP401: {budget: 1.5}", "3:25 `rules.CP401.budget`: `1.5` is no size"),
      ("CP401: {budget: 99999999TiB}", "3:25 `rules.CP401.budget`: `99999999TiB` is no size"),
      ("CP401: {share: 1}", "3:24 `rules.CP401.share`: `1` is no share"),
      ("CP401: {share: 101%}", "3:24 `rules.CP401.share`: `101%` is no share"),
      ("CP401: {per: file}", "3:22 `rules.CP401.per` cannot be `file`"),
      ("CP401: {base-layers: none}", "3:30 `rules.CP401.base-layers` cannot be `none`"),
      ("CP401: {waste: {share: 1%}}", "3:17 unknown key `waste` in `rules.CP401`"),
      ("CP402: {waste: {}}", "3:24 `rules.CP402.waste` is empty"),
      ("CP401: {caches: {pip: {budget: x}}}", "3:40 `rules.CP401.caches.pip.budget`: `x` is no size"),
      ("CP310: {caches: {pip: {budget: 1kB}}}", "3:32 unknown key `budget` in `rules.CP310.caches.pip`"),
    ])
  func errors(rules: String, problem: String) {
    let load = load("extends: builtin:recommended\nrules: {\(rules)}\n")
    #expect(load.policy == nil)
    #expect(load.problems.map { "\($0.place.line):\($0.place.column) \($0.message)" } == [problem])
  }

  @Test("every option is on the page of its rule")
  func pages() {
    for rule in RuleRegister.descriptions where !rule.options.isEmpty {
      #expect(rule.group == .image)
      for option in rule.options { #expect(rule.page.contains(option.rawValue), "\(rule.id.code) \(option)") }
    }
    #expect(RuleRegister.description(named: "CP402")?.options == [.budget, .share, .per, .baseLayers, .waste])
  }
}
