import CacheEffects
import Dockerfiles
import Editors
import Shell
import SourceText
import TestSupport
import Testing

/// The words of the commands, a line each.
private func words(_ effects: InstructionEffects) -> [[[UInt8]]] {
  effects.commands.map { command in
    [Array(command.name.utf8)] + command.arguments.map { $0.value ?? $0.prefix + Array("…".utf8) }
  }
}

/// An edit of a RUN of a real file, as it came out.
private struct Outcome {
  let name: String
  let before: Dockerfile
  let after: Dockerfile
  let old: InstructionEffects
  let new: InstructionEffects
  let edits: [Edit]
}

/// How often operations on the corpus were refused, and why.
private struct Tally {
  var done = 0
  var refused: [String: Int] = [:]

  /// Counts a refusal without the names in it.
  mutating func refuse(_ reason: String) {
    let pieces = reason.split(separator: "`", omittingEmptySubsequences: false)
    let plain = pieces.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined(separator: "`")
    refused[plain, default: 0] += 1
  }

  func show(_ title: String) {
    let count = refused.values.reduce(0, +)
    print("\(title): \(done) edits, \(count) refusals")
    for (reason, count) in refused.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      print("  \(count) \(reason)")
    }
  }
}

/// Scripts before and after edits, for real shells to read.
private struct Scripts {
  private var pairs: [(name: String, before: [UInt8], after: [UInt8])] = []

  mutating func add(_ outcome: Outcome) {
    guard outcome.old.script != nil else { return }
    pairs.append((outcome.name, outcome.old.text.bytes, outcome.new.text.bytes))
  }

  /// Checks that each shell which reads a script without errors before an edit does so after it.
  func check() throws {
    if pairs.isEmpty { return }
    let directory = try TemporaryDirectory()
    for (index, pair) in pairs.enumerated() {
      try directory.write(pair.before, to: "\(index).before")
      try directory.write(pair.after, to: "\(index).after")
    }
    for shell in ["dash", "bash"] {
      let loop = "for f in *.*; do \(shell) -n \"$f\" 2>/dev/null && echo \"$f\"; done; true"
      let result = try run(["sh", "-c", loop], in: directory.path)
      let readable = Set(result.text.split(separator: "\n").map(String.init))
      let count = pairs.indices.count { readable.contains("\($0).before") }
      #expect(count > pairs.count / 2)
      for (index, pair) in pairs.enumerated() where readable.contains("\(index).before") {
        #expect(readable.contains("\(index).after"), "\(shell): \(pair.name)")
      }
      print("\(shell) -n reads \(count) of \(pairs.count) scripts before their edits")
    }
  }
}

@Suite struct RunEditorCorpusTests {
  /// Makes an edit of each RUN and checks what has to hold of each edit.
  private func edit(
    _ title: String, _ operations: (InstructionEffects) -> [RunEditor.Operation],
    check: (Outcome, RunEditor.Operation) -> Void
  ) -> Tally {
    var tally = Tally()
    for entry in DockerfileCorpus.files {
      let file = Dockerfile(entry.bytes)
      for old in CacheEffects(file).instructions {
        for operation in operations(old) {
          do throws(EditRefusal) {
            let edits = try RunEditor(file, old).apply([operation])
            guard let bytes = try? applying(edits, to: entry.bytes) else {
              Issue.record("\(entry.name): edits that conflict")
              continue
            }
            let after = Dockerfile(bytes)
            guard let new = CacheEffects(after)[old.instruction] else {
              Issue.record("\(entry.name): line \(file.instructions[old.instruction].startLine) runs no more")
              continue
            }
            tally.done += 1
            let outcome = Outcome(name: entry.name, before: file, after: after, old: old, new: new, edits: edits)
            hold(outcome)
            check(outcome, operation)
          } catch {
            tally.refuse(error.reason)
          }
        }
      }
    }
    tally.show(title)
    return tally
  }

  private func without(_ part: [UInt8], _ text: [UInt8]) -> [UInt8] {
    guard let index = text.indices.first(where: { text[$0...].starts(with: part) }) else { return text }
    return Array(text[..<index] + text[(index + part.count)...])
  }

  /// One of `count` commands of a RUN; all of them would take minutes.
  private func sample(_ run: InstructionEffects, _ count: Int) -> [Int] {
    run.commands.indices.filter { (run.instruction + $0) % count == 0 }
  }

