import Shell
import SourceText
import TestSupport
import Testing

/// Holds what a script is said to run to what shells run: programs that write down how they were called stand in for
/// all commands.
@Suite struct ShellJudgeTests {
  @Test(arguments: ["sh", "bash"])
  func shellsRunWhatIsSaid(_ shell: String) throws {
    let directory = try TemporaryDirectory()
    guard try run(["sh", "-c", "command -v \(shell)"], in: directory.path).status == 0 else {
      print("skipped: no \(shell)")
      return
    }
    var generator = ScriptGenerator(seed: shell == "sh" ? 11 : 12)
    let scripts = (0..<300).map { _ in generator.script() }
    let recorder = """
      rec() {
        printf '%s' "R${V-N}" >&3
        for word in "$@"; do printf '<%s>' "$word" >&3; done
        printf '\\n' >&3
      }
      for name in a b c v; do eval "$name() { rec $name \\"\\$@\\"; }"; done
      unset name word

      """
    for (number, script) in scripts.enumerated() {
      let whole = recorder + "IN='in v'; EM=; HOME=/h; export IN EM HOME\n" + "(\n" + script + "\n)\n"
      try directory.write(whole, to: "script\(number)")
    }
    let driver = """
      mkdir empty; i=0
      while [ $i -lt \(scripts.count) ]; do
        (ulimit -t 5; cd empty && \(shell) ../script$i 3>../log$i >/dev/null 2>&1 </dev/null); echo $? > status$i
        i=$((i + 1))
      done
      """
    #expect(try run(["sh", "-c", driver], in: directory.path).status == 0)
    var judged = 0
    for (number, script) in scripts.enumerated() {
      guard try directory.read("status\(number)").elementsEqual("0\n".utf8) else { continue }
      let log = try directory.read("log\(number)").split(separator: UInt8(ascii: "\n")).map { Array($0) }
      let inherited: (String) -> VariableValue = { name in
        switch name {
        case "IN": .value(Array("in v".utf8))
        case "EM": .value([])
        case "HOME": .value(Array("/h".utf8))
        default: .unset
        }
      }
      let said = ShellRun(ShellScript(Array(script.utf8)), isBash: shell == "bash", inherited: inherited)
      judged += 1
      #expect(said.isComplete, "\(script)")
      let isRight = agrees(said.invocations, log)
      #expect(isRight, "\(shell): \(script)\n\(log.map { String(decoding: $0, as: UTF8.self) })")
    }
    #expect(judged > 200)
  }

  /// Whether the commands that ran are those that are said to run, in order, all but those that may not run.
  private func agrees(_ said: [ShellInvocation], _ log: [[UInt8]]) -> Bool {
    var reached: Set<Int> = [0]
    for invocation in said where !(invocation.name?.elementsEqual("echo".utf8) ?? false) {
      var next: Set<Int> = invocation.isPerhaps ? reached : []
      for index in reached where index < log.count && isSame(invocation, log[index]) { next.insert(index + 1) }
      reached = next
    }
    return reached.contains(log.count)
  }

  private func isSame(_ said: ShellInvocation, _ line: [UInt8]) -> Bool {
    var expected: [UInt8] = []
    for word in said.words {
      guard let value = word.value else {
        // What follows is not compared.
        return line.drop { $0 != UInt8(ascii: "<") }.starts(with: expected)
      }
      expected +=
        [UInt8(ascii: "<")] + (word.isHome ? Array("/h".utf8) + value.dropFirst() : value) + [UInt8(ascii: ">")]
    }
    return line.drop { $0 != UInt8(ascii: "<") }.elementsEqual(expected)
  }
}

/// Makes scripts of commands that are recorded.
private struct ScriptGenerator {
  var random: SeededGenerator
  /// How many functions there are.
  var functions = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func pick(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }

  mutating func word() -> String {
    pick([
      "x", "-y", "'p q'", "\"p  q\"", "$V", "\"$V\"", "$IN", "\"$IN\"", "$EM", "\"$EM\"", "${U:-d e}", "\"${U:-d e}\"",
      "${U-'d e'}", "\"${U:-\"d e\"}\"", "${EM:-g}", "${EM-g}", "${IN:+g h}", "${W:=n}", "\"${U-\\}}\"", "~/z", "\\~",
      "k=~/z", "$(( 1+2 ))", "$(b 1)", "`c`", "x\"$V\"y", "*", "\\*", "{p,q}", "{1..3}", "{p,$V}", "$'p'", "'$V'",
      "\"\\$V\"", "a\\ b", "${U:-${W:-k l}}", "\"$@\"", "$#", "${V%p}", "~nobody/x", "\"\"",
    ])
  }

  mutating func simple() -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0...4: return pick(["a", "b", "c", "v"]) + " " + word() + " " + word()
    case 5, 6: return pick(["V=", "W=", "IN=", "EM="]) + word()
    case 7: return pick(["export V", "unset V", "unset IN", "export V=p", "V=~/z", "V=p:~", "unset W", "IFS=:"])
    case 8: return pick([":", "true", "[ -n \"$V\" ]", "eval 'v $V'", "set -- p q", ": ${V:=5}", "V=$(v 9)"])
    default: return pick(["trap 'a 1' EXIT", "trap - EXIT", "[ \"$V\" ] && exit 0", "exit", "read V </dev/null"])
    }
  }

  mutating func script(_ depth: Int = 2) -> String {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in list(depth) }.joined(separator: "\n")
      + (depth == 2 ? "\nv \"$V\" $W" : "")
  }

  private mutating func list(_ depth: Int) -> String {
    if depth == 0 { return simple() }
    let inner = script(depth - 1)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "if \(pick(["true", "false", "a", "! a", "[ \"$V\" ]"])); then\n\(inner)\nelse\n\(simple())\nfi"
    case 1:
      return
        "for V in \(pick(["x", "x y", "'p q' -y", "\"\" x"])); do\n\(inner)\n\(pick([":", "break", "[ \"$V\" ] && continue; c"]))\ndone"
    case 2: return "(\n\(inner)\n)"
    case 3: return "{\n\(inner)\n}"
    case 4:
      // Each has its own name, so that none calls itself.
      functions += 1
      let name = "f\(functions)"
      return "\(name)() {\n\(inner)\n\(pick([":", "return; a", "[ \"$V\" ] && return 0; b"]))\n}; \(name)"
    case 5: return "case \(word()) in x) \(simple());; *) \(simple());; esac"
    case 6: return "\(simple()) && \(simple())"
    case 7: return "\(simple()) || \(simple())"
    case 8: return "while \(pick(["true", "a", "[ ]"])); do\n\(inner)\nbreak; done"
    case 9: return "echo x | {\n\(inner)\n}"
    default: return simple()
    }
  }
}
