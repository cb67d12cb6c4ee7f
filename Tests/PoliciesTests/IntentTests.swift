import Caches
import Testing

@testable import Policies

@Suite("intents: the narrowest selector that speaks decides, each intent alone")
struct IntentTests {
  /// A selector and profile of the table, from the one that decides last to the one that decides first.
  static let rising = [
    ("*", "*"), ("*", "production"), ("kind:download", "*"), ("kind:download", "production"), ("python.*", "*"),
    ("python.*", "production"), ("python.pip", "*"), ("python.pip", "production"),
  ]

  static let pairs = rising.indices.flatMap { low in
    rising.indices.filter { $0 > low }.map { (low, $0) }
  }

  private func policy(_ text: String, others: [String: String] = [:]) throws -> Policy {
    let load = load("version: 1\n" + text, others: others)
    return try #require(load.policy, "\(described(load))")
  }

  private func intents(_ text: String, of name: String = "pip", in profile: String = "production") throws -> Intents {
    try policy(text).intents(for: try #require(catalogue.kind(named: name)), in: profile)
  }

  @Test("every pair of selectors and profiles, in both orders of writing", arguments: pairs)
  func pair(low: Int, high: Int) throws {
    func statement(_ index: Int, _ value: String) -> (selector: String, profile: String) {
      (Self.rising[index].0, "\"\(Self.rising[index].1)\": {write: \(value), ship: \(value)}")
    }
    let lower = statement(low, "deny")
    let higher = statement(high, "allow")
    for (first, second) in [(lower, higher), (higher, lower)] {
      let text =
        first.selector == second.selector
        ? "caches:\n  \"\(first.selector)\": {\(first.profile), \(second.profile)}\n"
        : "caches:\n  \"\(first.selector)\": {\(first.profile)}\n  \"\(second.selector)\": {\(second.profile)}\n"
      let found = try intents(text)
      #expect(found.write?.value == .allow)
      #expect(found.ship?.value == .allow)
      #expect(found.write?.grounds.selector.description == Self.rising[high].0)
      #expect(found.write?.grounds.profile == Self.rising[high].1)
      // In another profile only what is said of every profile counts.
      let isLowForAll = Self.rising[low].1 == "*"
      let isHighForAll = Self.rising[high].1 == "*"
      let elsewhere = try intents(text, in: "ci").write?.value
      #expect(elsewhere == (isHighForAll ? .allow : isLowForAll ? .deny : nil))
    }
  }

  @Test("each intent is resolved alone")
  func alone() throws {
    let text = """
      caches:
        "*": {"*": {commit: deny, ship: deny}}
        "kind:download": {production: {keep-out-by: [clean]}}
        python.*: {"*": {write: deny}}
        pip: {production: {write: allow}}
      """
    let found = try intents(text)
    #expect(found.write?.value == .allow)
    #expect(found.write?.grounds.selector == .id("python.pip"))
    #expect(found.commit?.grounds.selector == .all)
    #expect(found.ship?.value == .deny)
    #expect(found.ways == [.clean])
    #expect(found.keepOutBy?.origin.line == 4)
    #expect(try intents(text, of: "npm").write == nil)
    #expect(try intents(text, of: "python.pytest").write?.value == .deny)
  }

  @Test("`any` withdraws an opinion, and does not fall back to a wider one")
  func any() throws {
    let text = """
      caches:
        "*": {"*": {write: deny, commit: deny, ship: deny, keep-out-by: [clean]}}
        python.*: {"*": {write: any, commit: any, ship: any, keep-out-by: any}}
      """
    let found = try intents(text)
    #expect(found.write?.value == .any)
    #expect(found.commit?.value == .any)
    #expect(found.ship?.value == .any)
    #expect(found.ways == Way.allCases)
    #expect(try intents(text, of: "npm").write?.value == .deny)
  }

  @Test("the selector goes before the file: a base's id beats the own file's group")
  func baseAgainstOwn() throws {
    let base = "version: 1\ncaches: {pip: {\"*\": {write: deny}}, npm: {production: {write: deny}}}\n"
    let policy = try policy(
      """
      extends: ./base.yaml
      caches:
        "kind:download": {production: {write: allow}}
        npm: {production: {write: allow}}
      """, others: ["./base.yaml": base])
    let pip = policy.intents(for: try #require(catalogue.kind(named: "pip")), in: "production").write
    #expect(pip?.value == .deny)
    #expect(pip?.origin.description == "./base.yaml:2")
    let npm = policy.intents(for: try #require(catalogue.kind(named: "npm")), in: "production").write
    #expect(npm?.value == .allow)
    #expect(npm?.origin.description == ".cachepolicy.yaml:5")
  }

  @Test("who states an intent is known, for each intent")
  func standing() throws {
    let builtin = "version: 1\ncaches: {\"*\": {\"*\": {commit: deny, ship: deny}}}\n"
    let production = "version: 1\nextends: builtin:recommended\ncaches: {pip: {\"*\": {write: deny}}}\n"
    let policy = try policy(
      "extends: [builtin:recommended, builtin:production]\ncaches: {pip: {\"*\": {ship: deny}}}\n",
      others: ["builtin:recommended": builtin, "builtin:production": production])
    let found = policy.intents(for: try #require(catalogue.kind(named: "pip")), in: "ci")
    #expect(found.commit?.isUsers == false)
    #expect(found.ship?.isUsers == true)
    #expect(found.write?.isUsers == true)
    #expect(found.write?.origin.isBuiltin == true)
  }

  @Test("a wide selector that denies a payload is information, and work for a person")
  func payload() throws {
    let text = "caches: {\"kind:models\": {\"*\": {ship: deny, write: allow}}}\n"
    let wide = try intents(text, of: "ml.huggingface")
    #expect(wide.ship?.grounds.isInfoOnly == true)
    #expect(wide.ship?.grounds.isManual == true)
    #expect(wide.write?.grounds.isInfoOnly == false)
    let committed = try intents("caches: {\"*\": {\"*\": {commit: deny}}}\n", of: "ml.huggingface")
    #expect(committed.commit?.grounds.isInfoOnly == false)
    #expect(committed.commit?.grounds.isManual == false)
    let named = try intents("caches: {ml.huggingface: {\"*\": {ship: deny}}}\n", of: "ml.huggingface")
    #expect(named.ship?.grounds.isInfoOnly == false)
    #expect(named.ship?.grounds.isManual == false)
  }

  @Test("what some projects commit on purpose is information under a wide selector")
  func commitOK() throws {
    let wide = try intents("caches: {node.*: {\"*\": {commit: deny, ship: deny}}}\n", of: "node.build")
    #expect(wide.commit?.grounds.isInfoOnly == true)
    #expect(wide.commit?.grounds.isManual == false)
    #expect(wide.ship?.grounds.isInfoOnly == false)
    let named = try intents("caches: {node.build: {\"*\": {commit: deny}}}\n", of: "node.build")
    #expect(named.commit?.grounds.isInfoOnly == false)
  }

  @Test("precompiled below a wide selector speaks of Python's bytecode only")
  func precompiled() throws {
    let text = "caches: {python.*: {\"*\": {ship: precompiled}}, \"*\": {\"*\": {ship: deny}}}\n"
    #expect(try intents(text, of: "pycache").ship?.value == .precompiled)
    #expect(try intents(text, of: "pip").ship?.value == .deny)
  }

  @Test("how much is to be precompiled is resolved as intents are, and speaks of Python's bytecode only")
  func coverage() throws {
    let text = """
      caches:
        "python.*": {"*": {coverage: 80}}
        pycache: {production: {ship: precompiled, coverage: 99}}
      """
    #expect(try intents(text, of: "pycache").coverage?.value == 99)
    #expect(try intents(text, of: "pycache").wantedCoverage == 99)
    #expect(try intents(text, of: "pycache", in: "ci").wantedCoverage == 80)
    #expect(try intents(text, of: "pip").coverage == nil)
    #expect(try intents("").wantedCoverage == 95)
  }

  @Test("a policy that says nothing wants nothing")
  func empty() throws {
    let found = try intents("")
    #expect(found == Intents())
    #expect(found.ways == [.noCache, .cacheMount, .clean])
  }
}
