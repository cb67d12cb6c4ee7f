import Shell
import SourceText
import Testing

/// The commands of a script, a line each: `?` before what may not run, `&` before what runs aside, unknown words as `…`.
private func commands(_ script: String, isBash: Bool = false, _ inherited: [String: String] = [:]) -> [String] {
  let run = ShellRun(ShellScript(Array(script.utf8)), isBash: isBash) { name in
    inherited[name].map { .value(Array($0.utf8)) } ?? .unset
  }
  return run.invocations.map { command in
    let words = command.words.map { word in
      word.value.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: word.prefix, as: UTF8.self) + "…"
    }
    return (command.isPerhaps ? "?" : "") + (command.isBackground ? "&" : "") + words.joined(separator: " ")
  }
}

@Suite struct ShellRunTests {
  @Test(arguments: [
    ("pip install a && rm -rf ~/.cache", ["pip install a", "rm -rf ~/.cache"]),
    ("a; b & c", ["a", "&b", "c"]),
    ("a | b |& c", ["a", "b", "c"]),
    ("a || b && c", ["a", "?b", "c"]),
    ("if a; then b; elif c; then d; else e; fi; f", ["a", "?b", "?c", "?d", "?e", "f"]),
    ("[ -f x ] && a; b", ["?a", "b"]),
    ("[ -f x ] && a && b", ["a", "b"]),
    ("for x in 1 2; do a $x; done", ["a 1", "a 2"]),
    ("for x in *.deb; do a $x; done", ["?a …"]),
    ("while a; do b; done", ["a", "?b"]),
    ("case $x in a|b) c;; *) d; esac; e", ["?c", "?d", "e"]),
    ("f() { a $1; }; f x; function g { b; }; g", ["a …", "b"]),
    ("(a; cd /x); { b; }", ["a", "b"]),
    ("echo 'a b' \"c $HOME\" d\\ e", ["echo a b c /h d e"]),
    ("X='p q'; a $X \"$X\" ${Y:-z} ${X:+w} ${U}", ["a p q p q z w"]),
    ("a $(b c) `d`", ["b c", "d", "a … …"]),
    ("sh -c 'a && b' && bash -lc \"c\"", ["a", "b", "c"]),
    ("sudo -u x -E pip install y", ["pip install y"]),
    ("env -i A=1 a; nice -n 5 b; timeout -k 1 30 c; exec d; e", ["a", "b", "c", "d"]),
    ("env -S 'a -b  c' d; env -S'a \"b c\"' d; env -vS 'A=1 a\\_b' '' c", ["a -b c d", "a b c d", "a b  c"]),
    ("env -iS '-u A a'; env --split-string='a b' c; env --split-string a b; env -u S a", ["a", "a b c", "a b", "a"]),
    (
      "env -S 'a $B'; env -S \"$U\" a; env -S 'a \\q'; env -S 'a #b' c; env -S 'a\\c b' d; e", ["a", "a c", "a d", "e"]
    ),
    // Names of long options may be cut short where they stay the only one.
    (
      "env --sp='a -b' c; env --split 'a b'; env --s='a b'; env --u a b; env --i -S'a b'",
      ["a -b c", "a b", "a b", "b", "a b"]
    ),
    (
      "env - a; env -iu A b; env -i0u A -- c; env -a x d; env --argv=x e; env --chd /x f; env -S '-S a' g; env -u",
      ["a", "b", "c", "d", "e", "f", "a g"]
    ),
    ("find . | xargs -0 rm -f", ["find .", "rm -f …"]),
    ("su -c 'a b' user; runuser -u u -- c", ["a b", "c"]),
    ("bash <<EOF\na\nb c\nEOF\nd", ["a", "b c", "d"]),
    ("cat <<'EOF' > x && y\n$a `b\nEOF\nz", ["cat", "y", "z"]),
    ("a # b && c\nd", ["a", "d"]),
    ("set -eux; a\\\n b", ["a b"]),
    ("uv run pip install x", ["uv run pip install x", "pip install x"]),
    ("trap 'a' EXIT; b", ["b", "a"]),
    ("command -v x || a", ["command -v x", "?a"]),
    ("[[ a == b && c ]] && d; (( 1 + (2) )) ; e", ["?d", "e"]),
    ("a > x 2>&1 < y &> z", ["a"]),
    ("! a && b", ["a", "b"]),
    (") a; fi; b", ["a", "b"]),
    ("a 'unclosed; b", []),
    ("A=1 B+=2 a", ["a"]),
    ("arr=(a 'b c' $(d)); e", ["e"]),
    ("eval \"a b\"; exit 0; c", ["a b"]),
    ("a <(b) >(c); d ${x##*/} ${x/a/b} $((1+2))", ["a … …", "d … … …"]),
  ])
  func commandsInOrder(_ script: String, _ expected: [String]) {
    #expect(commands(script, ["HOME": "/h"]) == expected)
  }

