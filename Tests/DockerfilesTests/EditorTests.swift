import Dockerfiles
import Editors
import SourceText
import TestSupport
import Testing

private let name = "PYTHONDONTWRITEBYTECODE"

/// A file, and what it is after the variable was set to 1.
struct EditCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let before: String
  let after: String
}

/// The last stage after the edit, or the reason against it.
func edited(_ bytes: [UInt8], stage: Int? = nil, set: Bool) -> Result<[UInt8], EditRefusal> {
  let file = Dockerfile(bytes)
  let environments = StageEnvironments(file)
  let index = stage ?? environments.graph.stages.count - 1
  guard let editor = DockerfileEnvironmentEditor(file, environments, stage: index) else {
    return .failure(EditRefusal("no stage"))
  }
  do throws(EditRefusal) {
    let edits = set ? try editor.set(name, to: "1") : try editor.remove(name)
    return .success((try? applying(edits, to: bytes)) ?? [])
  } catch {
    return .failure(error)
  }
}

/// Whether the stage's own ENVs set the variable.
func setsItself(_ environments: StageEnvironments, _ stage: Int) -> Bool {
  let origin = environments.final[stage].variables[name]?.origin
  return origin.map { environments.graph.stages[stage].instructions.contains($0.instruction) } ?? false
}

func string(_ result: Result<[UInt8], EditRefusal>) -> String {
  switch result {
  case .success(let bytes): String(decoding: bytes, as: UTF8.self)
  case .failure(let refusal): "refused: \(refusal.reason)"
  }
}

private let insertions: [EditCase] = [
  EditCase(
    testDescription: "before the command", before: "FROM python:3.12\nRUN x\nEXPOSE 80\nUSER app\nCMD y\n",
    after: "FROM python:3.12\nRUN x\nEXPOSE 80\nENV \(name)=1\nUSER app\nCMD y\n"),
  EditCase(
    testDescription: "above the command's comment", before: "FROM python:3.12\n\n# start\n  # it\nCMD y",
    after: "FROM python:3.12\n\nENV \(name)=1\n# start\n  # it\nCMD y"),
  EditCase(
    testDescription: "after FROM without a last newline", before: "FROM python:3.12",
    after: "FROM python:3.12\nENV \(name)=1"),
  EditCase(
    testDescription: "after a legacy ENV, CRLF and small letters", before: "from python:3.12\r\nenv A b c\r\nrun x\r\n",
    after: "from python:3.12\r\nenv A b c\r\nenv \(name)=1\r\nrun x\r\n"),
  EditCase(
    testDescription: "a legacy ENV at the end without newline", before: "FROM python:3.12\r\nENV A b",
    after: "FROM python:3.12\r\nENV A b\r\nENV \(name)=1"),
  EditCase(
    testDescription: "into a block on one line", before: "FROM python:3.12\nENV A=1 B=\"x y\"\nRUN x\n",
    after: "FROM python:3.12\nENV A=1 B=\"x y\" \(name)=1\nRUN x\n"),
  EditCase(
    testDescription: "into a continued block",
    before: "FROM python:3.12\nENV A=1 \\\n\t# why\n\tB=2\nCMD x\n",
    after: "FROM python:3.12\nENV A=1 \\\n\t# why\n\tB=2 \\\n\t\(name)=1\nCMD x\n"),
  EditCase(
    testDescription: "into an aligned block",
    before: "FROM python:3.12\nENV A=1        \\\n    BCD=2      \\\n    E=3\nCMD x\n",
    after: "FROM python:3.12\nENV A=1        \\\n    BCD=2      \\\n    E=3        \\\n    \(name)=1\nCMD x\n"),
  EditCase(
    testDescription: "beside an ENV of one pair", before: "FROM python:3.12\nENV PATH=/x:$PATH\nCMD x\n",
    after: "FROM python:3.12\nENV PATH=/x:$PATH\nENV \(name)=1\nCMD x\n"),
  EditCase(
    testDescription: "with a backtick", before: "# escape=`\nFROM python:3.12\nENV A=1 `\n  B=2\n",
    after: "# escape=`\nFROM python:3.12\nENV A=1 `\n  B=2 `\n  \(name)=1\n"),
  EditCase(
    testDescription: "in the product, not in its base",
    before: "FROM python:3.12 AS base\nENV \(name)=0\nFROM base\nCMD x\n",
    after: "FROM python:3.12 AS base\nENV \(name)=0\nFROM base\nENV \(name)=1\nCMD x\n"),
  EditCase(
    testDescription: "after a byte-order mark", before: "\u{FEFF}FROM python:3.12\nCMD x\n",
    after: "\u{FEFF}FROM python:3.12\nENV \(name)=1\nCMD x\n"),
]

