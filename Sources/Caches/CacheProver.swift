public import SourceText

/// A place that is proven to be a cache.
public struct ProvenCache: Sendable, Hashable {
  /// The kind.
  public let kind: KindNumber
  /// What proved it.
  public let evidence: ProofEvidence
}

/// Proves places to be caches, reading each kind's proof once.
public struct CacheProver {
  private var proofs: [KindNumber: Proof] = [:]

  /// Creates a prover that has read nothing yet.
  public init() {}

  /// The cache that a place is, or nil where none of the kinds that share its name is proven.
  ///
  /// - Parameters:
  ///   - path: The place.
  ///   - isDirectory: Whether it is a directory.
  ///   - surroundings: What lies around it.
  /// - Returns: The kind that the place belongs to, with its evidence.
  public mutating func prove(_ path: Path, isDirectory: Bool, in surroundings: some Surroundings) -> ProvenCache? {
    let candidates = CandidateIndex.shared.classify(path, isDirectory: isDirectory)
    return candidates.isEmpty ? nil : prove(path, as: candidates, in: surroundings)
  }

  /// The same for candidates that are known already.
  public mutating func prove(
    _ path: Path, as candidates: [KindNumber], in surroundings: some Surroundings, isAtImagePlace: Bool = false
  ) -> ProvenCache? {
    var proven: [ProvenCache] = []
    for kind in candidates {
      guard let evidence = proof(of: kind)?.prove(path, in: surroundings, isAtImagePlace: isAtImagePlace) else {
        continue
      }
      proven.append(ProvenCache(kind: kind, evidence: evidence))
    }
    return Self.owner(among: proven)
  }

  /// The one kind that a place belongs to, of all that are proven for it.
  ///
  /// A kind gives way to one that supersedes it, the places that many tools share to those of one,
  /// and a name to real evidence; then the catalogue's order decides.
  public static func owner(among proven: [ProvenCache]) -> ProvenCache? {
    if proven.count < 2 { return proven.first }
    let superseded = Set(proven.flatMap { Catalogue.kind($0.kind)?.supersedes ?? [] })
    let left = proven.filter { !superseded.contains(Catalogue.id(of: $0.kind)) }
    func rank(_ cache: ProvenCache) -> Int {
      let isShared = Catalogue.kind(cache.kind)?.group == .generic
      return (isShared ? 2 : 0) + (cache.evidence.isNameOnly ? 1 : 0)
    }
    return (left.isEmpty ? proven : left).min { (rank($0), $0.kind) < (rank($1), $1.kind) }
  }

  private mutating func proof(of kind: KindNumber) -> Proof? {
    if let proof = proofs[kind] { return proof }
    // A test reads every proof of the catalogue, so none fails here.
    let proof = try? Proof(Catalogue.kind(kind)?.proof ?? [])
    proofs[kind] = proof
    return proof
  }
}
