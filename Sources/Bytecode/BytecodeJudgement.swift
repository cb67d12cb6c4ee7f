internal import Versions

/// What becomes of a bytecode file in a target.
public struct BytecodeJudgement: Hashable, Sendable {
  /// The state of the file, given the interpreters of the target.
  public let verdict: BytecodeVerdict
  /// The state by the rules of the version that it was written for, whatever is installed and whatever else there is;
  /// that of ``verdict`` for a foreign file where nobody asked for it.
  public let intrinsic: BytecodeVerdict
  /// Whether an interpreter of the target executes the file's code when it imports the module, at the optimisation
  /// level of the file's name; nil where none is known.
  public let isLoaded: Bool?
  /// Whether that import raises, because of this file or because there is nothing else to import; nil where no
  /// interpreter is known.
  public let importRaises: Bool?

  /// Judges a file.
  ///
  /// - Parameters:
  ///   - file: what a reader has seen.
  ///   - interpreters: those of the target.
  ///   - tellsIntrinsic: whether the state of files for other interpreters is told, for which they have to be looked at.
  /// - Throws: what the reader has to look at first. It is asked for only where it decides something.
  public init(
    _ file: BytecodeFile, _ interpreters: Interpreters, tellsIntrinsic: Bool = true
  ) throws(MissingEvidence) {
    let judge = BytecodeJudge(file: file, interpreters: interpreters, tellsIntrinsic: tellsIntrinsic)
    let states = try judge.states()
    verdict = states.verdict
    intrinsic = states.intrinsic
    isLoaded = interpreters.isEmpty ? nil : verdict.isLoaded
    importRaises = interpreters.isEmpty ? nil : judge.importRaises(verdict)
  }
}

/// The steps from the name to the verdict; the first that answers wins.
struct BytecodeJudge {
  let file: BytecodeFile
  let interpreters: Interpreters
  let tellsIntrinsic: Bool

  typealias States = (verdict: BytecodeVerdict, intrinsic: BytecodeVerdict)

  func states() throws(MissingEvidence) -> States {
    switch file.name.form {
    case .leftover: return (.tempLeftover, .tempLeftover)
    case .misnamed: return (.wrongName, .wrongName)
    case .pytest(let tag, let version):
      let state = try pytestState(tag, hashes: Self.hashesSources(pytest: version))
      return (state, state)
    case .cached(let tag, _): return try cachedStates(tag)
    case .outsidePrefix(let tag):
      return interpreters.isEmpty || interpreters.contains(tag)
        ? (.outsidePrefix, .outsidePrefix) : (.foreign, .outsidePrefix)
    case .besideSource: return try besideStates()
    case .optimised(let tag): return try optimisedStates(tag)
    }
  }

  func importRaises(_ verdict: BytecodeVerdict) -> Bool {
    switch verdict {
    case .corruptBody, .legacyPoison: true
    case _ where verdict.isLoaded: false
    case .shadowed: false
    default: file.source == nil && !hasSubstitute
    }
  }

  /// Whether some interpreter imports something else in place of a missing source.
  private var hasSubstitute: Bool {
    file.neighbours.hasBytecodeBesideSource
      || interpreters.tags.compactMap(\.version).contains {
        file.neighbours.isShadow(for: $0) || (file.neighbours.hasDirectory && $0.isAtLeast(3, 3))
      }
  }

  /// Whether every one of the interpreters that read the file imports something else before the module, or every one
  /// that there is where none reads it; with none known, whether any would.
  private var isShadowedForReaders: Bool {
    let versions = interpreters.tags.compactMap(\.version)
    if versions.isEmpty { return file.neighbours.isShadowForAll }
    let magic = MagicNumber(file.header)
    let readers = versions.filter { magic?.isRead(by: $0) ?? false }
    return (readers.isEmpty ? versions : readers).allSatisfy(file.neighbours.isShadow)
  }

  /// The version whose magic number the file has.
  private var writer: PythonVersion? { MagicNumber(file.header)?.origin?.version }

  private func isInstalled(_ version: PythonVersion) -> Bool {
    CacheTag(version).map(interpreters.contains) ?? false
  }
}

// MARK: - In `__pycache__`

extension BytecodeJudge {
  private func cachedStates(_ tag: CacheTag) throws(MissingEvidence) -> States {
    guard let version = tag.version else {
      // The bytecode of an implementation that is not known here cannot be judged any further.
      return (.foreign, file.source == nil ? .orphan : .foreign)
    }
    if !interpreters.isEmpty, !interpreters.contains(tag) {
      return (.foreign, tellsIntrinsic ? try state(of: version) : .foreign)
    }
    let intrinsic = try state(of: version)
    if intrinsic != .orphan, file.neighbours.isShadow(for: version) { return (.shadowed, intrinsic) }
    return (intrinsic, intrinsic)
  }

  /// The state of a file with a source, or of one that needs a source, by the rules of a version.
  private func state(of version: PythonVersion) throws(MissingEvidence) -> BytecodeVerdict {
    guard let source = file.source else { return .orphan }
    let header: BytecodeHeader
    switch accepted(by: version) {
    case .failure(let verdict): return verdict
    case .success(let accepted): header = accepted
    }
    switch header.validation {
    case .timestamp(let mtime, let size):
      guard source.mtime.matches(mtime, in: version) else { return .staleMtime }
      if let size, size != UInt32(truncatingIfNeeded: source.size) { return .staleSize }
      return try isBodyBroken ? .corruptBody : .fresh
    case .hash(let hash, let isChecked):
      if !isChecked, try isBodyBroken { return .corruptBody }
      let matches = try hash == sourceHash(header.magic, source)
      guard isChecked else { return matches ? .uncheckedHash : .uncheckedHashStale }
      guard matches else { return .staleHash }
      return try isBodyBroken ? .corruptBody : .freshCheckedHash
    }
  }