private let corrections: [EditCase] = [
  EditCase(
    testDescription: "a plain value", before: "FROM a\nENV \(name)=0\n", after: "FROM a\nENV \(name)=1\n"),
  EditCase(
    testDescription: "in its quotes", before: "FROM a\nENV A=1 \(name)=\"0\" \\\n B=2\n",
    after: "FROM a\nENV A=1 \(name)=\"1\" \\\n B=2\n"),
  EditCase(
    testDescription: "a legacy value", before: "FROM a\nENV \(name) = 1  \n", after: "FROM a\nENV \(name) 1  \n"),
  EditCase(
    testDescription: "an empty value", before: "FROM a\nENV \(name)=\nCMD x", after: "FROM a\nENV \(name)=1\nCMD x"),
  EditCase(
    testDescription: "the last of two", before: "FROM a\nENV \(name)=1\nENV \(name)=''\n",
    after: "FROM a\nENV \(name)=1\nENV \(name)='1'\n"),
  EditCase(
    testDescription: "nothing to do", before: "FROM a\nENV \(name)=\"1\"\n", after: "FROM a\nENV \(name)=\"1\"\n"),
]

private let removals: [EditCase] = [
  EditCase(
    testDescription: "the only pair", before: "FROM a\n# why\nENV \(name) 1\nRUN x\n", after: "FROM a\n# why\nRUN x\n"),
  EditCase(
    testDescription: "first of a line", before: "FROM a\nENV \(name)=1  B=2\n", after: "FROM a\nENV B=2\n"),
  EditCase(
    testDescription: "first of a block", before: "FROM a\nENV \(name)=1 \\\n    B=2\n", after: "FROM a\nENV B=2\n"),
  EditCase(
    testDescription: "middle of a block", before: "FROM a\nENV A=1 \\\n    # c\n    \(name)=1 \\\n    B=2\n",
    after: "FROM a\nENV A=1 \\\n    # c\n    B=2\n"),
  EditCase(
    testDescription: "last below a comment", before: "FROM a\nENV A=1 \\\n    # c\n    \(name)=1\nRUN x\n",
    after: "FROM a\nENV A=1\n    # c\nRUN x\n"),
  EditCase(
    testDescription: "several", before: "FROM a\nENV \(name)=1\nENV A=1 \(name)=0 B=2\n",
    after: "FROM a\nENV A=1 B=2\n"),
  EditCase(
    testDescription: "the last line without newline", before: "FROM a\r\nENV \(name)=1", after: "FROM a"),
]

private let refusals: [(String, String)] = [
  ("FROM a\nENV \(name)=$X\n", "from a variable"),
  ("FROM a\nRUN echo ${\(name)}\n", "refused"),
  ("{% if x %}\nFROM a\n{% endif %}\n", "template"),
  ("FROM a\nFOO\n", "unknown instruction"),
  ("# syntax=acme/frontend\nFROM a\n", "acme/frontend"),
  ("# NOTE: THIS DOCKERFILE IS GENERATED\nFROM a\n", "generated"),
  ("FROM a\nSHELL [\"powershell\", \"-Command\"]\n", "powershell"),
  ("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD x\n", "Windows"),
]

@Suite("Switches in Dockerfiles")
struct EditorTests {
  @Test("a variable is set where a person would set it, and removed again", arguments: insertions)
  func inserts(_ sample: EditCase) {
    #expect(string(edited(Array(sample.before.utf8), set: true)) == sample.after)
    #expect(string(edited(Array(sample.after.utf8), set: true)) == sample.after)
    #expect(string(edited(Array(sample.after.utf8), set: false)) == sample.before)
  }

  @Test("a value is corrected in place", arguments: corrections)
  func corrects(_ sample: EditCase) {
    #expect(string(edited(Array(sample.before.utf8), set: true)) == sample.after)
  }

  @Test("a variable is removed with what belongs to it", arguments: removals)
  func removes(_ sample: EditCase) {
    #expect(string(edited(Array(sample.before.utf8), set: false)) == sample.after)
  }

  @Test("what is not certain is refused with a reason", arguments: refusals)
  func refuses(_ text: String, _ reason: String) {
    let result = string(edited(Array(text.utf8), set: true))
    if reason == "refused" { return #expect(!result.hasPrefix("refused")) }
    #expect(result.hasPrefix("refused") && result.contains(reason), "\(result)")
  }

  @Test("a variable that is used later is not removed")
  func used() {
    let text = "FROM a\nENV \(name)=1\nRUN echo \"${\(name):-}\"\n"
    #expect(string(edited(Array(text.utf8), set: false)).hasPrefix("refused: line 3 uses"))
  }

  @Test("in real files, setting twice is setting once, and removing what was inserted gives the bytes back")
  func corpus() {
    var refused: [String: Int] = [:]
    for sample in DockerfileCorpus.files {
      let file = Dockerfile(sample.bytes)
      let environments = StageEnvironments(file)
      for stage in environments.graph.stages.indices {
        switch edited(sample.bytes, stage: stage, set: true) {
        case .failure(let refusal): refused[refusal.reason, default: 0] += 1
        case .success(let bytes):
          let again = Dockerfile(bytes)
          let after = StageEnvironments(again)
          #expect(after.final[stage][name] == .value([0x31]), "\(sample.name)")
          #expect(again.problems.count == file.problems.count, "\(sample.name)")
          #expect(isLossless(again))
          #expect(string(edited(bytes, stage: stage, set: true)) == String(decoding: bytes, as: UTF8.self))
          if !setsItself(environments, stage) {
            #expect(edited(bytes, stage: stage, set: false) == .success(sample.bytes), "\(sample.name) \(stage)")
          }
        }
      }
    }
    for (reason, count) in refused.sorted(by: { $0.value > $1.value }).prefix(12) { print("\(count) × \(reason)") }
  }
}
