import CacheEffects
import Dockerfiles
import Editors
import Shell
import SourceText
import TestSupport
import Testing

/// Makes scripts whose commands tell that they ran, succeed and fail.
private struct ScriptMaker {
  var random: SeededGenerator
  private var count = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  private mutating func chance(_ of: Int) -> Int { Int.random(in: 0..<of, using: &random) }

  mutating func script(_ separator: String) -> String {
    var items = (0...chance(3)).map { _ in list(2, separator) }
    switch chance(4) {
    case 0: items.insert("set -e", at: chance(items.count))
    case 1: items[0] = "set -e && " + items[0]
    default: break
    }
    if chance(8) == 0 { items.insert("f() { \(list(1, separator)); \(list(1, separator)); }", at: 0) }
    return items.joined(separator: separator)
  }

  private mutating func list(_ depth: Int, _ separator: String) -> String {
    var text = command(depth, separator)
    for _ in 0..<chance(3) { text += (chance(4) == 0 ? " || " : " && ") + command(depth, separator) }
    return text
  }

  private mutating func command(_ depth: Int, _ separator: String) -> String {
    count += 1
    let kind = chance(depth == 0 ? 7 : 16)
    switch kind {
    case 0, 1, 2: return "echo \(count)"
    case 3: return "true"
    case 4: return "false"
    case 5: return "echo \(count) | false"
    case 6: return chance(4) == 0 ? "! echo \(count)" : "x=$(false; echo \(count))"
    case 7, 8: return "{ \(body(depth - 1, separator)); }"
    case 9, 10: return "(\(body(depth - 1, separator)))"
    case 11: return "if \(list(depth - 1, separator)); then \(body(depth - 1, separator)); fi"
    case 12: return "for i in 1 2; do \(body(depth - 1, separator)); done"
    case 13: return "eval '\(body(0, "; "))'"
    case 14: return chance(3) == 0 ? "exit \(chance(2))" : "case x in x) \(body(depth - 1, separator));; esac"
    default: return chance(2) == 0 ? "f" : "set -e"
    }
  }

  private mutating func body(_ depth: Int, _ separator: String) -> String {
    (0...chance(2)).map { _ in list(depth, separator) }.joined(separator: "; ")
  }
}

@Suite struct RunEditorShellTests {
  /// Real shells run scripts with and without an appended command: it runs once at the end of each run that succeeds,
  /// and changes neither the exit status nor anything else.
  @Test(arguments: ["dash", "bash"])
  func appendedCommandRunsOnSuccess(_ shell: String) throws {
    var maker = ScriptMaker(seed: 7)
    let directory = try TemporaryDirectory()
    var scripts: [(before: String, after: String)] = []
    var refused: [String: Int] = [:]
    for number in 0..<150 {
      let isDocument = number % 2 == 0
      let script = maker.script(isDocument ? "\n" : "; ")
      let text = isDocument ? "FROM debian\nRUN <<EOF\n\(script)\nEOF\n" : "FROM debian\nRUN \(script)\n"
      let file = Dockerfile(Array(text.utf8))
      guard let old = CacheEffects(file).instructions.first else {
        Issue.record("no RUN: \(text)")
        continue
      }
      do throws(EditRefusal) {
        let edits = try RunEditor(file, old).append("echo CLEAN")
        let after = Dockerfile((try? applying(edits, to: file.bytes)) ?? [])
        guard let new = CacheEffects(after).instructions.first else {
          Issue.record("no RUN: \(text)")
          continue
        }
        scripts.append(
          (String(decoding: old.text.bytes, as: UTF8.self), String(decoding: new.text.bytes, as: UTF8.self)))
      } catch {
        refused[error.reason, default: 0] += 1
      }
    }
    for (index, script) in scripts.enumerated() {
      try directory.write(script.before, to: "\(index).before")
      try directory.write(script.after, to: "\(index).after")
    }
    let loop = "for f in *.*; do \(shell) $f > $f.out 2>/dev/null; echo $? >> $f.out; done"
    _ = try run(["sh", "-c", loop], in: directory.path)
    var successes = 0
    for (index, script) in scripts.enumerated() {
      let before = String(decoding: try directory.read("\(index).before.out"), as: UTF8.self)
      let after = String(decoding: try directory.read("\(index).after.out"), as: UTF8.self)
      let isSuccess = before.hasSuffix("0\n") && (before == "0\n" || before.hasSuffix("\n0\n"))
      let wanted = isSuccess ? before.dropLast(2) + "CLEAN\n0\n" : before[...]
      if isSuccess { successes += 1 }
      #expect(after == wanted, "\(script.before)\n--\n\(script.after)")
    }
    #expect(scripts.count > 40 && successes > 15)
    print("\(shell): \(scripts.count) scripts, \(successes) succeed; refused: \(refused)")
  }
}
