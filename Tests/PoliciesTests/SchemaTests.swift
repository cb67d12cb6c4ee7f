import Caches
import Findings
import SourceText
import Foundation
import TestSupport
import Testing
import YAML

@testable import Policies

@Suite("the JSON Schema and the reader agree")
struct SchemaTests {
  /// Errors that depend on other values, which a schema of single values cannot see.
  static let beyond = [
    "is not declared", "no date", "select the same cache", "are the same rule", "cannot stand below",
    "`precompiled` is for", "`coverage` is for", "cannot be accepted", "lacks `title`", "cannot be matched in",
    "gives no value for",
    "does not exist", "is not built in", "nothing is fetched", "not supported", "holds a `: `",
    "circle", "a pattern is a single line",
  ]

  @Test("the schema is JSON and names every key of the language")
  func isJSON() throws {
    let schema = policySchema(rules: rules, caches: catalogue)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(schema)) as? [String: Any])
    let properties = try #require(object["properties"] as? [String: Any])
    #expect(
      properties.keys.sorted() == [
        "bases", "builder", "caches", "default-profile", "exceptions", "extends", "files", "hadolint-ignore", "locked",
        "profiles",
        "rules", "tests", "version",
      ])
  }

  /// Needs Python with the package jsonschema, so it runs with the other integration tests.
  @Test(
    "a foreign validator accepts and refuses what the reader does",
    .enabled(if: ProcessInfo.processInfo.environment["CACHEPOLICY_INTEGRATION"] == "1"))
  func judgedByOthers() throws {
    let directory = try TemporaryDirectory()
    try directory.write(policySchema(rules: rules, caches: catalogue), to: "schema.json")
    var samples: [(text: String, isValid: Bool)] = [
      (MergeTests.everything, true), (MergeTests.base, true), ("version: 1", true), ("version: \"1\"", false),
      ("version: 2", false), ("rules: {}", false),
    ]
    for given in ReadingTests.cases {
      let text = "version: 1\n\(given.text)\n"
      if load(text).problems.allSatisfy({ problem in
        Self.beyond.contains { problem.message.contains($0) }
      }) {
        continue
      }
      samples.append((text, false))
    }
    let documents = samples.map { Document(Array($0.text.utf8)).root.map(json) ?? NSNull() }
    try directory.write(Array(JSONSerialization.data(withJSONObject: documents)), to: "samples.json")
    let script = """
      import json, jsonschema
      schema = json.load(open("schema.json"))
      jsonschema.Draft202012Validator.check_schema(schema)
      validator = jsonschema.Draft202012Validator(schema)
      print(json.dumps([validator.is_valid(sample) for sample in json.load(open("samples.json"))]))
      """
    let result = try run(["python3", "-c", script], in: directory.path)
    let verdicts = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output)) as? [Bool],
      "\(String(decoding: result.errors, as: UTF8.self))")
    #expect(samples.count > 40)
    for (sample, verdict) in zip(samples, verdicts) {
      #expect(load(sample.text).isRefused != sample.isValid, "the reader: \(sample.text)")
      #expect(verdict == sample.isValid, "the schema: \(sample.text)")
    }
  }

  /// The node as an editor sees it, by the core schema of YAML 1.2.
  private func json(_ node: Node) -> Any {
    switch node.content {
    case .sequence(let nodes): return nodes.map(json)
    case .mapping(let entries):
      return Dictionary(entries.map { ($0.name, json($0.value)) }, uniquingKeysWith: { $1 })
    case .alias(let name): return name
    case .scalar(let scalar):
      guard scalar.style == .plain else { return scalar.text }
      if scalar.isMissing { return NSNull() }
      if scalar.text == "true" || scalar.text == "false" { return scalar.text == "true" }
      return Int(scalar.text).map { $0 as Any } ?? scalar.text
    }
  }
}

@Suite("the built-in policies")
struct BuiltinPolicyTests {
  static let names = ["recommended", "strict", "production", "development", "base-image"]

