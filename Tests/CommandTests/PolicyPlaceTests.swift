import JSON
import TestSupport
import Testing

@Suite("Findings about the policy name its file")
struct PolicyPlaceTests {
  /// A policy whose exceptions are for a rule that is judged on the target.
  private static func policy(_ rule: String) -> String {
    """
    version: 1
    extends: [builtin:recommended]
    exceptions:
      - {rule: \(rule), paths: [nowhere], reason: unused, expires: 2027-01-01}
      - {rule: CP402, paths: [nowhere], reason: over, expires: 2026-01-01}

    """
  }

  /// A layer, a repository and a directory outside of any, with nothing to find in them.
  private func sandbox(_ policies: [String], rule: String = "CP310") throws -> CommandSandbox {
    let sandbox = try CommandSandbox(isRepository: false)
    var writer = TarWriter()
    writer.add("etc/hostname", content: [1])
    try sandbox.directory.write(writer.finished, to: "work/layer.tar")
    try sandbox.directory.write("FROM scratch\n", to: "work/plain/Dockerfile")
    try sandbox.directory.write("FROM scratch\n", to: "work/repository/Dockerfile")
    _ = try run(["git", "init", "-q", "work/repository"], in: sandbox.path)
    for policy in policies { try sandbox.directory.write(Self.policy(rule), to: policy) }
    return sandbox
  }

  @Test(
    "in every format and for every target, as a person can open it",
    arguments: [
      ("layer:layer.tar", "work/.cachepolicy.yaml", [], ".cachepolicy.yaml", ".cachepolicy.yaml"),
      ("layer:layer.tar", "work/own.yaml", ["--policy", "own.yaml"], "own.yaml", "own.yaml"),
      ("layer:layer.tar", "own.yaml", ["--policy", "../own.yaml"], "/own.yaml", "../own.yaml"),
      ("plain", "work/own.yaml", ["--policy", "own.yaml"], "own.yaml", "../own.yaml"),
      ("plain", "work/plain/.cachepolicy.yaml", [], "plain/.cachepolicy.yaml", ".cachepolicy.yaml"),
      ("repository", "work/own.yaml", ["--policy", "own.yaml"], "own.yaml", "../own.yaml"),
      ("repository", "work/repository/.cachepolicy.yaml", [], "repository/.cachepolicy.yaml", ".cachepolicy.yaml"),
    ] as [(String, String, [String], String, String)])
  func place(target: String, policy: String, options: [String], shown: String, path: String) throws {
    let sandbox = try sandbox([policy], rule: target.hasPrefix("layer:") ? "CP003" : "CP310")
    let arguments = ["check", target, "--today", "2026-06-01"] + options
    let expected = shown.hasPrefix("/") ? sandbox.directory.resolvedPath + shown : shown
    for format in ["human", "concise"] {
      let text = try sandbox.cachepolicy(arguments + ["--format", format], in: "work").text
      let lines = text.split(separator: "\n").filter { $0.contains("CP90") }
      #expect(lines.count == 2, "\(text)")
      for (line, code) in [(4, "CP903"), (5, "CP901")] {
        #expect(lines.contains { $0.hasPrefix("\(expected):\(line):") && $0.contains(code) }, "\(text)")
      }
    }
    let report = try sandbox.report(arguments, in: "work")
    let findings = (report["findings"]?.array ?? []).filter { $0["code"]?.string?.hasPrefix("CP90") ?? false }
    let places = findings.compactMap { $0["place"] }
    #expect(places.map { $0["range"]?["start"]?["line"]?.integer } == [4, 5])
    #expect(places.allSatisfy { $0["kind"]?.string == "file" && $0["path"]?.string == path })
    let page = try sandbox.cachepolicy(arguments + ["--format", "html"], in: "work").text
    #expect(page.contains("\(expected):4:"))
  }

  @Test("an image that has the same findings takes none about the policy away")
  func compare() throws {
    let sandbox = try sandbox(["work/.cachepolicy.yaml"], rule: "CP003")
    let report = try sandbox.report(
      ["check", "layer:layer.tar", "--compare", "layer:layer.tar", "--today", "2026-06-01"], in: "work")
    #expect(codes(report).filter { $0.hasPrefix("CP90") }.sorted() == ["CP901", "CP903"])
  }

  @Test("an exception is called unused where its rule is judged", arguments: ["layer:layer.tar", "repository"])
  func unused(target: String) throws {
    let sandbox = try sandbox([])
    let rules = ["CP003", "CP101", "CP310", "CP401", "CP501"]
    let exceptions = rules.map { "  - {rule: \($0), paths: [nowhere], reason: for \($0)., expires: 2027-01-01}\n" }
    try sandbox.directory.write(
      "version: 1\nextends: [builtin:recommended]\nexceptions:\n" + exceptions.joined(), to: "work/own.yaml")
    let result = try sandbox.cachepolicy(
      ["check", target, "--today", "2026-06-01", "--policy", "own.yaml", "--format", "human"], in: "work")
    let told = rules.filter { result.text.contains("for \($0).") }
    #expect(told == (target == "repository" ? ["CP101", "CP310"] : ["CP003", "CP401"]), "\(result.all)")
  }
}
