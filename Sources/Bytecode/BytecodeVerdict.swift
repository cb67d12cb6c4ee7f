/// The state of one bytecode file.
public enum BytecodeVerdict: String, Hashable, Sendable, CaseIterable {
  /// The header matches the source's time and size: it is loaded.
  case fresh = "fresh"
  /// The hash was compared with the source and matches: it is loaded.
  case freshCheckedHash = "fresh-checked-hash"
  /// The hash matches the source, though no import compares it: it is loaded.
  case uncheckedHash = "unchecked-hash"
  /// The hash does not match the source, and no import compares it: old code is loaded.
  case uncheckedHashStale = "unchecked-hash-stale"
  /// The source was modified at another time than the header says.
  case staleMtime = "stale-mtime"
  /// The source has another size than the header says.
  case staleSize = "stale-size"
  /// The source has another hash than the header says.
  case staleHash = "stale-hash"
  /// The header is too short or has unknown flags.
  case corruptHeader = "corrupt-header"
  /// The magic number is that of another version than the name says.
  case tagMismatch = "tag-mismatch"
  /// No known version has the magic number.
  case unknownMagic = "unknown-magic"
  /// The header is accepted, but no whole code object follows: the import raises.
  case corruptBody = "corrupt-body"
  /// There is no source, and bytecode in `__pycache__` is not loaded without one.
  case orphan = "orphan"
  /// No interpreter of the target has the tag.
  case foreign = "foreign"
  /// Something else is imported under the module's name.
  case shadowed = "shadowed"
  /// In place of a source, and loaded.
  case legacyLoaded = "legacy-loaded"
  /// In place of a source, and not loadable: the import raises.
  case legacyPoison = "legacy-poison"
  /// Beside its source, which Python 3 prefers.
  case legacyShadowed = "legacy-shadowed"
  /// No interpreter looks for such a name at this place.
  case wrongName = "wrong-name"
  /// In `__pycache__`, while its interpreter looks below a prefix (`PYTHONPYCACHEPREFIX`).
  case outsidePrefix = "outside-prefix"
  /// Optimised bytecode of Python before 3.5.
  case pyo = "pyo"
  /// Written, but never moved to its name.
  case tempLeftover = "temp-leftover"
  /// Written by pytest, and matches its source.
  case pytestFresh = "pytest-fresh"
  /// Written by pytest; the source was modified at another time.
  case pytestStaleMtime = "pytest-stale-mtime"
  /// Written by pytest; the source has another size.
  case pytestStaleSize = "pytest-stale-size"
  /// Written by pytest; the source has another content.
  case pytestStaleHash = "pytest-stale-hash"
  /// Written by pytest; the header is too short or has other flags than that version of pytest sets.
  case pytestCorruptHeader = "pytest-corrupt-header"
  /// Written by pytest; the magic number is that of another version.
  case pytestTagMismatch = "pytest-tag-mismatch"
  /// Written by pytest; no known version has the magic number.
  case pytestUnknownMagic = "pytest-unknown-magic"
  /// Written by pytest; there is no source.
  case pytestOrphan = "pytest-orphan"

  /// Whether an interpreter that finds the file executes its code.
  public var isLoaded: Bool {
    switch self {
    case .fresh, .freshCheckedHash, .uncheckedHash, .uncheckedHashStale, .legacyLoaded: true
    default: false
    }
  }

  /// The code of the rule that speaks of this state; nil where there is nothing to say.
  ///
  /// CP507, bytecode that its user may not read, is no state of the file alone.
  public var code: String? {
    switch self {
    case .fresh, .freshCheckedHash, .uncheckedHash, .pytestFresh: nil
    // The interpreter ignores each of these, compiles anew, and writes over it where it may.
    case .staleMtime, .staleSize, .staleHash, .corruptHeader, .tagMismatch, .unknownMagic: "CP501"
    case .pytestStaleMtime, .pytestStaleSize, .pytestStaleHash: "CP501"
    case .pytestCorruptHeader, .pytestTagMismatch, .pytestUnknownMagic: "CP501"
    // No import of the module comes to the file.
    case .orphan, .pytestOrphan, .shadowed: "CP502"
    case .foreign: "CP503"
    case .uncheckedHashStale: "CP504"
    case .corruptBody: "CP505"
    case .legacyLoaded, .legacyPoison: "CP506"
    case .wrongName, .outsidePrefix, .pyo, .tempLeftover, .legacyShadowed: "CP508"
    }
  }
}
