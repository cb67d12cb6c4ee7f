public import Caches

extension Policy {
  /// What the policy wants for `kind` in `profile`.
  ///
  /// Each intent is resolved alone: the narrowest selector that states it decides, and within a
  /// selector the named profile goes before `*`.
  public func intents(for kind: CacheKind, in profile: String) -> Intents {
    Intents(
      write: resolve(\.write, kind, profile) { $0 == .deny },
      commit: resolve(\.commit, kind, profile) { $0 == .deny },
      ship: resolve(\.ship, kind, profile) { $0 == .deny },
      coverage: kind.canBePrecompiled ? resolve(\.coverage, kind, profile) { _ in false } : nil,
      keepOutBy: resolve(\.keepOutBy, kind, profile) { _ in false })
  }

  private func resolve<Value: Hashable & Sendable>(
    _ intent: KeyPath<IntentStatement, Sourced<Value>?>, _ kind: CacheKind, _ profile: String,
    isDenial: (Value) -> Bool
  ) -> Stated<Value>? {
    for selector in Selector.speaking(of: kind) {
      guard let byProfile = statements[selector] else { continue }
      for name in [profile, "*"] {
        guard let stated = byProfile[name]?[keyPath: intent] else { continue }
        if !applies(stated.value, to: kind) { continue }
        let isWide = !selector.isID && isDenial(stated.value)
        // A payload is one in an image; in the index it is a cache like others, unless it is committed on purpose.
        let isCommit = stated.value is CommitIntent
        let mayBeMeant = isCommit ? kind.commitOK : kind.mayBePayload
        let grounds = Grounds(
          origin: stated.origin, selector: selector, profile: name, isInfoOnly: isWide && mayBeMeant,
          isManual: isWide && mayBeMeant && !isCommit)
        return Stated(value: stated.value, grounds: grounds)
      }
    }
    return nil
  }

  /// A wide selector may want precompiled bytecode; other kinds that it selects have none.
  private func applies(_ value: some Hashable, to kind: CacheKind) -> Bool {
    guard let ship = value as? ShipIntent, ship == .precompiled else { return true }
    return kind.canBePrecompiled
  }
}

extension CacheKind {
  /// Whether an image may be wanted to have it ready-made.
  var canBePrecompiled: Bool { prefix == "python" && group == .bytecode }
}
