import CacheEffects
import Dockerfiles
import SourceText
import Testing
import Versions

@Suite("Evidence of Python")
struct PythonEvidenceTests {
  private func evidence(_ text: String) -> [PythonEvidence] {
    let file = Dockerfile(Array(text.utf8))
    let effects = CacheEffects(file)
    return effects.pythonEvidence(in: file, stage: effects.environments.graph.stages.count - 1)
  }

  @Test(
    "commands of Python are recognised",
    arguments: [
      "CMD [\"python3.12\", \"app.py\"]", "CMD exec gunicorn app:app", "ENTRYPOINT [\"/usr/bin/env\", \"python\"]",
      "CMD [\"sh\", \"-c\", \"cd /x && ./manage.py runserver\"]", "RUN apt-get update && pip3 install x",
      "CMD A=1 /opt/venv/bin/uvicorn app:app", "RUN set -e; if true; then python -V; fi",
      "ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"python\", \"app.py\"]", "CMD [\"gosu\", \"app\", \"python3\", \"a.py\"]",
      "CMD [\"uv\", \"run\", \"app.py\"]", "CMD poetry run uvicorn app:app", "CMD [\"uv\", \"run\", \"serve\"]",
      "ENTRYPOINT [\"/entry.sh\"]\nCMD [\"python\", \"app.py\"]", "ENTRYPOINT [\"tini\", \"--\"]\nCMD python app.py",
      "HEALTHCHECK CMD python3.13t /check.py", "RUN <<EOF python\nprint()\nEOF",
      "RUN <<EOF\n#!/usr/bin/env python3\nEOF",
      "CMD eval 'python app.py'", "CMD while ! false; do celery -A x worker; done", "CMD [\"/app/main.py\"]",
    ])
  func found(_ instruction: String) {
    #expect(evidence("FROM debian\n\(instruction)\n").count == 1)
  }

  @Test(
    "other commands are not",
    arguments: [
      "CMD [\"node\", \"python\"]", "RUN apt-get install -y python3", "RUN echo pip", "CMD [\"pythonista\"]",
      "CMD [\"python\"]\nENTRYPOINT [\"node\"]\nCMD [\"x\"]", "RUN uv --version", "RUN echo \"; python x\"",
      "ENTRYPOINT exec node\nCMD [\"python\"]", "HEALTHCHECK CMD python x\nHEALTHCHECK NONE", "CMD # python",
      "SHELL [\"powershell\"]\nCMD python x", "ONBUILD RUN pip install x", "CMD node app.js 'python x'",
    ])
  func notFound(_ instruction: String) {
    #expect(evidence("FROM debian\n\(instruction)\n").isEmpty)
  }

  @Test("flags that void the environment, or write no bytecode, are told")
  func flags() {
    let isolated = evidence("FROM debian\nCMD [\"python\", \"-uIB\", \"-W\", \"ignore\", \"-E\", \"x.py\", \"-q\"]\n")
    #expect(isolated.first?.ignoresEnvironment == true && isolated.first?.writesNoBytecode == true)
    let both = evidence("FROM debian\nENTRYPOINT [\"python\"]\nCMD [\"-B\", \"x.py\"]\n")
    #expect(both.first?.writesNoBytecode == true && both.first?.instruction == 1)
    let wrapped = evidence("FROM debian\nCMD exec env A=1 python -I -m uvicorn app\n")
    #expect(wrapped.first?.ignoresEnvironment == true)
    let plain = evidence("FROM debian\nCMD python -u -m x -I -B\n")
    #expect(plain.first?.ignoresEnvironment == false && plain.first?.writesNoBytecode == false)
  }

  @Test("the place is that of the program's name")
  func place() {
    let text = "FROM debian\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"sh\", \"-c\", \"cd / && /bin/python x\"]\n"
    let found = evidence(text).first
    let bytes = Array(text.utf8)
    #expect(found?.instruction == 2)
    #expect((found?.place).map { String(decoding: bytes[$0.indices], as: UTF8.self) } == "/bin/python")
  }

