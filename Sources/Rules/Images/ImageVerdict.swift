internal import Facts
internal import Findings
internal import Policies
internal import SourceText

/// What the rules say of one cause: which part of it speaks, and whose finding it is.
struct ImageVerdict: Sendable {
  let found: ImageCase
  /// The rule that speaks.
  let rule: RuleID
  /// What lives and is to be told.
  let live: [ImageCase.Part]
  /// What is dead and is to be told.
  let dead: [ImageCase.Part]
  /// How the budget is exceeded, in words, where the policy has one.
  let excess: String?

  /// All that is told.
  var amount: CacheAmount { .sum((live + dead).map(\.amount)) }

  /// The places of all that is told.
  var subjects: [Subject] { (live + dead).flatMap(\.subjects) }
}

extension ImageCases {
  /// How many findings of one rule there are for one image; the largest are told one by one, the rest in one.
  static let findingLimit = 200

  /// What the rules about living and dead caches say, each cause once.
  func verdicts(_ judgement: Judgement) -> [ImageVerdict] {
    let living = CacheInImage.description.id
    let removed = DeletedCacheStillShipped.description.id
    let policy = judgement.policies.policy(for: .root)
    let liveSpeech = Speech(living, self, judgement) { $0.live }
    let deadSpeech = Speech(removed, self, judgement) { $0.dead }
    var verdicts: [ImageVerdict] = []
    for found in all {
      let live = !found.isBase || policy.options(of: living).baseLayers == .each ? liveSpeech.parts(of: found) : []
      let dead = !found.isBase || policy.options(of: removed).baseLayers == .each ? deadSpeech.parts(of: found) : []
      let isOne = found.rulings.exceptions[0] == found.rulings.exceptions[1]
      let leads = CacheAmount.sum(live.map(\.amount)).bytes >= CacheAmount.sum(dead.map(\.amount)).bytes
      if !live.isEmpty, leads || !isOne {
        verdicts.append(
          ImageVerdict(
            found: found, rule: living, live: live, dead: isOne ? dead : [], excess: liveSpeech.excess(of: found)))
      }
      if !dead.isEmpty, live.isEmpty || !isOne || !leads {
        verdicts.append(
          ImageVerdict(
            found: found, rule: removed, live: isOne ? live : [], dead: dead, excess: deadSpeech.excess(of: found)))
      }
    }
    return verdicts
  }

  /// What is told of the base image: all its caches in one.
  func baseVerdicts(_ judgement: Judgement) -> [ImageVerdict] {
    let policy = judgement.policies.policy(for: .root)
    func parts(_ rule: RuleID, _ found: ImageCase, _ parts: [ImageCase.Part]) -> [ImageCase.Part] {
      let isTold =
        judgement.isJudged(rule) && !found.rulings.off.contains(rule)
        && policy.options(of: rule).baseLayers == .summary
      return isTold ? parts : []
    }
    return all.filter(\.isBase).compactMap { found in
      let live = parts(CacheInImage.description.id, found, found.live)
      let dead = parts(DeletedCacheStillShipped.description.id, found, found.dead)
      if live.isEmpty, dead.isEmpty { return nil }
      return ImageVerdict(found: found, rule: CacheInImage.description.id, live: live, dead: dead, excess: nil)
    }
  }
}

/// Which caches a rule speaks of: those that it is not off for, and that exceed what the policy accepts.
struct Speech {
  private struct Pool: Hashable {
    let selector: Selector?
    let layer: Int?
  }

  private let rule: RuleID
  private let isJudged: Bool
  private let policy: Policy
  private let shippedBytes: Int
  private let select: (ImageCase) -> [ImageCase.Part]
  private var sums: [Pool: Int] = [:]

  init(_ rule: RuleID, _ cases: ImageCases, _ judgement: Judgement, _ select: @escaping (ImageCase) -> [ImageCase.Part])
  {
    self.rule = rule
    self.select = select
    isJudged = judgement.isJudged(rule)
    policy = judgement.policies.policy(for: .root)
    shippedBytes = cases.shippedBytes
    let countsBase = policy.options(of: rule).baseLayers == .each
    for found in cases.all where isJudged && (countsBase || !found.isBase) && !found.rulings.off.contains(rule) {
      guard let budget = budget(of: found) else { continue }
      sums[pool(budget, found), default: 0] += CacheAmount.sum(select(found).map(\.amount)).bytes
    }
  }

  /// The parts that are told.
  func parts(of found: ImageCase) -> [ImageCase.Part] {
    guard isJudged, !found.rulings.off.contains(rule) else { return [] }
    guard let budget = budget(of: found) else { return select(found) }
    return budget.isExceeded(by: sums[pool(budget, found)] ?? 0, of: shippedBytes) ? select(found) : []
  }

  /// How much the policy accepts of the caches that a case belongs to.
  private func budget(of found: ImageCase) -> Budget? { policy.budget(for: rule, cache: found.kind) }

  /// That the budget for a case is exceeded, in words: it is one for all the caches that it speaks of.
  func excess(of found: ImageCase) -> String? {
    guard let budget = budget(of: found) else { return nil }
    let pool = pool(budget, found)
    let sum = sums[pool] ?? 0
    // Two sizes that are written alike are told by their bytes.
    let isClose = budget.bytes.map { byteCount($0.value) == byteCount(sum) } ?? false
    let size = isClose ? "\(sum) bytes" : byteCount(sum)
    return "all such caches\(pool.layer == nil ? "" : " of the layer") have \(size), \(budget.words(isClose: isClose))"
  }

  private func pool(_ budget: Budget, _ found: ImageCase) -> Pool {
    Pool(
      selector: budget.selector, layer: policy.options(of: rule).scope == .layer ? found.writer : nil)
  }
}

extension Budget {
  /// The budget in words, for a note; with its exact bytes where a rounded size would say nothing.
  func words(isClose: Bool = false) -> String {
    var words: [String] = []
    if let bytes { words.append(isClose ? "\(bytes.value) bytes" : byteCount(bytes.value)) }
    if let share { words.append("\(share.value) of the image") }
    let caches = selector.map { " for `\($0)`" } ?? ""
    let origin = (bytes?.origin ?? share?.origin).map { " (\($0))" } ?? ""
    return "more than the policy accepts\(caches): \(words.joined(separator: " or "))\(origin)"
  }
}
