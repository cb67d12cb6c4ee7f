import Findings
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Files that are examined by name, in their context")
struct TargetContextTests {
  private func settings(_ directory: TemporaryDirectory, stage: String? = nil) throws -> Settings {
    var settings = Settings(
      version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
      today: try #require(CalendarDate("2026-11-25")))
    settings.stage = stage
    return settings
  }

  private func lines(_ report: Report) -> [Int] {
    report.open.filter { $0.finding.severity >= .warning }.compactMap { reported in
      guard let range = reported.finding.place.range, let source = reported.source else { return nil }
      return source.lines.line(of: range.lower)
    }
  }

  private static let stages = """
    FROM python:3.12 AS base
    RUN pip install a
    FROM base AS prod
    RUN pip install b
    FROM base AS test
    RUN pip install c

    """

  @Test(
    "compose tells the product, whether a directory or the file alone is examined",
    arguments: [
      ("compose.yaml", "services: {web: {build: {context: ., target: test}}}\n", [2, 6]),
      ("docker-compose.prod.yml", "services: {web: {build: {target: test}}}\n", [2, 6]),
      ("../compose.yaml", "services: {web: {build: {context: ./app, target: test}}}\n", [2, 6]),
      ("compose.yaml", "x: &x {target: test}\nservices: {web: {build: *x}}\n", [2, 6]),
      (
        "compose.yaml", "x: &x {target: test}\nservices:\n  web:\n    build:\n      <<: *x\n      context: .\n", [2, 6]
      ),
      ("compose.yaml", "x: &x {build: {target: test}}\nservices:\n  web:\n    <<: [*x]\n", [2, 6]),
      ("compose.yaml", "x: &x [*x]\nservices: {web: {build: *nothing}}\n", [2, 4]),
      ("compose.override.yaml", "services: {web: {build: {target: test}}}\n", [2, 4]),
    ])
  func compose(name: String, text: String, expected: [Int]) throws {
    let directory = try TemporaryDirectory()
    #expect(try run(["git", "init", "-q", "."], in: directory.path).status == 0)
    try directory.write(Self.stages, to: "app/Dockerfile")
    try directory.write(text, to: name.hasPrefix("../") ? String(name.dropFirst(3)) : "app/" + name)
    let inspection = try Inspection(try settings(directory))
    #expect(lines(try inspection.check(["."])) == expected)
    #expect(lines(try inspection.check(["app/Dockerfile"])) == expected)
    #expect(try run(["git", "add", "-A"], in: directory.path).status == 0)
    #expect(lines(try inspection.check(["app/Dockerfile"])) == expected)
  }

  @Test("a Dockerfile may have any name that compose tells", arguments: [".", "build.docker"])
  func namedByCompose(target: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("FROM python:3.12\nRUN pip install a\n", to: "build.docker")
    try directory.write("services: {web: {build: {context: ., dockerfile: build.docker}}}\n", to: "compose.yaml")
    let report = try Inspection(try settings(directory)).check([target])
    #expect(lines(report) == [2])
  }

  @Test(
    "names of Dockerfiles",
    arguments: [
      ("Dockerfile", true), ("Dockerfile-dev", true), ("dockerfile_dev", true), ("Dockerfile.dev", true),
      ("web.Dockerfile", true), ("Containerfile-x", true), ("Dockerfile.md", false), ("dockerfile-parser.js", false),
      ("Dockerfiles", false), ("my-dockerfile", false), ("Dockerfile.swift", false), ("dockerfile.go", false),
      ("Dockerfile.3.12", true), ("Dockerfile.alpine", true),
    ])
  func names(name: String, isExamined: Bool) throws {
    let directory = try TemporaryDirectory()
    try directory.write("FROM python:3.12\nRUN pip install a\n", to: name)
    let report = try Inspection(try settings(directory)).check([name])
    #expect(lines(report) == (isExamined ? [2] : []))
    let remark = "\(name): no Dockerfile and no ignore file by name, so that only the place in the repository counts"
    #expect(report.targets.flatMap(\.remarks).contains(remark) != isExamined)
    #expect(lines(try Inspection(try settings(directory)).check(["."])) == (isExamined ? [2] : []))
  }

  @Test("a stage that no Dockerfile has is a mistake of the command line")
  func unknownStage() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.stages, to: "Dockerfile")
    #expect(lines(try Inspection(try settings(directory, stage: "test")).check(["."])) == [2, 6])
    let error = #expect(throws: UsageError.self) {
      try Inspection(try settings(directory, stage: "tset")).check(["."])
    }
    #expect(
      error?.message
        == "--target tset: no Dockerfile that is examined has this stage; did you mean test? (stages: base, prod, test)"
    )
  }

  @Test("the report says of each product why it ships")
  func products() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Self.stages, to: "Dockerfile")
    try directory.write(
      "version: 1\nextends: [builtin:recommended]\nprofiles: {ci: {stages: [test]}, production: {stages: [prod]}}\n",
      to: ".cachepolicy.yaml")
    let report = try Inspection(try settings(directory)).check(["Dockerfile"])
    #expect(
      report.targets.flatMap(\.remarks) == [
        "product: stage `prod` (claimed by profile `production`) · profile production",
        "product: stage `test` (claimed by profile `ci`) · profile ci",
        "profile production · .cachepolicy.yaml",
      ])
  }
}
