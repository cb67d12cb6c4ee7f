import Dockerfiles
import Inspection
import Policies
import Reports
import SourceText
import TestSupport
import Testing

@Suite("Turning caches off and on")
struct TurnTests {
  private func inspection(_ directory: TemporaryDirectory) throws -> Inspection {
    try Inspection(
      Settings(
        version: "test", currentDirectory: Path(directory.resolvedPath.utf8), environment: [:],
        today: try #require(CalendarDate("2026-11-25"))))
  }

  /// A Dockerfile after a turn.
  private func turned(
    _ direction: Inspection.Direction, _ selector: String, _ text: String, by means: Inspection.Means? = nil
  ) throws -> (text: String, remarks: [String]) {
    let directory = try TemporaryDirectory()
    try directory.write(text, to: "Dockerfile")
    let outcome = try inspection(directory).turn(direction, selector, by: means, in: ["."], writes: true)
    #expect(outcome.errors.isEmpty)
    return (String(decoding: try directory.read("Dockerfile"), as: UTF8.self), outcome.remarks)
  }

  @Test(
    "off writes the variable that stops all, else the flag; on gives the bytes back",
    arguments: [
      (
        "pip", nil, "FROM python:3.12\nRUN pip install a\n",
        "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n"
      ),
      (
        "pip", .flag, "FROM python:3.12\nRUN pip install a && pip wheel b\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a && pip wheel --no-cache-dir b\n"
      ),
      ("uv", nil, "FROM python:3.12\nRUN uv sync\n", "FROM python:3.12\nENV UV_NO_CACHE=1\nRUN uv sync\n"),
      ("apk", nil, "FROM alpine:3\nRUN apk add git", "FROM alpine:3\nRUN apk add --no-cache git"),
      (
        "pip", nil, "FROM python:3.12\r\nENV A=1 B=2\r\nRUN pip install a\r\n",
        "FROM python:3.12\r\nENV A=1 B=2 PIP_NO_CACHE_DIR=1\r\nRUN pip install a\r\n"
      ),
      (
        "pip", nil, "FROM python:3.12\nENV A=1 \\\n    B=2\nRUN pip install a\n",
        "FROM python:3.12\nENV A=1 \\\n    B=2 \\\n    PIP_NO_CACHE_DIR=1\nRUN pip install a\n"
      ),
      (
        "pip", nil, "FROM python:3.12\nENV A 1\nRUN pip install a",
        "FROM python:3.12\nENV A 1\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a"
      ),
      (
        "pip", nil, "FROM python:3.12 AS a\nRUN pip install a\nFROM a\nRUN pip install b\n",
        "FROM python:3.12 AS a\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a\nFROM a\nRUN pip install b\n"
      ),
      (
        "pip", nil, "FROM python:3.12 AS build\nRUN pip install a\nFROM python:3.12\nRUN pip install b\n",
        "FROM python:3.12 AS build\nRUN pip install a\nFROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b\n"
      ),
      (
        "pip", nil, "FROM python:3.12\nRUN sudo pip install a\nRUN pip install b\n",
        "FROM python:3.12\nRUN sudo pip install --no-cache-dir a\nENV PIP_NO_CACHE_DIR=1\nRUN pip install b\n"
      ),
      (
        "pip", .env, "FROM python:3.12\nRUN pip install a\n",
        "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n"
      ),
      (
        "bytecode", nil, "FROM python:3.12\nCMD [\"python\"]\n",
        "FROM python:3.12\nENV PYTHONDONTWRITEBYTECODE=1\nCMD [\"python\"]\n"
      ),
    ] as [(String, Inspection.Means?, String, String)])
  func offAndOn(_ selector: String, _ means: Inspection.Means?, _ text: String, _ expected: String) throws {
    let off = try turned(.off, selector, text, by: means)
    #expect(off.text == expected)
    #expect(off.remarks.isEmpty)
    #expect(try turned(.off, selector, expected, by: means).text == expected, "a second run changes nothing")
    #expect(try turned(.on, selector, expected).text == text)
  }

  @Test("on takes switches and flags away, never mounts or clean-ups")
  func onAlone() throws {
    let text = """
      FROM python:3.12
      ENV PIP_NO_CACHE_DIR=off A=1
      RUN pip install --no-cache-dir a
      RUN pip install b && rm -rf ~/.cache
      RUN --mount=type=cache,target=/root/.cache pip install c

      """
    let expected = """
      FROM python:3.12
      ENV A=1
      RUN pip install a
      RUN pip install b && rm -rf ~/.cache
      RUN --mount=type=cache,target=/root/.cache pip install c

      """
    #expect(try turned(.on, "python.pip", text).text == expected)
  }

  @Test("a group is all its members that have a switch", arguments: ["*", "python.*", "kind:download"])
  func groups(_ selector: String) throws {
    let text = "FROM python:3.12\nRUN pip install a && uv sync\n"
    let off = try turned(.off, selector, text).text
    #expect(off.contains("PIP_NO_CACHE_DIR=1") && off.contains("UV_NO_CACHE=1"))
    #expect(try turned(.on, selector, off).text == text)
  }

  @Test("what a flag has turned off is off, unless the variable is asked for")
  func offAlready() throws {
    let text = "FROM python:3.12\nRUN pip install --no-cache-dir a\n"
    #expect(try turned(.off, "pip", text).text == text)
    #expect(try turned(.off, "pip", text).remarks.contains { $0.contains("nothing to change") })
    let withVariable = "FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install --no-cache-dir a\n"
    #expect(try turned(.off, "pip", text, by: .env).text == withVariable)
    let half = "FROM python:3.12\nRUN pip install --no-cache-dir a && pip install b\n"
    #expect(try turned(.off, "pip", half).text.contains("ENV PIP_NO_CACHE_DIR=1"))
  }

  @Test("what cannot be turned says so")
  func refusals() throws {
    #expect(throws: UsageError.self) { try turned(.off, "deb.apt-lists", "FROM debian:12\nRUN apt-get update\n") }
    #expect(throws: UsageError.self) { try turned(.off, "python.pipp", "FROM python:3.12\n") }
    #expect(throws: UsageError.self) { try turned(.off, "nothing.*", "FROM python:3.12\n") }
    let silent = "FROM debian:12\nRUN apt-get install -y x\n"
    let off = try turned(.off, "pip", silent)
    #expect(off.text == silent && off.remarks.count == 1)
  }

  @Test(
    "on gives back the bytes of real files that off has changed", .enabled(if: !DockerfileCorpus.files.isEmpty),
    arguments: ["python.pip", "os.apk", "js.npm", "python.uv", "python.bytecode"])
  func corpus(_ selector: String) throws {
    let directory = try TemporaryDirectory()
    for file in DockerfileCorpus.files { try directory.write(file.bytes, to: file.name) }
    let inspection = try inspection(directory)
    // What is off at the beginning would be turned on by `on`, too.
    let first: [String]
    do {
      first = try inspection.turn(.on, selector, in: ["."], writes: false).changes.map(\.path.description)
    } catch is UsageError {
      return
    }
    let off = try inspection.turn(.off, selector, in: ["."], writes: true).changes.map(\.path.description)
    #expect(try inspection.turn(.off, selector, in: ["."], writes: false).changes.isEmpty)
    _ = try inspection.turn(.on, selector, in: ["."], writes: true)
    for file in DockerfileCorpus.files where off.contains(file.name) && !first.contains(file.name) {
      #expect(try directory.read(file.name) == file.bytes, "\(file.name)")
    }
  }

  @Test(
    "what is left, or made void, is told",
    arguments: [
      (
        Inspection.Direction.off, "pip", nil,
        "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
        "Dockerfile: the cache mount of line 3 stays empty now (CP313)"
      ),
      (
        .off, "kind:download", nil, "FROM python:3.12\nRUN pip install a\nRUN npm ci\n",
        "Dockerfile: left alone: nothing that is known turns js.npm off, which is written here"
      ),
      (
        .off, "python.bytecode", Inspection.Means.flag, "FROM python:3.12\nCMD [\"python\", \"a.py\"]\n",
        "Dockerfile: left alone: python.bytecode is turned off by PYTHONDONTWRITEBYTECODE; -B at each start is left to you"
      ),
      (
        .on, "python.bytecode", nil, "FROM python:3.12\nCMD [\"python\", \"-B\", \"a.py\"]\n",
        "Dockerfile: left alone: line 2 starts Python with -B; take it out there"
      ),
      (
        .on, "pip", nil, "FROM python:3.12\nARG PIP_NO_CACHE_DIR=1\nRUN pip install a\n",
        "Dockerfile: left alone: line 2 sets PIP_NO_CACHE_DIR with ARG, which a build may give another value"
      ),
    ])
  func remarks(
    direction: Inspection.Direction, selector: String, means: Inspection.Means?, text: String, remark: String
  ) throws {
    #expect(try turned(direction, selector, text, by: means).remarks == [remark])
  }
}