  @Test func bracesAreBashsAlone() {
    #expect(commands("rm a/{b,c}/{d,e} f{g}", isBash: true) == ["rm a/b/d a/b/e a/c/d a/c/e f{g}"])
    #expect(commands("rm a/{b,c}") == ["rm a/{b,c}"])
  }

  @Test(arguments: [
    ("export A=1; x", "1"), ("A=1; x", nil), ("A=1 x", "1"), ("A=1; export A; x", "1"), ("B=1; x", nil),
    ("env A=2 x", "2"), ("export A=1; unset A; x", nil), ("(export A=1); x", nil), ("sh -c 'export A=1'; x", nil),
    ("export A=1; sudo x", nil), ("export A=1; sudo -E x", "1"), ("sudo A=3 x", "3"), ("export A=1; sh -c x", "1"),
    ("IN=2; x", nil), ("export A=1; unset A; A=2; x", nil), ("export A=1; export -n A; x", nil),
    ("export A=1; readonly A=2; x", "2"), ("export A; sh -c 'A=1; x'", nil), ("f() { x; }; A=1 f", "1"),
    ("env --unset=A x", nil), ("env -S 'A=4 x'", "4"), ("A=1 env -S '-i x'", nil), ("export A=1; env -uA x", nil),
    ("set -a; A=1; x", "1"), ("export A=1; env --uns=A x", nil), ("export A=1; env --uns A x", nil),
    ("export A=1; env --ignore-e x", nil), ("export A=1; env - x", nil), ("export A=1; env -vi x", nil),
    ("export A=1; env -vuA x", nil), ("export A=1; env --ignore-s x", "1"), ("export A=1; env --i x", "1"),
  ])
  func variables(_ script: String, _ expected: String?) {
    let inherited: (String) -> VariableValue = { $0 == "IN" ? .value([0x31]) : .unset }
    let run = ShellRun(ShellScript(Array(script.utf8)), inherited: inherited)
    let value = run.invocations.last { $0.name.map { $0.elementsEqual("x".utf8) } ?? false }?.scope
      .value("A", inherited: inherited)
    #expect(value == expected.map { .value(Array($0.utf8)) } ?? .unset)
  }

