import TestSupport
import Testing

@Suite("Documents against their schemas", .enabled(if: isIntegration))
struct SchemaTests {
  static let validate = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1]))
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    errors = [f"{e.json_path}: {e.message}" for e in validator(schema).iter_errors(json.load(sys.stdin))]
    sys.exit("\\n".join(errors) or None)
    """
  private static let schema = "\(checkout)/Tests/IntegrationTests/report.schema.json"

  @Test("recorded reports have the form that is promised", arguments: ["full.json.txt", "everything.json.txt"])
  func recorded(name: String) throws {
    let bytes = try ExistingDirectory(path: "\(checkout)/Tests/ReportsTests/Snapshots").read(name)
    let result = try SampleRepository([:]).python(Self.validate, [Self.schema], input: bytes)
    #expect(result.status == 0, said(result))
  }

  @Test("the report of a run has the form that is promised, and the same bytes twice")
  func report() throws {
    let repository = try SampleRepository([
      "é/__pycache__/main.cpython-312.pyc": "x", ".dockerignore": "__pycache__\n", ".gitignore": "!x\nx\nx\n",
      "Dockerfile": "FROM python:3.12\nENV PYTHONDONTWRITEBYTECODE=\nCMD [\"python\", \"m.py\"]\n",
    ])
    let run = try repository.cachepolicy(["check", "--format", "json", "."])
    #expect(run.status == 1, said(run))
    let result = try repository.python(Self.validate, [Self.schema], input: run.output)
    #expect(result.status == 0, said(result))
    #expect(try repository.cachepolicy(["check", "--format", "json", "."]).output == run.output)
  }

  @Test("the policy of the README is one, for the program and for its JSON Schema")
  func policy() throws {
    let readme = String(decoding: try ExistingDirectory(path: checkout).read("README.md"), as: UTF8.self)
    let example = try #require(readme.firstMatch(of: /```yaml\n(version: 1\n(?s:.*?))```/)?.output.1)
    let repository = try SampleRepository([".cachepolicy.yaml": String(example)])
    let check = try repository.cachepolicy(["policy", "check", ".cachepolicy.yaml"])
    #expect(check.status == 0, said(check))
    let schema = try repository.cachepolicy(["policy", "schema"])
    #expect(schema.status == 0, said(schema))
    try repository.directory.write(schema.output, to: "schema.json")
    let convert = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)"
    let json = try repository.python(convert, input: Array(example.utf8))
    let result = try repository.python(Self.validate, ["schema.json"], input: json.output)
    #expect(result.status == 0, said(result))
  }
}
