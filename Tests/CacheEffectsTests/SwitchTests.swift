import CacheEffects
import Caches
import Dockerfiles
import SourceText
import Testing

/// How switches stand at the commands of instructions, by line.
private func switches(_ file: Dockerfile, _ runs: [InstructionEffects]) -> [String] {
  runs.flatMap { run in
    // The kinds of bytecode that only few programs write have the same variable.
    run.switches.filter { !["python.bytecode-legacy", "python.bytecode-pytest"].contains($0.kind.id) }.map { use in
      let line = file.instructions[run.instruction].startLine
      let origin = use.origin.map { ":\(file.instructions[$0.instruction].startLine)" } ?? (use.isInScript ? "!" : "")
      let value = String(decoding: use.value, as: UTF8.self)
      let tool = run.commands[use.command].name
      return "\(line) \(tool) \(use.kind.id) \(use.variable.name)=\(value)\(origin) \(use.reading) \(use.writing)"
    }
  }
}

@Suite struct SwitchTests {
  @Test(arguments: [
    (
      "FROM python:3.12\nENV PIP_NO_CACHE_DIR=0\nRUN pip list && pip install a",
      [
        "3 pip python.pip PIP_NO_CACHE_DIR=0:2 on no", "3 pip python.pip PIP_NO_CACHE_DIR=0:2 on yes",
      ]
    ),
    // The value in force is that of the script, and kinds that layers are not judged by count, too.
    (
      "FROM python:3.12\nENV RUFF_NO_CACHE=1\nRUN export RUFF_NO_CACHE=true; ruff check .",
      ["3 ruff python.ruff RUFF_NO_CACHE=true! on yes"]
    ),
    ("FROM python:3.12\nENV RUFF_NO_CACHE=1\nRUN sudo ruff check .", []),
    // A module that Python runs has Python's switches.
    (
      "FROM python:3.6\nENV PYTHONDONTWRITEBYTECODE=0\nRUN python -m venv /venv",
      ["3 venv python.bytecode PYTHONDONTWRITEBYTECODE=0:2 on no"]
    ),
    (
      "FROM python:3.12\nENV PYTHONDONTWRITEBYTECODE=0\nRUN python a.py",
      ["3 python python.bytecode PYTHONDONTWRITEBYTECODE=0:2 off yes"]
    ),
    (
      "FROM alpine\nENV PYTHONDONTWRITEBYTECODE=0\nRUN python3 a.py",
      ["3 python python.bytecode PYTHONDONTWRITEBYTECODE=0:2 dependsOnVersion yes"]
    ),
  ])
  func switchesOfCommands(_ text: String, _ expected: [String]) {
    let file = Dockerfile(Array(text.utf8))
    #expect(switches(file, CacheEffects(file).instructions) == expected)
  }

  @Test func aStartHasWhatTheImageSets() {
    let text = """
      FROM python:3.12 AS base
      CMD ["uv", "run", "a"]
      FROM base AS other
      ARG UV_NO_CACHE=0
      ENV PYTHONDONTWRITEBYTECODE=1
      FROM base
      ENV UV_NO_CACHE=1
      FROM base
      ENV UV_NO_CACHE=1
      ENTRYPOINT exec ruff check
      """
    let file = Dockerfile(Array(text.utf8))
    let effects = CacheEffects(file)
    #expect(effects.starts.map(\.stage) == [0, 1, 2, 3])
    #expect(effects.starts.map { file.instructions[$0.instruction].startLine } == [2, 2, 2, 10])
    #expect(
      switches(file, effects.starts) == [
        "2 uv python.bytecode PYTHONDONTWRITEBYTECODE=1:5 on no", "2 uv python.uv UV_NO_CACHE=1:7 on yes",
      ])
    #expect(effects.instructions.isEmpty)
  }

  @Test func startsOfManyStagesAreReadInPart() {
    let command = "CMD echo " + String(repeating: "a", count: 1 << 18) + "\n"
    let stages = (1...20).map { "FROM s\($0 - 1) AS s\($0)\n" }.joined()
    let file = Dockerfile(Array(("FROM python:3.12 AS s0\n" + command + stages).utf8))
    #expect(CacheEffects(file).starts.map(\.stage) == [0, 1, 2, 3])
  }
}
