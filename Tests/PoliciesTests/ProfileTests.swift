import SourceText
import Testing

@testable import Policies

@Suite("profiles: which situation a file or a build stage is in")
struct ProfileTests {
  private let text = """
    version: 1
    default-profile: production
    profiles:
      development: {paths: ["**/Dockerfile.dev", dev/], stages: [Dev, "*-dev"]}
      edge: {paths: [dev/edge/, edge/], stages: [runtime]}
      ci: {stages: ["*time"]}
    """

  private func policy() throws -> Policy {
    try #require(load(text).policy, "\(described(load(text)))")
  }

  @Test(
    "the last profile whose paths claim a file is its profile",
    arguments: [
      ("Dockerfile.dev", "development"), ("a/b/Dockerfile.dev", "development"), ("dev/x/Dockerfile", "development"),
      ("dev/edge/Dockerfile", "edge"), ("edge/Dockerfile", "edge"), ("Dockerfile", "production"),
    ] as [(Path, String)])
  func files(path: Path, profile: String) throws {
    #expect(try policy().profile(forFile: path).profile == profile)
  }

  @Test(
    "a stage that is claimed belongs to who claims it, whatever its file",
    arguments: [
      ("dev", "edge/Dockerfile", "development"), ("API-DEV", "Dockerfile", "development"),
      ("runtime", "Dockerfile", "ci"), ("build", "edge/Dockerfile", "edge"), ("build", "Dockerfile", "production"),
      (nil, "dev/x", "development"),
    ] as [(String?, Path, String)])
  func stages(stage: String?, path: Path, profile: String) throws {
    #expect(try policy().profile(forStage: stage, inFile: path).profile == profile)
  }

  @Test("what the caller asks for holds for what nobody claims, or for everything")
  func inputs() throws {
    let policy = try policy()
    let asked = ProfileInputs(profile: "ci")
    let forced = ProfileInputs(profile: "ci", forced: "edge")
    #expect(policy.profile(forFile: "Dockerfile", asked) == ProfileChoice(profile: "ci", reason: .asked))
    #expect(policy.profile(forFile: "dev/a", asked).profile == "development")
    #expect(policy.profile(forStage: "dev", inFile: "dev/a", forced) == ProfileChoice(profile: "edge", reason: .forced))
    #expect(policy.profileForTheRest().profile == "production")
    #expect(Policy.empty.profileForTheRest() == ProfileChoice(profile: "production", reason: .fallback))
  }

  @Test("claims of a later policy go before those of an earlier one")
  func order() throws {
    let own = "version: 1\nextends: ./b\nprofiles: {development: {paths: [edge/]}}\n"
    let policy = try #require(load(own, others: ["./b": text]).policy)
    #expect(policy.profile(forFile: "edge/Dockerfile").profile == "development")
  }
}

@Suite("small values of policies")
struct SmallValueTests {
  @Test(
    "wildcards",
    arguments: [
      ("*", "", true), ("a*c", "abbc", true), ("a*c", "abb", false), ("?", "a", true), ("?", "", false),
      ("*-dev", "api-dev", true), ("a**b*", "ab", true), ("", "", true), ("", "a", false),
    ])
  func wildcards(pattern: String, name: String, isMatch: Bool) {
    #expect(Wildcard(pattern).matches(name) == isMatch)
  }

  @Test("a wildcard with many stars does not search without end")
  func manyStars() {
    let pattern = Wildcard(String(repeating: "a*", count: 2_000) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 4_000)))
  }

  @Test(
    "patterns of paths",
    arguments: [
      ("a", "x/a/y", true), ("/a", "x/a", false), ("a/", "a", false), ("a/", "a/b", true), ("a/**", "a", false),
      ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b/c", true), ("**/b", "b", true), ("*.c", "x/y.c", true),
      ("a/*", "a/b/c", true), ("a/*.c", "a/b/x.c", false),
    ] as [(String, Path, Bool)])
  func patterns(pattern: String, path: Path, isMatch: Bool) {
    #expect(PatternList([pattern]).matches(path) == isMatch)
  }

  @Test("a pattern with many directories does not search without end")
  func manyDirectories() {
    let path = Path((String(repeating: "a/", count: 300) + "b").utf8)
    #expect(!PatternList([String(repeating: "**/a/", count: 100) + "c"]).matches(path))
  }

  @Test("days", arguments: ["1970-01-01", "2000-02-29", "2024-12-31", "2027-03-31", "1969-12-31", "9999-12-31"])
  func days(text: String) throws {
    let date = try #require(CalendarDate(text))
    #expect(date.description == text)
    #expect(CalendarDate(secondsSince1970: date.dayNumber * 86_400 + 86_399) == date)
  }

  @Test(
    "what is no day",
    arguments: [
      "", "2027-3-31", "2027-02-29", "1900-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "31-03-2027",
      "2027-03-31 ",
    ])
  func noDays(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test("moments far away are days at the ends of the calendar")
  func moments() {
    #expect(CalendarDate(secondsSince1970: 0).description == "1970-01-01")
    #expect(CalendarDate(secondsSince1970: 1_800_000_000).description == "2027-01-15")
    #expect(CalendarDate(secondsSince1970: .max).description == "9999-12-31")
    #expect(CalendarDate(secondsSince1970: .min).description == "0000-01-01")
  }

  @Test("the policy of a directory is found by name, and two are one too many")
  func discovery() throws {
    #expect(try PolicyDiscovery.name { $0 == "cachepolicy.yaml" } == "cachepolicy.yaml")
    #expect(try PolicyDiscovery.name { _ in false } == nil)
    #expect(throws: PolicyDiscovery.Ambiguity(names: [".cachepolicy.yml", ".github/cachepolicy.yaml"])) {
      try PolicyDiscovery.name { $0.hasPrefix(".") && !$0.hasSuffix(".cachepolicy.yaml") }
    }
  }
}