  /// The rules that the built-in policies speak of.
  static let rules = [
    ("CP001", "dockerfile-syntax", Severity.error), ("CP002", "unreadable-suppression", .warning),
    ("CP003", "malformed-layer-entry", .warning), ("CP004", "media-type-mismatch", .info),
    ("CP005", "examined-in-part", .info),
    ("CP101", "committed-cache", .error), ("CP102", "unignored-cache", .warning),
    ("CP103", "missing-ignore-entry", .info), ("CP104", "privately-ignored-cache", .info),
    ("CP201", "pattern-never-matches", .warning), ("CP202", "dead-negation", .warning),
    ("CP203", "redundant-pattern", .info), ("CP204", "ignored-source", .info),
    ("CP211", "root-only-pattern", .warning), ("CP212", "invalid-pattern", .error),
    ("CP213", "cache-enters-build-context", .info), ("CP214", "ignore-file-shadowed", .info),
    ("CP301", "cache-writing-enabled", .info), ("CP302", "switch-has-no-effect", .warning),
    ("CP303", "switch-is-inverted", .warning), ("CP304", "switch-breaks-tool", .error),
    ("CP305", "switch-is-ignored-by-command", .warning), ("CP306", "needless-switch", .info),
    ("CP310", "cache-left-in-layer", .warning), ("CP311", "cleanup-too-late", .warning),
    ("CP312", "cache-mount-misses", .warning), ("CP313", "cache-mount-contradicted", .warning),
    ("CP314", "bytecode-compiled-into-layer", .info), ("CP315", "no-bytecode-shipped", .info),
    ("CP316", "cache-copied-between-stages", .warning), ("CP317", "unaccepted-way", .info),
    ("CP401", "cache-in-image", .warning), ("CP402", "deleted-cache-still-shipped", .warning),
    ("CP403", "cache-rewritten", .info), ("CP404", "image-environment-differs", .info),
    ("CP501", "stale-bytecode", .warning), ("CP502", "orphan-bytecode", .info),
    ("CP503", "foreign-bytecode", .info), ("CP504", "unchecked-stale-bytecode", .error),
    ("CP505", "corrupt-bytecode", .error), ("CP506", "sourceless-bytecode", .info),
    ("CP507", "unreadable-bytecode", .info), ("CP508", "misplaced-bytecode", .info),
    ("CP901", "expired-exception", .error), ("CP902", "unused-suppression", .warning),
    ("CP903", "unused-exception", .warning),
  ].map { RuleDescription(RuleID($0.0, $0.1), "", severity: $0.2, group: .repository, page: "") }

  static func builtin(_ name: String) throws -> PolicyText {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("policies")
    return PolicyText(
      name: "builtin:\(name)", Array(try Data(contentsOf: folder.appendingPathComponent("\(name).yaml"))))
  }

  private func policy(_ name: String) throws -> Policy {
    let reader = PolicyReader(rules: Self.rules, caches: .catalogue, builtins: Self.names) {
      (reference, _) throws(PolicyUnavailable) in
      guard case .builtin(let name) = reference, let text = try? Self.builtin(name) else {
        throw PolicyUnavailable("does not exist")
      }
      return text
    }
    let load = reader.load(try Self.builtin(name))
    return try #require(load.policy, "\(load.problems)")
  }

  @Test("each is read without a problem and has tests of its own", arguments: names)
  func isRead(name: String) throws {
    #expect(try policy(name).tests.contains { $0.origin.source == "builtin:\(name)" })
  }

  @Test("strict raises every rule")
  func strict() throws {
    let policy = try policy("strict")
    for rule in Self.rules {
      #expect(policy.setting(for: rule.id, profile: "ci").severity == rule.severity.raised, "\(rule.id.code)")
    }
  }

  @Test("only production speaks for the user")
  func standing() throws {
    let bytecode = try #require(Catalogue.kind("python.bytecode"))
    for name in Self.names {
      let intents = try policy(name).intents(for: bytecode, in: "production")
      #expect(intents.ship?.value == .precompiled)
      #expect(intents.ship?.isUsers == (name == "production"))
      #expect(intents.commit?.isUsers == false)
    }
    #expect(try policy("base-image").intents(for: bytecode, in: "production").write?.value == .any)
    #expect(try policy("development").profileForTheRest().profile == "development")
  }

  @Test("recommended leaves out Dockerfiles of tests and takes samples for development")
  func recommended() throws {
    let policy = try policy("recommended")
    let excludes = try #require(policy.excludes).value
    #expect(excludes.matches("a/tests/b/Dockerfile") && excludes.matches("vendor/x.Dockerfile"))
    #expect(!excludes.matches("tests/conftest.py") && !excludes.matches("contest/Dockerfile"))
    #expect(policy.profile(forFile: "a/.devcontainer/Dockerfile").profile == "development")
    #expect(policy.profile(forFile: "docker/Dockerfile").profile == "production")
  }
}
