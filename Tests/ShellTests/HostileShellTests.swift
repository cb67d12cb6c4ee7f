import Shell
import SourceText
import Testing

@Suite("Hostile scripts")
struct HostileShellTests {
  private func run(_ bytes: [UInt8]) -> ShellRun {
    ShellRun(ShellScript(bytes), isBash: true) { _ in .unset }
  }

  @Test("a value of values is known up to a limit")
  func values() {
    let doubled = run(Array(("A=ab; " + String(repeating: "A=$A$A; ", count: 60) + "x $A y").utf8))
    #expect(doubled.invocations.last?.words.map(\.value) == [[0x78], nil, [0x79]])
    let added = run(Array(("A=" + String(repeating: "a", count: 9_000) + "; A+=$A; x $A").utf8))
    #expect(added.invocations.last?.words.last?.value == nil)
    let usual = run(Array("A=ab; A=$A$A; A+=$A; x $A".utf8))
    #expect(usual.invocations.last?.words.last?.value == Array("abababab".utf8))
  }

  @Test("braces of one word stand for so many words and not for more")
  func braces() {
    let many = run(Array(("x " + String(repeating: "{a,b}", count: 4_000)).utf8))
    #expect(many.invocations.first?.words.count == 2)
    #expect(many.invocations.first?.words.last?.isSpread == true)
    #expect(run(Array("x {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18}".utf8)).invocations.first?.words.count == 19)
  }

  @Test("a walk that was not finished is not complete")
  func unfinished() {
    let loops = (0..<20).map { "for i\($0) in 1 2 3 4 5 6 7 8; do (" }.joined(separator: " ")
    #expect(!run(Array((loops + " a " + String(repeating: ") ; done", count: 20)).utf8)).isComplete)
  }

  @Test(
    "what repeats for ever is read to its end, within the limits",
    arguments: [
      "a && ", "[ a ] && ", "a | ", "( ", "(a); ", "{ a; }; ", "if a; then b; fi; ", "for i in 1 2 3; do ",
      "case a in a) x;; esac; ", "f() { f; g; }; f; ", "cat <<E\nE\n", "cat <<E ", "\"a $b\" ", "`a` ", "$(a) ", "$(",
      "${A:-", "A=1; ", "A=$A$A; x $A; ", "A%=1; x; ", "A%=1 x; ", "export A%=$A%b; ", "unset A%; x; ",
      "A%=1; if a; then b; fi; ", "f%() { a; }; (f() { a; }); ", "sh -c 'a b'; ", "eval \"a\"; ", "xargs ", "sudo ",
      "env A=1 x; ", "trap 'a' EXIT; ", "cd a; x; ", "cd a && (", "{a,b}", "{a,", "a \\\n", "$((1+", "[[ a ", "while ",
      "A='a a a a a a a a'; x $A $A $A; ", "'", "\\", "`$(${A:-\"",
    ])
  func repeated(_ piece: String) {
    func bytes(_ size: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      var number = 0
      while bytes.count < size {
        number += 1
        for byte in piece.utf8 {
          if byte == UInt8(ascii: "%") { bytes += Array(String(number).utf8) } else { bytes.append(byte) }
        }
      }
      return bytes
    }
    let walked = run(bytes(1 << 16))
    #expect(walked.invocations.count <= ShellRun.freeSteps + (1 << 16) + piece.utf8.count)
    for command in walked.invocations {
      if case .path(let path) = command.directory { #expect(path.count <= ShellRun.valueLimit) }
      #expect(command.branches.count <= 2 * ShellRun.depthLimit)
    }
  }

  @Test("loops in loops do not multiply", arguments: [1, 4, 12, 60])
  func nestedLoops(depth: Int) {
    let text =
      String(repeating: "for i in a b c; do ", count: depth) + "x $i; " + String(repeating: "done; ", count: depth)
    let walked = run(Array(text.utf8))
    #expect(walked.invocations.count <= ShellRun.unrollLimit)
    // Beyond the depth that is followed, nothing is known.
    #expect(walked.invocations.isEmpty == (depth == 60) && walked.isComplete == (depth < 60))
    if depth <= 4 { #expect(walked.invocations.count == [1: 3, 4: 81][depth]) }
  }

  @Test("functions that call each other twice end at the limit of the script's length")
  func doublingFunctions() {
    var text = "f0() { x; x; }; "
    for number in 1..<11 { text += "f\(number)() { f\(number - 1); f\(number - 1); }; " }
    let walked = run(Array((text + String(repeating: "f10; ", count: 200)).utf8))
    #expect(walked.steps <= ShellRun.freeSteps + 2_000)
    #expect(!walked.isComplete)
  }
}
