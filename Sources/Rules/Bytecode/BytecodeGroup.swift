internal import Bytecode
internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// Files of bytecode that share a cause, so that one finding tells of all of them.
struct BytecodeGroup {
  /// Why something is to be said of the files.
  enum Reason: Hashable {
    /// The state that they are in.
    case verdict(BytecodeVerdict)
    /// The user that the image runs as may not read them.
    case unreadable
    /// The image starts no Python at the level of optimisation that the files are for.
    case unusedLevel
  }

  /// What the files have in common.
  struct Key: Hashable {
    let code: String
    let reason: Reason
    /// The interpreters that they were written for, where that is the cause.
    let tag: CacheTag?
    let layer: Int?
    /// The layer of their sources, where that matters.
    let sourceLayer: Int?
    /// The directory of their sources, where each directory has a cause of its own.
    let directory: Path?
    let isTracked: Bool
    let policy: Path
    let exceptions: [Int]
  }

  /// What the files have in common.
  let key: Key
  /// The files, in the order of the facts; at least one.
  private(set) var files: [BytecodeFact]

  /// Whether the image starts no Python at the level of optimisation that they are for.
  var isOfUnusedLevel: Bool { key.reason == .unusedLevel }

  /// The verdict of all of them; nil where they are told of for what is around them.
  var verdict: BytecodeVerdict? {
    guard case .verdict(let verdict) = key.reason else { return nil }
    return verdict
  }

  /// How many bytes they have together.
  var bytes: Int { files.reduce(0) { $0 &+ $1.bytes } }

  /// How many there are and how large they are, in words.
  var size: String {
    let count = files.count == 1 ? "1 file" : "\(files.count) files"
    return "\(count) of bytecode (\(bytesInWords(bytes)))"
  }

  /// One of two words, by whether there is one file or several.
  func word(_ one: String, _ several: String) -> String { files.count == 1 ? one : several }
}

extension BytecodeGroup {
  /// The groups of a rule, in the order of their first files.
  static func groups(of code: String, in facts: TargetFacts, _ judgement: Judgement) -> [BytecodeGroup] {
    judgement.bytecodeGroups { all(in: facts, judgement) }.filter { $0.key.code == code }
  }

  private static func all(in facts: TargetFacts, _ judgement: Judgement) -> [BytecodeGroup] {
    guard !facts.bytecode.isEmpty else { return [] }
    let committed = committed(facts, judgement)
    let view = facts.image?.union.merged
    var order: [Key] = []
    var members: [Key: [BytecodeFact]] = [:]
    for file in facts.bytecode {
      guard let (code, reason) = reason(of: file, facts.bytecodeLookup) else { continue }
      if committed.contains(file.path), !isHarmful(code) { continue }
      guard let rule = RuleRegister.all.first(where: { $0.description.id.code == code })?.description.id else {
        continue
      }
      let exceptions = judgement.policies.policy(for: file.path).exceptions(for: rule, path: file.path).map(\.index)
      let needsSourceLayer = code == "CP501" || code == "CP504"
      let key = Key(
        code: code, reason: reason, tag: code == "CP503" ? file.name.tag : nil, layer: file.layer,
        sourceLayer: needsSourceLayer ? file.source.flatMap { view?.item(at: $0)?.layer } : nil,
        directory: isHarmful(code) ? file.name.source.parent : nil, isTracked: file.isTracked,
        policy: judgement.policies.home(of: file.path), exceptions: exceptions)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(file)
    }
    return order.compactMap { key in members[key].map { BytecodeGroup(key: key, files: $0) } }
  }

  /// The rule that speaks of a file, and why; nil where none does.
  ///
  /// What its user may not read is not loaded, and so harms nobody whatever its state, unless there is no source: then
  /// the import fails.
  static func reason(of file: BytecodeFact, _ lookup: BytecodeLookup) -> (code: String, reason: Reason)? {
    let verdict = file.judgement.verdict
    // Whatever its state, nothing opens it.
    if case .cached(_, let level) = file.name.form, !lookup.mayUse(level: level),
      [nil, "CP501", "CP504", "CP505"].contains(verdict.code)
    {
      return ("CP508", .unusedLevel)
    }
    if file.isUnreadable == true {
      switch verdict.code {
      case nil, "CP504", "CP505": return ("CP507", .unreadable)
      case "CP506": return ("CP506", .unreadable)
      default: break
      }
    }
    return verdict.code.map { ($0, .verdict(verdict)) }
  }

  /// Whether a rule speaks of what changes an import: those of no other rule are only ignored.
  private static func isHarmful(_ code: String) -> Bool { ["CP504", "CP505", "CP506"].contains(code) }

  /// The tracked files that are committed caches by the policy: CP101 tells of them, or would where it is not left out.
  ///
  /// Where the rules about bytecode are asked for by their own codes, and CP101 is not, they speak.
  private static func committed(_ facts: TargetFacts, _ judgement: Judgement) -> Set<Path> {
    let tracked = facts.bytecode.filter(\.isTracked)
    guard !tracked.isEmpty, let kind = Catalogue.kind(cache) else { return [] }
    if judgement.isAskedFor(.bytecode), !judgement.isJudged(CommittedCache.description.id) { return [] }
    var paths: Set<Path> = []
    for cache in facts.repository?.caches ?? [] where cache.kind.group == .bytecode && !cache.tracked.isEmpty {
      if judgement.commitDenial(of: cache.kind, at: cache.path) != nil { paths.formUnion(cache.tracked) }
    }
    // The cache that a file belongs to is not among the facts where the file alone is examined.
    for file in tracked where file.name.isInCacheDirectory {
      if judgement.commitDenial(of: kind, at: file.path) != nil { paths.insert(file.path) }
    }
    return paths
  }
}

/// A number of bytes in binary units, with one digit behind the point: `3.4 MiB`.
func bytesInWords(_ bytes: Int) -> String {
  var size = bytes
  var rest = 0
  var unit = 0
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
  while size >= 1024, unit < units.count - 1 {
    rest = size % 1024 * 10 / 1024
    size /= 1024
    unit += 1
  }
  if unit == 0 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
  return "\(size).\(rest) \(units[unit])"
}
