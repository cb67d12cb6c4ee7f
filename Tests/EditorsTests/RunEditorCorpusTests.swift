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

  /// What holds of each edit: nothing but the instruction changes, and in it nothing but the edited ranges.
  private func hold(_ outcome: Outcome) {
    let old = outcome.before.instructions
    let new = outcome.after.instructions
    let place = old[outcome.old.instruction].range
    #expect(old.count == new.count)
    #expect(outcome.before.problems.count == outcome.after.problems.count)
    #expect(outcome.edits.allSatisfy { $0.range.lower >= place.lower && $0.range.upper <= place.upper })
    let growth = outcome.edits.reduce(0) { $0 + $1.replacement.count - $1.range.count }
    for (index, (left, right)) in zip(old, new).enumerated() {
      #expect(left.keyword == right.keyword && left.heredocs.count == right.heredocs.count)
      if index == outcome.old.instruction { continue }
      let shift = index > outcome.old.instruction ? growth : 0
      #expect(left.range.lower + shift == right.range.lower && left.range.upper + shift == right.range.upper)
      #expect(outcome.before.bytes[left.range.indices] == outcome.after.bytes[right.range.indices][...])
    }
    #expect(comments(outcome.before) == comments(outcome.after), "\(outcome.name)")
    #expect(outcome.before.bytes.last == 0x0A || outcome.after.bytes.last != 0x0A)
    let carriageReturns = outcome.before.bytes.contains(0x0D)
    #expect(carriageReturns || !outcome.after.bytes.contains(0x0D))
  }

  /// The lines that begin with `#`.
  private func comments(_ file: Dockerfile) -> [[UInt8]] {
    file.bytes.split(separator: 0x0A).map { Array($0.drop { $0 == 0x20 || $0 == 0x09 }) }.filter { $0.first == 0x23 }
  }

  @Test func appends() {
    let tally = edit("append") { _ in
      [.append("rm -rf /x")]
    } check: { outcome, _ in
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
  }

  @Test func mounts() {
    let tally = edit("mount") { _ in
      [.addCacheMount(target: "/x", isLocked: true)]
    } check: { outcome, _ in
      #expect(outcome.new.mounts.count == outcome.old.mounts.count + 1)
      #expect(outcome.new.mounts.last?.isLocked ?? false)
      #expect(words(outcome.new) == words(outcome.old), "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 500)
  }

  @Test func addsFlags() {
    let tally = edit("flag") { run in
      run.commands.indices.map { number in
        .addFlag("--zz", command: number, after: run.commands[number].arguments.isEmpty ? 0 : 1)
      }
    } check: { outcome, operation in
      guard case .addFlag(_, let number, let after) = operation else { return }
      let flag = Array("--zz".utf8)
      #expect(words(outcome.new)[number].dropFirst(after + 1).first == flag, "\(outcome.name)")
      let isBefore = zip(words(outcome.new), words(outcome.old)).allSatisfy { new, old in
        new.filter { $0 != flag && !$0.contains(0x7A) } == old.filter { !$0.contains(0x7A) }
      }
      #expect(isBefore, "\(outcome.name)")
      // What was inserted goes out again.
      let undo = try? RunEditor(outcome.after, outcome.new).apply([.removeFlag("--zz", command: number)])
      let back = undo.flatMap { try? applying($0, to: outcome.after.bytes) }
      #expect(back == outcome.before.bytes, "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 1_000)
  }

  @Test func removesCommands() {
    let tally = edit("remove") { run in
      run.commands.indices.map { .removeCommand($0) }
    } check: { outcome, operation in
      guard case .removeCommand(let number) = operation else { return }
      var old = words(outcome.old)
      old.remove(at: number)
      #expect(words(outcome.new) == old, "\(outcome.name)")
    }
    #expect(DockerfileCorpus.files.isEmpty || tally.done > 500)
  }
}