  @Test(arguments: [
    // Values are split and joined as shells do it.
    ("x ${U:-a b} \"${U:-a b}\" ${U-'a b'} \"${U:-}\"", ["x a b a b a b "]), ("x ${U:=a}; x $U", ["x a", "x a"]),
    ("V=~/z; x $V \"~\"", ["x /h/z ~"]), ("V='a:b'; IFS=:; x $V", ["x …"]), ("x $'a' \"$@\"", ["x … …"]),
    ("x ~root/y", ["x …"]), ("V=1; : $((V+=1)); x $V", ["x …"]), ("f() { local V=1; }; V=0; f; x $V", ["x 0"]),
    ("V=1; sh -c 'x $V'; x $V", ["x", "x 1"]), ("V=1; sh <<E\nx $V \\$V\nE\n", ["x 1"]),
    ("V=1; while a; do x $V; V=2; done", ["a", "?x …"]), ("a && V=1 || b; x \"$V\"", ["a", "?b", "x 1"]),
    // What runs.
    ("x ${U:-$(a)} ${HOME:-$(b)}", ["a", "x … /h"]), ("cat <<E\n$(a)\nE\n", ["a", "cat"]), ("a > $(b)", ["b", "a"]),
    ("for i in $(a); do b; done; case $(c) in esac", ["a", "?b", "c"]), ("x $((1 + $(a)))", ["a", "x …"]),
    ("[[ -n $(a) ]] && b; c", ["a", "?b", "c"]), ("! a && b; c", ["a", "?b", "c"]),
    ("f() { [ a ]; }; f && b; c", ["?b", "c"]), ("a || f() { b; }; f; c", ["a", "c"]),
    ("command cd a; command eval b", ["b"]), ("a | xargs -I{} b x{} c; d | xargs -r e", ["a", "b x… c", "d", "?e …"]),
    ("sudo -Eu y a; env -uV b", ["a", "b"]), ("a | xargs -r rm", ["a", "rm …"]),
    ("find . -exec a {} \\; -exec rm {} +", ["find . -exec a {} ; -exec rm {} +", "?a …"]),
    ("case a in b) x;; a) y;; *) z;; esac", ["y"]),
    ("x \"$(mktemp -d)\"; T=$(mktemp -d); x \"$T\"", ["mktemp -d", "x …", "mktemp -d", "x /tmp/…"]),
    // What leaves early.
    ("[ a ] && exit; b", ["?b"]), ("[ a ] && exit 1; b", ["b"]), ("a || exit; b", ["a", "b"]),
    ("if [ a ]; then exit 0; fi; b", ["?b"]), ("( [ a ] && exit; b ); c", ["?b", "c"]),
    ("f() { a; return; b; }; f; c", ["a", "c"]), ("f() { [ a ] && return; b; }; f; c", ["?b", "c"]),
    ("for i in 1 2; do a $i; break; b; done; c", ["a 1", "c"]),
    ("for i in 1 2; do [ a ] && continue; b $i; done; c", ["?b 1", "?b 2", "c"]),
    ("trap a EXIT; trap b EXIT; c", ["c", "b"]), ("trap a EXIT; trap - EXIT; c", ["c"]),
    ("(trap a EXIT; b); c", ["b", "a", "c"]), ("trap a EXIT; exec b; c", ["b"]),
    ("trap a EXIT; if [ x ]; then exec b; fi; c", ["?b", "?c", "?a"]),
    ("X='f() { a 1; }'; eval \"$X\"; X='f() { a 2; }'; eval \"$X\"; f", ["a 2"]),
  ])
  func asShellsDo(_ script: String, _ expected: [String]) {
    #expect(commands(script, ["HOME": "/h"]) == expected)
  }

  @Test(
    "a function keeps the text that it was defined in",
    arguments: [
      "eval 'f() { cat <<E > o\nlong text\nE\n}'; f", "eval \"$X\"; f", "eval \"$X\"; eval f",
      "eval \"$X\"; eval \"f \"",
    ])
  func definedElsewhere(_ script: String) {
    let run = ShellRun(ShellScript(Array(script.utf8))) { name in
      name == "X" ? .value(Array("f() { cat <<E > o\nlong text\nE\n}".utf8)) : .unset
    }
    let inputs = run.invocations.filter { $0.words.first?.isText("cat") ?? false }.map(\.input)
    #expect(inputs == [Array("long text\n".utf8)])
  }

