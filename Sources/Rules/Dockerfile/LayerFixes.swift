internal import CacheEffects
internal import Caches
internal import Dockerfiles
internal import Editors
internal import Facts
internal import Findings
internal import Policies
internal import Shell
internal import SourceText

/// How a cache is kept out of the layer of a RUN, by the edits that a careful person would make.
enum LayerFixes {
  /// The flags of an instruction, or of the one that an ONBUILD keeps.
  static func flags(_ instruction: Instruction) -> [Flag] {
    if case .onbuild(let inner) = instruction.arguments { return inner.flags }
    return instruction.flags
  }

  /// The fix of a RUN that leaves a cache: the first of the policy's ways that can be written.
  static func fix(_ found: LayerCase) -> Fix {
    if found.grounds.isManual {
      return Fix(
        manual: "see whether the image needs \(found.shownPlace); if not, name `\(found.kind.id)` in the policy")
    }
    if let caution = found.caution {
      return Fix(manual: "\(advice(found)); no automatic fix: \(caution)")
    }
    if let need = found.need {
      guard let path = need.path else {
        return Fix(
          manual:
            "join this RUN with the one of line \(need.line), which needs what this one leaves, and clean up in it")
      }
      return Fix(
        manual: "fetch anew in line \(need.line) of \(path), which needs what this RUN leaves, and then clean up here")
    }
    if found.staying.allSatisfy({ isFetch($0.command, found) }), !isUseless(found) {
      return Fix(
        manual:
          "leave it out: with \(found.kind.disable.flags.first.map { "`\($0.text)`" } ?? "its flag") the tool fetches what it needs for itself"
      )
    }
    if let start = neededAtStart(found) {
      return Fix(
        manual: "the container starts `\(start)`, which uses \(found.shownPlace): build in one stage, ship another")
    }
    var reasons: [String] = []
    for way in found.ways {
      guard let plan = plan(way, found, &reasons) else { continue }
      let editor = RunEditor(found.dockerfile.file, found.run)
      do {
        let edits = try editor.apply(plan.operations)
        return Fix(
          plan.safety, plan.title, edits: edits.map { FileEdit(found.dockerfile.path, $0) })
      } catch let refusal {
        reasons.append(refusal.reason)
      }
    }
    let reason = reasons.isEmpty ? "" : "; no automatic fix: \(reasons.joined(separator: "; "))"
    return Fix(manual: advice(found) + reason)
  }

  /// What a container of the stage that ships runs that reads the cache; nil where nothing does.
  private static func neededAtStart(_ found: LayerCase) -> String? {
    // What a tool has put beside its own programs is of no use to these.
    guard ["go.", "rust.", "jvm."].contains(where: { found.kind.id.hasPrefix($0) }) else {
      return nil
    }
    let start = found.dockerfile.effects.starts.first { $0.stage == found.product.stage }
    let write = start?.writes.first { $0.kind == found.kind }
    return write.flatMap { write in start?.commands[write.command].title }
  }

  /// What a person can do.
  private static func advice(_ found: LayerCase) -> String {
    if let flag = found.kind.disable.flags.first(where: { $0.action == .add && $0.value == nil }) {
      return "use `\(flag.text)`"
    }
    let isPlaced = found.staying.allSatisfy { $0.place != nil }
    if let clean = found.kind.layer?.clean, isPlaced || !clean.hasPrefix("rm ") { return "end the RUN with `\(clean)`" }
    return "keep \(found.shownPlace) out with a cache mount, or remove it in the same RUN"
  }

  struct Plan {
    let operations: [RunEditor.Operation]
    let title: String
    let safety: FixSafety
  }

  private static func plan(_ way: Way, _ found: LayerCase, _ reasons: inout [String]) -> Plan? {
    switch way {
    case .noCache: return noCache(found)
    case .clean: return clean(found, &reasons)
    case .cacheMount: return cacheMount(found, &reasons)
    }
  }

  /// Whether an edit may be made without a look, as far as the RUN is concerned.
  static func isPlain(_ found: LayerCase) -> Bool {
    !found.run.isTrigger && found.doubt == nil && found.run.isComplete
      && found.staying.allSatisfy { $0.doubt == nil || $0.doubt == .branch }
      && found.staying.allSatisfy { !found.run.commands[$0.command].invocation.isNested }
  }

  // MARK: no-cache

  private static func noCache(_ found: LayerCase) -> Plan? {
    var operations: [RunEditor.Operation] = []
    var flags: [String] = []
    var places: Set<ByteRange> = []
    let updates = Set(found.staying.map(\.command).filter { isFetch($0, found) })
    // A command that gets no flag may need what is fetched.
    if let first = updates.min(), needsFetched(after: first, found) { return nil }
    for write in found.staying {
      let command = found.run.commands[write.command]
      if updates.contains(write.command) {
        operations.append(.removeCommand(write.command))
        continue
      }
      guard let (flag, end) = found.kind.flag(for: command) else { return nil }
      if !flags.contains(flag) { flags.append(flag) }
      // A loop runs the same words more than once.
      if let place = end > 0 ? command.arguments[end - 1].range : command.nameRange { places.insert(place) }
      operations.append(.addFlag(flag, command: write.command, after: end))
    }
    var titles: [String] = []
    if !flags.isEmpty {
      titles.append(
        "add \(flags.joined(separator: ", "))" + (places.count > 1 ? " in \(places.count) places" : ""))
    }
    // An index that is fetched apart is of no use to `apk add --no-cache`, and would stay.
    if !updates.isEmpty { titles.append("leave the update out") }
    let title = titles.joined(separator: ", and ")
    let isKnown = found.kind.evidence != .recalled
    return Plan(operations: operations, title: title, safety: isPlain(found) && isKnown ? .safe : .unsafe)
  }