  @Test("the base counts, the start counts more")
  func order() {
    let found = evidence("FROM python:3.12 AS b\nRUN pip install x\nCMD [\"python\"]\nFROM b\n")
    #expect(found.map(\.kind) == [.start, .base, .run])
  }

  @Test("an ENTRYPOINT makes the base's CMD void")
  func entrypoint() {
    #expect(evidence("FROM debian AS b\nCMD [\"python\"]\nFROM b\nENTRYPOINT [\"node\"]\n").isEmpty)
  }
}

@Suite("Calls of Python")
struct PythonCallTests {
  @Test(
    "the command line is read as CPython reads it",
    arguments: [
      ("python3.12 -m pip install x", "pip"), ("python -Im pip", "pip"), ("python -Impip x", "pip"),
      ("python -X dev -W ignore -m pip.__main__", "pip.__main__"), ("python -Wm pip", "python"), ("python -", "python"),
      ("python -c 'import x' -m pip", "python"), ("python -- -m pip", "python"), ("python x.py -m pip", "python"),
      ("python --check-hash-based-pycs always -m pip", "pip"), ("pypy3.10 -m pip3", "pip"), ("python -m $M", "python"),
      ("pythonx -m pip", "pythonx"), ("/opt/python3.13t -mcompileall", "compileall"),
      ("python \"$1\" -m pip", "python"),
    ])
  func module(_ command: String, _ name: String) {
    let file = Dockerfile(Array("FROM debian\nRUN \(command)\n".utf8))
    #expect(CacheEffects(file).instructions.first?.commands.map(\.name) == [name])
  }

  private static let prefixes: [(command: String, prefix: String?)] = [
    ("python x.py", nil), ("python -X pycache_prefix=/a x.py", "/a"), ("python -Xpycache_prefix=/a x.py", "/a"),
    ("python -X pycache_prefix=/a -X pycache_prefix=/b x.py", "/a"),
    ("python -X pycache_prefix -Xpycache_prefix=/b", ""),
    ("python -X pycache_prefix= x.py", ""), ("python -X pycache_prefixes=/a x.py", nil), ("python -X", nil),
    ("python -W pycache_prefix=/a x.py", nil), ("python x.py -X pycache_prefix=/a", nil),
    ("python -X dev -IX pycache_prefix=/a", "/a"),
  ]

  @Test("the prefix for bytecode is the first that is told", arguments: prefixes)
  func prefix(command: String, prefix: String?) throws {
    let file = Dockerfile(Array("FROM debian\nRUN \(command)\n".utf8))
    let call = try #require(CacheEffects(file).instructions.first?.commands.first?.python)
    #expect(call.cachePrefix.map { String(decoding: $0, as: UTF8.self) } == prefix)
  }

  @Test(
    "a level of optimisation is what the version makes of it",
    arguments: [
      ("", 0, 0, 0), ("0", 0, 1, 1), ("-1", 1, 1, 1), ("00", 0, 1, 1), (" 2", 2, 2, 2), ("2x", 1, 2, 1),
      ("1_0", 1, 1, 10), ("yes", 1, 1, 1), ("3", 3, 3, 3), ("+2", 2, 2, 2),
      ("2147483647", 2_147_483_647, 2_147_483_647, 2_147_483_647), ("99999999999", 1, 1_215_752_191, 99_999_999_999),
    ])
  func level(value: String, recent: Int, old: Int, pypy: Int) {
    for python in [nil, PythonVersion(3, 7), PythonVersion(3, 13)] {
      #expect(PythonCall.optimization(value, python: python) == recent)
    }
    for python in [PythonVersion(2, 7), PythonVersion(3, 6)] {
      #expect(PythonCall.optimization(value, python: python) == old)
    }
    #expect(PythonCall.optimization(value, python: PythonVersion(3, 9, implementation: .pypy)) == pypy)
  }
}
