import Inspection
import JSON
import Policies
import SourceText
import TestSupport
import Testing

@Suite("The facts of a Dockerfile")
struct DockerfileFactsTests {
  private static let text = """
    ARG TAG=3.12
    FROM python:${TAG}-slim AS base
    ENV PIP_CACHE_DIR=/var/cache/pip A=1
    ARG EXTRA
    RUN --mount=type=cache,target=/var/cache/pip pip install flask
    RUN pip install "$EXTRA" b$A && rm -rf /var/cache/pip/*

    FROM base AS product
    USER app
    WORKDIR /srv
    RUN set -e; export NPM_TOKEN=x; [ -f p ] && npm ci; pip wheel -q .; sudo -u root pip install --no-cache-dir c
    RUN <<EOF
    FOO=1 env -i uv sync
    EOF
    ONBUILD RUN pip install d
    CMD ["python", "-m", "flask", "run"]

    """

  private func dockerfile(_ text: String) throws -> JSONNode {
    let directory = try TemporaryDirectory()
    try directory.write(text, to: "Dockerfile")
    let inspection = try Inspection(
      Settings(
        version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
        today: try #require(CalendarDate("2026-11-25"))))
    let document = try JSONReader().read(try inspection.facts("Dockerfile").bytes)
    #expect(document["schema"]?.string == "cachepolicy.facts/1" && document["kind"]?.string == "file")
    return try #require(document["dockerfile"])
  }

  private func list(_ node: JSONNode, _ name: String) throws -> [JSONNode] { try #require(node[name]?.array) }

  private func shown(_ node: JSONNode?) -> String {
    guard let node, !node.isNull else { return "-" }
    return node.string ?? node.integer.map(String.init) ?? node.bool.map { $0 ? "yes" : "no" } ?? "?"
  }

  @Test("what commands run, with which words, when, and as whom")
  func commands() throws {
    let commands = try list(dockerfile(Self.text), "commands").map { command in
      let forms = try list(command, "forms").map { String(shown($0).prefix(1)) }.joined()
      let words = try list(command, "words").map { shown($0) }.joined(separator: " ")
      let variables = (command["variables"]?.members ?? []).map { "\($0.name)=\(shown($0.value))" }
      let fields = ["stage", "line", "name", "certain", "user", "environment", "inherits"].map { shown(command[$0]) }
      return (fields + [words, forms] + variables).joined(separator: "|")
    }
    #expect(
      commands == [
        "0|5|pip|yes|-|0|yes|pip install flask|lll",
        "0|6|pip|yes|-|0|yes|pip install - b1|llue",
        "0|6|rm|yes|-|0|yes|rm -rf /var/cache/pip/*|lle",
        "1|11|npm|no|-|1|yes|npm ci|ll|NPM_TOKEN=x",
        "1|11|pip|yes|-|1|yes|pip wheel -q .|llll|NPM_TOKEN=x",
        "1|11|pip|yes|root|1|no|pip install --no-cache-dir c|llll",
        "1|13|uv|yes|-|1|no|uv sync|ll",
        "1|15|pip|yes|-|-|yes|pip install d|lll",
        "1|16|flask|yes|-|-|yes|python -m flask run|llll",
      ])
  }

  @Test("what an image starts and checks, beside what builds it")
  func running() throws {
    let commands = try list(
      dockerfile(
        """
        FROM python:3.12
        ONBUILD RUN pip install x
        RUN pip install a
        HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1
        ENTRYPOINT ["gunicorn", "-w", "2"]
        """), "commands")
    #expect(
      commands.map { "\(shown($0["runs_at"])) \(shown($0["line"])) \(shown($0["name"]))" } == [
        "trigger 2 pip", "build 3 pip", "start 5 gunicorn", "check 4 curl",
      ])
  }

  @Test("what holds at commands")
  func environments() throws {
    let environments = try list(dockerfile(Self.text), "environments")
    let fields = ["stage", "line", "user", "home", "home_certain", "working_directory", "complete"]
    #expect(
      environments.map { environment in fields.map { shown(environment[$0]) }.joined(separator: "|") } == [
        "0|5|root|/root|yes|/|yes", "1|11|app|/home/app|no|/srv|yes",
      ])
    for environment in environments {
      #expect(try list(environment, "shell").map { shown($0) } == ["/bin/sh", "-c"])
      #expect(environment["variables"]?["PIP_CACHE_DIR"]?.string == "/var/cache/pip")
      #expect(environment["variables"]?["EXTRA"]?.isNull ?? false)
    }
  }

  @Test("what is written and removed, where, and what keeps it out")
  func effects() throws {
    let effects = try list(dockerfile(Self.text), "cache_effects").map { effect in
      let kinds = effect["kind"]?.string ?? "-"
      let fields = ["line", "effect", "path", "path_certain", "certain", "kept_out_by", "detail", "doubt"]
      return ([kinds] + fields.map { shown(effect[$0]) }).joined(separator: "|")
    }
    #expect(
      effects == [
        "python.pip|5|written|/var/cache/pip|yes|yes|cache-mount|cache|-",
        "python.pip|6|written|/var/cache/pip|yes|yes|clean|-|a word of the command is not known",
        "-|6|removed|/var/cache/pip/*|-|yes|-|-|-",
        "js.npm|11|written|/home/app/.npm/_cacache|no|no|-|-|the command may not run",
        "python.pip|11|written|/var/cache/pip|yes|yes|-|-|-",
        "python.pip|11|written|/root/.cache/pip|yes|yes|no-cache|--no-cache-dir|-",
        "python.uv|13|written|/home/app/.cache/uv|no|yes|-|-|-",
        "python.pip|15|written|/var/cache/pip|yes|yes|-|-|-",
      ])
  }

  @Test("stages and instructions, with what ships")
  func stages() throws {
    let file = try dockerfile(Self.text)
    let stages = try list(file, "stages").map { stage in
      ["index", "name", "base", "product", "profile"].map { shown(stage[$0]) }.joined(separator: "|")
    }
    #expect(stages == ["0|base|python:3.12-slim|no|-", "1|product|python:3.12-slim|yes|production"])
    let instructions = try list(file, "instructions")
    #expect(
      instructions.map { shown($0["keyword"]) } == [
        "ARG", "FROM", "ENV", "ARG", "RUN", "RUN", "FROM", "USER", "WORKDIR", "RUN", "RUN", "ONBUILD", "CMD",
      ])
    #expect(try list(instructions[4], "flags").map { shown($0) } == ["--mount=type=cache,target=/var/cache/pip"])
    let heredoc = try #require(try list(instructions[10], "heredocs").first)
    #expect(["name", "start_line", "end_line", "expand"].map { shown(heredoc[$0]) } == ["EOF", "13", "14", "yes"])
  }

  @Test("environments that are too large together are left out")
  func manyVariables() throws {
    let names = (0..<900).map { "V\($0)=1" }.joined(separator: " ")
    var text = "FROM debian\nENV \(names)\n"
    for number in 0..<300 { text += "ENV V0=\(number)\nRUN pip install a\n" }
    let file = try dockerfile(text)
    #expect(try list(file, "environments").count < 150)
    let numbers = try list(file, "commands").map { shown($0["environment"]) }
    #expect(numbers.count == 300 && numbers.first == "0" && numbers.last == "-")
  }
}