  /// Whether a command does nothing but fetch the cache.
  private static func isFetch(_ number: Int, _ found: LayerCase) -> Bool {
    found.kind.layer?.fetchers.contains { found.run.commands[number].matches($0) != .no } ?? false
  }

  /// Whether what is fetched is of no use to anything: what comes behind it in the RUN does without.
  private static func isUseless(_ found: LayerCase) -> Bool {
    guard let last = found.staying.map(\.command).max() else { return false }
    return found.writes.contains { write in
      if case .flag? = write.keptOut { return write.command > last }
      return false
    }
  }

  /// Whether a command behind another needs what that one has fetched, unless it gets a flag to do without.
  private static func needsFetched(after number: Int, _ found: LayerCase) -> Bool {
    found.run.commands.indices.dropFirst(number + 1).contains { other in
      let command = found.run.commands[other]
      guard found.kind.layer?.needers.contains(where: { command.matches($0) != .no }) ?? false else { return false }
      return !found.staying.contains { $0.command == other } || found.kind.flag(for: command) == nil
    }
  }

  static func isPlainByte(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || "/._-+".utf8.contains(byte)
  }

  // MARK: cache-mount

  private static func cacheMount(_ found: LayerCase, _ reasons: inout [String]) -> Plan? {
    guard found.builder == .buildkit || found.builder == .buildah else {
      reasons.append("the builder `\(found.builder.rawValue)` has no cache mounts")
      return nil
    }
    guard let target = mountTarget(found) else {
      reasons.append("the place for a mount is not known for sure")
      return nil
    }
    guard found.run.isRoot == true else {
      reasons.append("a mount for a user other than root needs `uid=`")
      return nil
    }
    return Plan(
      operations: [.addCacheMount(target: target, isLocked: found.kind.layer?.isLocked ?? false)],
      title: "keep it in a cache mount on \(target)", safety: .unsafe)
  }

  /// Where a cache mount belongs; nil where the writing commands disagree, or where that is not known.
  private static func mountTarget(_ found: LayerCase) -> String? {
    guard let layer = found.kind.layer, let first = found.staying.first?.place, first.isCertain,
      found.staying.allSatisfy({ $0.place == first }), first.path.allSatisfy(isPlainByte)
    else { return nil }
    let path = String(decoding: first.path, as: UTF8.self)
    guard let mount = layer.mount, let usual = layer.places.last?.path, usual.hasPrefix(mount) else { return path }
    let below = usual.dropFirst(mount.count)
    return path.hasSuffix(below) ? String(path.dropLast(below.count)) : path
  }

  /// The fix of a mount that misses: the target that the tool needs.
  static func retarget(_ mount: MountPlace, _ found: LayerCase) -> Fix {
    let manual = "give the mount the target \(found.shownPlace)"
    let file = found.dockerfile.file
    if let caution = found.caution {
      return Fix(manual: "\(manual); no automatic fix: \(caution)")
    }
    let instruction = file.instructions[found.run.instruction]
    let range = flags(instruction)[mount.flag].range
    guard let target = mountTarget(found), instruction.text.isContiguous(range) else { return Fix(manual: manual) }
    let written = instruction.text[range]
    let keys = ["target=", "dst=", "destination="]
    var hits: [ByteRange] = []
    for key in keys {
      for start in written.indices where written[start...].starts(with: key.utf8) {
        guard start > written.startIndex, ",=".utf8.contains(written[start - 1]) else { continue }
        let value = start + key.utf8.count
        let end = written[value...].firstIndex { ",'\" ".utf8.contains($0) } ?? written.endIndex
        hits.append(ByteRange(value, end))
      }
    }
    guard hits.count == 1, !written.contains(UInt8(ascii: "$")) else { return Fix(manual: manual) }
    return Fix(
      .unsafe, "give the mount the target \(target)",
      edits: [FileEdit(found.dockerfile.path, Edit(instruction.text.physical(hits[0]), target))])
  }

  /// The fix of a mount that stays empty: the flag goes that keeps it so.
  static func useMount(_ kept: KeptOut, _ found: LayerCase) -> Fix {
    let file = found.dockerfile.file
    if let caution = found.caution {
      return Fix(manual: "use the mount or the switch, not both; no automatic fix: \(caution)")
    }
    if case .base(let name) = kept {
      return Fix(manual: "remove `\(name)` in an earlier RUN, or leave the mount out")
    }
    guard case .flag(let flag) = kept else {
      return Fix(manual: "use the mount, or what stops the writing, not both")
    }
    let operations = found.writes.compactMap { write -> RunEditor.Operation? in
      write.keptOut == kept ? .removeFlag(flag, command: write.command) : nil
    }
    do {
      let edits = try RunEditor(file, found.run).apply(operations)
      return Fix(
        .unsafe, "take \(flag) out, so that the mount is used",
        edits: edits.map { FileEdit(found.dockerfile.path, $0) })
    } catch let refusal {
      return Fix(manual: "take \(flag) out, or the mount; no automatic fix: \(refusal.reason)")
    }
  }
}