  private enum Acceptance {
    case success(BytecodeHeader)
    case failure(BytecodeVerdict)
  }

  /// The header, where an interpreter of this version reads it as its own.
  private func accepted(by version: PythonVersion) -> Acceptance {
    guard let magic = MagicNumber(file.header) else { return .failure(.corruptHeader) }
    guard magic.isRead(by: version) else { return .failure(magic.origin == nil ? .unknownMagic : .tagMismatch) }
    guard let header = try? BytecodeHeader(file.header) else { return .failure(.corruptHeader) }
    return .success(header)
  }

  private func sourceHash(_ magic: MagicNumber, _ source: SourceStatus) throws(MissingEvidence) -> UInt64? {
    guard let key = SourceHashKey(magic) else { return nil }
    guard let hash = source.hashes[key] else { throw .sourceHash(key) }
    return hash
  }

  /// Whether the import raises on the code; where that could not be told, it is taken for good.
  private var isBodyBroken: Bool {
    get throws(MissingEvidence) {
      guard let body = file.body else { throw .body }
      if case .broken = body { return true }
      return false
    }
  }

  /// Whether a version of pytest writes the hash of the source, which it then demands; older ones write time and size.
  ///
  /// Read in `_pytest/assertion/rewrite.py` of 9.0.1 and 9.2.0.
  private static func hashesSources(pytest version: [UInt8]) -> Bool {
    let parts = version.split(separator: UInt8(ascii: ".")).prefix(2).map { decimal($0.prefix(while: isDigit)) ?? 0 }
    return parts.lexicographicallyPrecedes([9, 2]) == false
  }

  /// pytest compares as the interpreter does, but accepts no other flags than its own, and bears with any code.
  private func pytestState(_ tag: CacheTag, hashes: Bool) throws(MissingEvidence) -> BytecodeVerdict {
    guard let source = file.source else { return .pytestOrphan }
    guard let magic = MagicNumber(file.header) else { return .pytestCorruptHeader }
    if let version = tag.version, !magic.isRead(by: version) {
      return magic.origin == nil ? .pytestUnknownMagic : .pytestTagMismatch
    }
    if hashes {
      guard littleEndian(file.header, at: 4) == 3, let header = try? BytecodeHeader(file.header),
        case .hash(let hash, _) = header.validation
      else { return .pytestCorruptHeader }
      return try hash == sourceHash(magic, source) ? .pytestFresh : .pytestStaleHash
    }
    guard littleEndian(file.header, at: 4) == 0, let mtime = littleEndian(file.header, at: 8),
      let size = littleEndian(file.header, at: 12)
    else { return .pytestCorruptHeader }
    if mtime != source.mtime.truncatedByPython { return .pytestStaleMtime }
    return size == UInt32(truncatingIfNeeded: source.size) ? .pytestFresh : .pytestStaleSize
  }
}

// MARK: - Where a source lies or would lie

extension BytecodeJudge {
  private func besideStates() throws(MissingEvidence) -> States {
    guard file.source == nil else {
      // Only what keeps its bytecode beside the source reads it there.
      guard let version = writer, !version.usesCacheDirectory else { return (.legacyShadowed, .legacyShadowed) }
      let intrinsic = try state(of: version)
      guard isInstalled(version) else { return (.legacyShadowed, intrinsic) }
      return (file.neighbours.isShadow(for: version) ? .shadowed : intrinsic, intrinsic)
    }
    let intrinsic = try sourcelessState { magic in
      if interpreters.isEmpty { return magic.origin != nil }
      return interpreters.tags.contains { $0.version.map(magic.isRead) ?? false }
    }
    return (isShadowedForReaders ? .shadowed : intrinsic, intrinsic)
  }

  /// Neither time nor size nor hash are compared where there is no source.
  private func sourcelessState(_ isRead: (MagicNumber) -> Bool) throws(MissingEvidence) -> BytecodeVerdict {
    guard let header = try? BytecodeHeader(file.header), isRead(header.magic) else { return .legacyPoison }
    return try isBodyBroken ? .legacyPoison : .legacyLoaded
  }

  private func optimisedStates(_ tag: CacheTag?) throws(MissingEvidence) -> States {
    let version = file.name.isInCacheDirectory ? tag?.version : writer
    let intrinsic = try optimisedState(version)
    guard let version, version.usesOptimisedSuffix, isInstalled(version) else { return (.pyo, intrinsic) }
    return (file.neighbours.isShadow(for: version) ? .shadowed : intrinsic, intrinsic)
  }

  /// The state of a `.pyo` file by the rules of the version that it was written for.
  private func optimisedState(_ version: PythonVersion?) throws(MissingEvidence) -> BytecodeVerdict {
    if file.name.isInCacheDirectory {
      guard let version, version.usesCacheDirectory, version.usesOptimisedSuffix else { return .wrongName }
      return try state(of: version)
    }
    guard let version else {
      if file.source == nil { return .legacyPoison }
      return file.header.count < 4 ? .corruptHeader : .unknownMagic
    }
    guard version.usesOptimisedSuffix else { return .wrongName }
    if file.source == nil { return try sourcelessState { $0.isRead(by: version) } }
    return version.usesCacheDirectory ? .legacyShadowed : try state(of: version)
  }
}
