import Findings
import SourceText
import Testing

@testable import Policies

@Suite("reading: every error of a policy in one run, with its place and a way out")
struct ReadingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let problems: [String]
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ problems: String...) {
      self.text = text
      self.problems = problems
    }
  }

  /// What follows `version: 1`, which is line 1.
  static let cases = [
    Case("profles: {}", "2:1 unknown key `profles` | did you mean `profiles`?"),
    Case(
      "zzz: {}",
      "2:1 unknown key `zzz` | among others: `extends`, `default-profile`, `profiles`, `caches`, `rules`, `bases`, `exceptions`, `files`"
    ),
    Case("profiles: {edge: {path: [a]}}", "2:19 unknown key `path` in `profiles.edge` | did you mean `paths`?"),
    Case("profiles: {edge: {paths: []}}", "2:26 `profiles.edge.paths` must hold at least one value"),
    Case("profiles: [a]", "2:11 `profiles` must have keys, not be a list | write it as `key: value`"),
    Case("profiles:", "2:10 `profiles` has no value | write keys below it, or leave it out"),
    Case(
      "profiles: {a b: {}}", "2:12 `a b` cannot name a profile (in `profiles`) | use letters, digits, `-`, `_` and `.`"),
    Case(
      "default-profile: prodution",
      "2:18 `default-profile`: the profile `prodution` is not declared | did you mean `production`?"),
    Case("default-profile: [a]", "2:18 `default-profile` must be a text, not a list"),
    Case("default-profile:", "2:17 `default-profile` has no value | write a text"),
    Case(
      "caches: {pyhton.pip: {\"*\": {}}}",
      "2:10 `pyhton.pip` selects no cache (in `caches`) | did you mean `python.pip`?"),
    Case(
      "caches: {\"kind:downloads\": {\"*\": {}}}",
      "2:10 `kind:downloads` selects no cache (in `caches`) | did you mean `kind:download`?"),
    Case(
      "caches: {phyton.*: {\"*\": {}}}", "2:10 `phyton.*` selects no cache (in `caches`) | did you mean `python.*`?"),
    Case(
      "caches: {pip: {prod: {}}}",
      "2:16 the profile `prod` is not declared (in `caches.pip`) | one of: `development`, `ci`, `production`, `*`"),
    Case(
      "caches: {pip: {\"*\": {write: never}}}",
      "2:29 `caches.pip.*.write` cannot be `never` | one of: `deny`, `allow`, `require`, `any`"),
    Case("caches: {pip: {\"*\": {write: Deny}}}", "2:29 `caches.pip.*.write` cannot be `Deny` | did you mean `deny`?"),
    Case(
      "caches: {pip: {\"*\": {keep-out-by: [no-cahe]}}}",
      "2:36 `caches.pip.*.keep-out-by[0]` cannot be `no-cahe` | did you mean `no-cache`?"),
    Case("caches: {pip: {\"*\": {keep-out-by: []}}}", "2:35 `caches.pip.*.keep-out-by` must hold at least one value"),
    Case(
      "caches: {pip: {production: {commit: deny}}}",
      "2:29 `commit` cannot stand below the profile `production` | there is one index: write it below \"*\""),
    Case(
      "caches: {pip: {\"*\": {ship: precompiled}}}",
      "2:28 `precompiled` is for Python's bytecode, and `python.pip` selects other caches | write `deny`, or name python.bytecode"
    ),
    Case(
      "caches: {pip: {\"*\": {coverage: 90}}}",
      "2:22 `coverage` is for Python's bytecode, and `python.pip` selects other caches | name python.bytecode"),
    Case(
      "caches: {pycache: {\"*\": {coverage: 101}}}",
      "2:36 `caches.pycache.*.coverage` cannot be `101` | write a whole number from 1 to 100, without quotes"),
    Case(
      "caches: {\"*\": {\"*\": {ship: precompiled}}}",
      "2:28 `precompiled` is for Python's bytecode, and `*` selects other caches | write `deny`, or name python.bytecode"
    ),
    Case("caches: {pip: {}, python.pip: {}}", "2:19 `python.pip` and `pip` select the same cache | join the two"),
    Case(
      "rules: {CP999: error}",
      "2:9 there is no rule `CP999` | among others: `CP101`, `CP102`, `CP201`, `CP301`, `CP306`, `CP315`, `CP401`, `CP901`"
    ),
    Case("rules: {commited-cache: error}", "2:9 there is no rule `commited-cache` | did you mean `committed-cache`?"),
    Case("rules: {CP101: fatal}", "2:16 `rules.CP101` cannot be `fatal` | one of: `off`, `info`, `warning`, `error`"),
    Case(
      "rules: {CP101: {severity: {prodution: error}}}",
      "2:28 the profile `prodution` is not declared (in `rules.CP101.severity`) | did you mean `production`?"),
    Case(
      "rules: {CP101: {caches: {pip: loud}}}",
      "2:31 `rules.CP101.caches.pip` cannot be `loud` | one of: `off`, `info`, `warning`, `error`"),
    Case(
      "rules: {CP101: error, committed-cache: info}",
      "2:23 `committed-cache` and `CP101` are the same rule | join the two"),
    Case(
      "rules: {CP101: {match: {path: {glob: a}}}}",
      "2:24 `rules.CP101` is a rule of the program, which a policy cannot define | name a rule of your own as team/name"
    ),
    Case(
      "rules: {Acme/x: error}",
      "2:9 `Acme/x` cannot name a rule | write it as team/name, in small letters, digits and `-`"),
    Case(
      "rules: {acme/x: error}",
      "2:9 the rule `acme/x` lacks `title`, `in`, `match` | define it, or remove what is said of it"),
    Case(
      "rules: {acme/x: {title: t, in: image, match: {path: {glob: a}}}}",
      "2:32 `rules.acme/x.in` cannot be `image` | one of: `repository`, `dockerfile`"),
    Case(
      "rules: {acme/x: {title: t, in: repository, match: {}}}",
      "2:51 `rules.acme/x.match` is empty | one of: `all`, `any`, `not`, `path`, `index`, `env`, `instruction`"),
    Case(
      "rules: {acme/x: {title: t, in: repository, match: {path: {glob: a}, not: {path: {glob: b}}}}}",
      "2:69 `rules.acme/x.match` must have exactly one key | join what is looked for with `all` or `any`"),
    Case(
      "rules: {acme/x: {title: t, in: repository, match: {instruction: {keyword: COPY}}}}",
      "2:52 `instruction` cannot be matched in: repository | what can be matched there: `path`, `index`"),
    Case(
      "rules: {acme/x: {title: t, in: dockerfile, match: {instruction: {keyword: copy}}}}",
      "2:75 `rules.acme/x.match.instruction.keyword`: there is no instruction `copy` | did you mean `COPY`?"),
    Case(
      "rules: {acme/x: {title: t, in: dockerfile, match: {instruction: {keyword: COPY}}, message: \"`{argumnt}` {}\"}}",
      "2:92 the match gives no value for `{argumnt}` | did you mean `argument`?"),
    Case(
      "exceptions: [{rule: CP101, reason: because}]",
      "2:15 `exceptions[0]` lacks the key `expires` | the last day on which it is accepted, as 2027-03-31"),
    Case(
      "exceptions: [{rule: CP101, reason: because, expires: 31-03-2027}]",
      "2:54 `exceptions[0].expires`: `31-03-2027` is no date | write it as 2027-03-31"),
    Case(
      "exceptions: [{rule: CP101, reason: because, expires: 2027-02-29}]",
      "2:54 `exceptions[0].expires`: `2027-02-29` is no date | write it as 2027-03-31"),
    Case("exceptions: [{rule: CP101, reason: \" \", expires: 2027-02-28}]", "2:36 `exceptions[0].reason`: is blank"),
    Case(
      "exceptions: [{rule: [CP201, CP901], reason: because, expires: 2027-02-28}]",
      "2:29 `CP901` speaks of the policy itself, and cannot be accepted | repair what it reports"),
    Case("exceptions: {rule: CP101}", "2:13 `exceptions` must be a list, not keys | write it as [a, b]"),
    Case("hadolint-ignore: yes", "2:18 `hadolint-ignore` cannot be `yes` | write true or false, without quotes"),
    Case("builder: podman", "2:10 `builder` cannot be `podman` | one of: `buildkit`, `buildah`, `classic`, `kaniko`"),
    Case("locked: [CP11]", "2:10 `locked[0]`: there is no rule `CP11` | did you mean `CP101`?"),
    Case(
      "tests: [{name: t, expect: [{rule: CP101, line: 0}]}]",
      "2:48 `tests[0].expect[0].line` cannot be `0` | write a whole number from 1 on, without quotes"),
    Case(
      "tests: [{name: t, expect: [], unsafe: yes}]",
      "2:39 `tests[0].unsafe` cannot be `yes` | write true or false, without quotes"),
    Case(
      "tests: [{name: t, expect: [], files: {../x: a}}]",
      "2:39 `../x` is no path inside the tree (in `tests[0].files`) | write it without a leading `/` and without `..`"),
    Case(
      "tests: [{name: t, expect: [{rule: CP101, cache: pipp}]}]",
      "2:49 `tests[0].expect[0].cache`: there is no cache `pipp` | did you mean `pip`?"),
    Case(
      "extends: base.yaml", "2:10 `extends`: `base.yaml` names no policy | write `builtin:base.yaml` or `./base.yaml`"),
    Case("extends: https://a/b", "2:10 `extends`: `https://a/b`: nothing is fetched | keep a copy beside this file"),
    Case("extends: /etc/policy", "2:10 `extends`: `/etc/policy` is an absolute path | write it relative to this file"),
    Case("extends: ./none.yaml", "2:10 `./none.yaml` does not exist"),
    Case(
      "extends: builtin:recomended", "2:10 `builtin:recomended` is not built in | did you mean `builtin:recommended`?"),
    Case("bases: {x: {bytecode: stale}}", "2:23 `bases.x.bytecode` cannot be `stale` | one of: `precompiled`, `none`"),
    Case("files: {exclude: [\"\"]}", "2:19 `files.exclude[0]`: is blank"),
    Case("builder: a: b", "2:10 the value holds a `: ` | put quotes round `a: b`"),
    Case(
      "locked: [&a CP101, *a]",
      "2:10 anchors such as `&a` are not supported | write the value out, use `extends`, or put a text that begins with `&` in quotes",
      "2:20 `*a` is an alias, and aliases are not supported | put a text that begins with `*` in quotes; to share settings, use `extends`",
      "2:20 `locked[1]` must be a text, not an alias"),
  ]

  @Test("each thing that can be wrong", arguments: cases)
  func problems(given: Case) {
    let load = load("version: 1\n\(given.text)\n")
    #expect(described(load) == given.problems.map { ".cachepolicy.yaml:\($0)" })
    #expect(load.isRefused)
  }

  @Test("the version must be the number 1")
  func version() {
    #expect(
      described(load("rules: {}\n")) == [
        ".cachepolicy.yaml:1:1 the policy lacks the key `version` | the version of the policy language"
      ])
    #expect(
      described(load("version: \"1\"\n")) == [
        ".cachepolicy.yaml:1:10 `version` cannot be `1` | write 1, without quotes"
      ])
    #expect(
      described(load("version: 2\n")) == [
        ".cachepolicy.yaml:1:10 `version` is 2, and this release reads 1 | use a newer release of cachepolicy, or write the policy for version 1"
      ])
    #expect(described(load("# nothing\n")) == [".cachepolicy.yaml:1:1 the policy is empty | begin with `version: 1`"])
    #expect(
      described(load("- a\n")) == [
        ".cachepolicy.yaml:1:1 a policy must have keys, not be a list | write it as `key: value`"
      ])
  }

  @Test("all errors come in one run, in the order of the text, with places in code points")
  func together() {
    let text = """
      version: 1
      profles: {}
      caches:
        "ü": {"*": {write: x}}
        "*": {"*": {write: deny}, "*": {ship: nö}}
      rules: {CP101: loud, CP101: error, é: off}
      exceptions:
      - {rule: CP1O1, reason: r, expires: soon}
      """
    let problems = described(load(text))
    #expect(
      problems.map { $0.split(separator: " ")[0] } == [
        ".cachepolicy.yaml:2:1", ".cachepolicy.yaml:4:3", ".cachepolicy.yaml:4:22", ".cachepolicy.yaml:5:29",
        ".cachepolicy.yaml:6:16", ".cachepolicy.yaml:6:22", ".cachepolicy.yaml:6:36", ".cachepolicy.yaml:8:10",
        ".cachepolicy.yaml:8:37",
      ], "\(problems)")
  }

  @Test("two places of one mistake are both shown")
  func related() throws {
    let found = try #require(load("version: 1\nrules: {CP101: error, committed-cache: info}\n").problems.first)
    #expect(found.related?.range == ByteRange(19, 24))
    #expect(found.related?.message == "first here")
    #expect(found.range == ByteRange(33, 48))
  }

  @Test("errors of extended policies come with theirs, and name the file")
  func extended() {
    let load = load(
      "version: 1\nextends: [./a.yaml, builtin:recommended]\nlocked: [nope]\n",
      others: ["./a.yaml": "version: 1\nbuilder: x\n", "builtin:recommended": "version: 1\n"])
    #expect(load.problems.map(\.source) == [".cachepolicy.yaml", "./a.yaml"])
  }

  @Test("circles and long chains show the way")
  func chains() {
    let circle = load(
      "version: 1\nextends: ./a.yaml\n",
      others: [
        "./a.yaml": "version: 1\nextends: [./b.yaml]\n", "./b.yaml": "version: 1\nextends: ./a.yaml\n",
      ])
    #expect(
      described(circle) == [
        "./b.yaml:2:10 policies extend each other in a circle | ./a.yaml → ./b.yaml → ./a.yaml"
      ])
    var others: [String: String] = [:]
    for index in 1...9 { others["./\(index).yaml"] = "version: 1\nextends: ./\(index + 1).yaml\n" }
    others["./8.yaml"] = "version: 1\n"
    #expect(load("version: 1\nextends: ./1.yaml\n", others: others).problems.isEmpty)
    others["./8.yaml"] = "version: 1\nextends: ./9.yaml\n"
    others["./9.yaml"] = "version: 1\n"
    let long = described(load("version: 1\nextends: ./1.yaml\n", others: others))
    #expect(long.first?.hasPrefix("./8.yaml:2:10 more than 8 policies extend each other") == true)
    #expect(long.count == 1)
  }

  @Test("a wide fan of policies is read once each, and ends at its limit")
  func fan() {
    var others: [String: String] = [:]
    let level = { (depth: Int) in (0..<12).map { "./\(depth)-\($0).yaml" } }
    for depth in 0..<7 {
      let bases = depth == 6 ? "" : "extends: [\(level(depth + 1).joined(separator: ", "))]\n"
      for name in level(depth) { others[name] = "version: 1\n\(bases)" }
    }
    let found = load("version: 1\nextends: [\(level(0).joined(separator: ", "))]\n", others: others)
    #expect(found.problems.contains { $0.message == "more than 64 policies" })
    #expect(found.texts.count == 64)
  }

  @Test("hostile policies end soon")
  func hostile() {
    let clock = ContinuousClock()
    let unknown = "version: 1\ncaches:\n" + (0..<20_000).map { "  k\($0): {}\n" }.joined()
    let long = "version: 1\ncaches: {\(String(repeating: "x", count: 900_000)): {}}\n"
    let deep = "version: 1\nrules: \(String(repeating: "[", count: 200_000))\n"
    let values = "version: 1\nfiles: {exclude: [\(Array(repeating: "a", count: 90_000).joined(separator: ","))]}\n"
    let matches =
      "version: 1\nrules: {a/b: {title: t, in: repository, match: \(String(repeating: "{not: ", count: 50)){path: {glob: x}}\(String(repeating: "}", count: 52))\n"
    for text in [unknown, long, deep, matches] {
      var result: PolicyLoad?
      let time = clock.measure { result = load(text) }
      #expect(result?.problems.count ?? 0 <= 201)
      #expect(time < .seconds(3))
    }
    #expect(load(values).problems.isEmpty)
    #expect(load(matches).problems.isEmpty)
  }
}