  @Test(
    arguments: [
      ("x", .same), ("env -C /a x", .path("/a")), ("cd /b; env -Ca x", .path("/b/a")),
      ("env --chdir=/a x", .path("/a")), ("env --ch a x", .path("a")), ("env -C \"$(y)\" x", .unknown),
      ("env -S '-C ~ x'", .path("./~")), ("cd /b; env -C /a y; x", .path("/b")), ("cd -; env -C a x", .unknown),
      ("env -C /a sh -c 'cd b; x'", .path("/a/b")), ("cd '~u'; x", .path("./~u")), ("cd ~; x", .path("~")),
    ] as [(String, Place)])
  func directories(_ script: String, _ expected: Place) {
    let inherited: (String) -> VariableValue = { $0 == "HOME" ? .value(Array("/h".utf8)) : .unset }
    let run = ShellRun(ShellScript(Array(script.utf8)), inherited: inherited)
    let last = run.invocations.last { $0.name?.elementsEqual("x".utf8) ?? false }
    #expect(last?.directory == expected.directory)
  }

  /// Where a command runs.
  enum Place: Sendable {
    case same
    case path(String)
    case unknown

    var directory: ShellDirectory {
      switch self {
      case .same: .same
      case .path(let path): .path(Array(path.utf8))
      case .unknown: .unknown
      }
    }
  }

  @Test func whatMayHaveChangedIsUnknown() {
    let run = ShellRun(ShellScript(Array("if a; then export A=1; fi; x; . f; y".utf8))) { _ in .unset }
    #expect(run.invocations[1].scope.value("A") { _ in .unset } == .unknown)
    #expect(run.invocations[2].scope.value("Z") { _ in .unset } == .unknown)
  }

  @Test(arguments: [
    (". /v/bin/activate; x", "/v"), (". v/bin/activate; x", "./v"), ("cd /a && . v/bin/activate && x", "/a/./v"),
    (". ~/v/bin/activate; x", "/h/v"), ("cd /v/bin/.. && source bin/activate && x", "/v/bin/../."),
  ])
  func activation(_ script: String, _ place: String) {
    let inherited: (String) -> VariableValue = { $0 == "HOME" ? .value(Array("/h".utf8)) : .unset }
    let run = ShellRun(ShellScript(Array(script.utf8)), inherited: inherited)
    #expect(run.invocations.last?.scope.value("VIRTUAL_ENV", inherited: inherited) == .value(Array(place.utf8)))
    #expect(run.invocations.last?.scope.value("OTHER", inherited: inherited) == .unset)
  }

  @Test func oneOfSeveralWaysIsTaken() {
    func ways(_ script: String) -> [Int] {
      ShellRun(ShellScript(Array(script.utf8))) { _ in .unset }.invocations.flatMap { $0.branches.map(\.ways) }
    }
    #expect(ways("if a; then b; else c; fi") == [2, 2])
    #expect(ways("if a; then b; fi") == [0])
    #expect(ways("case $x in a) b;; *) c;; esac") == [2, 2])
    #expect(ways("case $x in a) b;; c) d;; esac") == [0, 0])
    #expect(ways("[ a ] && b || c") == [2, 2])
    #expect(ways("[ a ] && [ b ] && c || d") == [0, 0, 0])
    let run = ShellRun(ShellScript(Array("if a; then b; else exit 1; fi".utf8))) { _ in .unset }
    #expect(run.failing == [ShellBranch(fork: run.invocations[1].branches[0].fork, arm: 1)])
  }

  @Test func textWithoutAPlaceHasThatOfItsCommand() {
    let run = ShellRun(ShellScript(Array("a; eval b c".utf8))) { _ in .unset }
    #expect(run.invocations.map(\.range) == [ByteRange(0, 1), nil])
    #expect(run.invocations.map(\.origin) == [ByteRange(0, 1), ByteRange(3, 11)])
  }

  @Test func placesLeadToTheText() {
    let text = Array("a && sh -c 'pip install x' && sh <<E\nfoo bar\nE\n".utf8)
    let run = ShellRun(ShellScript(text)) { _ in .unset }
    #expect(run.invocations.count == 3)
    for command in run.invocations {
      for word in command.words {
        guard let range = word.range, let value = word.value else {
          Issue.record("no place for \(word)")
          continue
        }
        #expect(Array(text[range.indices]) == value)
      }
    }
  }
}