  /// What holds of each edit: nothing but the instruction changes, and in it nothing but the edited ranges.
  private func hold(_ outcome: Outcome) {
    let old = outcome.before.instructions
    let new = outcome.after.instructions
    let number = outcome.old.instruction
    let place = old[number].range
    #expect(old.count == new.count, "\(outcome.name)")
    #expect(outcome.before.problems.count == outcome.after.problems.count, "\(outcome.name)")
    let isInside = outcome.edits.allSatisfy { $0.range.lower >= place.lower && $0.range.upper <= place.upper }
    #expect(isInside, "\(outcome.name)")
    let growth = outcome.edits.reduce(0) { $0 + $1.replacement.count - $1.range.count }
    let isRestEqual = zip(old, new).enumerated().allSatisfy { index, pair in
      let (left, right) = pair
      guard left.keyword == right.keyword, left.heredocs.count == right.heredocs.count else { return false }
      if index == number { return true }
      let shift = index > number ? growth : 0
      return left.range.lower + shift == right.range.lower && left.range.upper + shift == right.range.upper
        && outcome.before.bytes[left.range.indices].elementsEqual(outcome.after.bytes[right.range.indices])
    }
    #expect(isRestEqual, "\(outcome.name)")
    #expect(comments(outcome.before) == comments(outcome.after), "\(outcome.name)")
    #expect(outcome.before.bytes.last == 0x0A || outcome.after.bytes.last != 0x0A, "\(outcome.name)")
    #expect(outcome.before.bytes.contains(0x0D) || !outcome.after.bytes.contains(0x0D), "\(outcome.name)")
  }

  /// The lines that begin with `#`.
  private func comments(_ file: Dockerfile) -> [[UInt8]] {
    file.bytes.split(separator: 0x0A).map { Array($0.drop { $0 == 0x20 || $0 == 0x09 }) }.filter { $0.first == 0x23 }
  }

  @Test func appends() throws {
    var scripts = Scripts()
    let tally = edit("append") { _ in
      [.append("rm -rf /x")]
    } check: { outcome, _ in
      scripts.add(outcome)
      let added = ["rm", "-rf", "/x"].map { Array($0.utf8) }
      var new = words(outcome.new)
      guard let index = new.lastIndex(of: added) else {
        Issue.record("\(outcome.name): nothing was appended")
        return
      }
      #expect(!outcome.new.commands[index].invocation.isPerhaps, "\(outcome.name)")
      new.remove(at: index)
      #expect(new == words(outcome.old), "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 500)
    try scripts.check()
  }

  @Test func mounts() {
    let tally = edit("mount") { run in
      run.instruction % 3 == 0 ? [.addCacheMount(target: "/x", isLocked: true)] : []
    } check: { outcome, _ in
      #expect(outcome.new.mounts.count == outcome.old.mounts.count + 1)
      #expect(outcome.new.mounts.last?.isLocked ?? false)
      #expect(words(outcome.new) == words(outcome.old), "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 200)
  }

  @Test func addsFlags() throws {
    var scripts = Scripts()
    let tally = edit("flag") { run in
      sample(run, 12).map { number in
        .addFlag("--zz", command: number, after: run.commands[number].arguments.isEmpty ? 0 : 1)
      }
    } check: { outcome, operation in
      guard case .addFlag(_, let number, let after) = operation else { return }
      let flag = Array("--zz".utf8)
      #expect(words(outcome.new)[number].dropFirst(after + 1).first == flag, "\(outcome.name)")
      // A script in a word has it, too, and is no longer when it is gone there.
      let new = words(outcome.new).map { command in
        command.filter { $0 != flag }.map { without(Array(" --zz".utf8), $0) }
      }
      #expect(new == words(outcome.old), "\(outcome.name)")
      scripts.add(outcome)
      // What was inserted goes out again.
      let undo = try? RunEditor(outcome.after, outcome.new).apply([.removeFlag("--zz", command: number)])
      let back = undo.flatMap { try? applying($0, to: outcome.after.bytes) }
      #expect(back == outcome.before.bytes, "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 400)
    try scripts.check()
  }

  @Test func removesCommands() {
    let tally = edit("remove") { run in
      sample(run, 8).map { .removeCommand($0) }
    } check: { outcome, operation in
      guard case .removeCommand(let number) = operation else { return }
      var old = words(outcome.old)
      old.remove(at: number)
      #expect(words(outcome.new) == old, "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 200)
  }
}
