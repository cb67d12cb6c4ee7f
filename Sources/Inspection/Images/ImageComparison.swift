internal import Facts
internal import Findings
internal import Images
internal import SourceText

/// What findings about an older image speak of, so that those about a newer one are left that speak of more.
struct ImageComparison {
  /// How many new things of one finding are shown.
  private static let shownLimit = 5

  private let name: String
  /// Whether each image is compared with that of its platform alone.
  private let byPlatform: Bool
  private let old: [Key: Int]
  /// How many findings of the older image say the very same.
  private let same: [Statement: Int]

  /// What an older image has.
  ///
  /// A platform is compared with its like where there are several; a layer and a root file system tell none.
  ///
  /// - Parameters:
  ///   - old: the older image, once for each platform.
  ///   - name: the older image, as the person wrote it.
  ///   - images: what it is compared with, once for each platform.
  init(with old: [JudgedWorkspace], named name: String, for images: [JudgedWorkspace]) {
    self.name = name
    let byPlatform =
      max(old.count, images.count) > 1 && (old + images).allSatisfy { Self.platform(of: $0) != nil }
    self.byPlatform = byPlatform
    let said = old.map { ($0.findings, byPlatform ? Self.platform(of: $0) : nil) }
    self.old = Self.amounts(said)
    var same: [Statement: Int] = [:]
    for (findings, platform) in said { for finding in findings { same[Statement(finding, platform), default: 0] += 1 } }
    self.same = same
  }

  private static func platform(of image: JudgedWorkspace) -> String? { image.facts.image?.image?.platform.description }

  /// The images without the findings that speak of nothing new.
  func newIn(_ images: [JudgedWorkspace]) -> [JudgedWorkspace] {
    images.map { image in
      let platform = byPlatform ? Self.platform(of: image) : nil
      let now = Self.amounts([(image.findings, platform)])
      var image = image
      let before = image.findings.count
      var same = same
      image.findings = image.findings.compactMap { finding in
        // What is wrong with the policy is wrong beside any image, and both are judged by the same one.
        if case .file = finding.place { return finding }
        // A cache that is as it was is not the one that has grown, which another finding tells.
        let statement = Statement(finding, platform)
        if let count = same[statement], count > 0 {
          same[statement] = count - 1
          return nil
        }
        return new(in: finding, platform, now)
      }
      let left = before - image.findings.count
      if left > 0 {
        image.imageNotes.append("\(left) finding\(left == 1 ? "" : "s") as in \(printable(name)), not judged anew")
      }
      return image
    }
  }

  /// The finding with what is new of it; nil where nothing is.
  private func new(in finding: Finding, _ platform: String?, _ now: [Key: Int]) -> Finding? {
    var seen: Set<Key> = []
    var isKnown = false
    var new: [Path] = []
    var more = 0
    for subject in Self.subjects(of: finding) {
      let key = Key(finding.rule, subject, platform)
      guard seen.insert(key).inserted else { continue }
      let then = old[key]
      let growth = (now[key] ?? 0) - (then ?? 0)
      if then != nil { isKnown = true }
      switch subject.amount {
      // A place may grow where another one shrinks as much.
      case .bytes:
        more += growth
        if then == nil { new.append(subject.path) }
      case .times: if growth > 0 { new.append(subject.path) }
      }
    }
    guard !new.isEmpty || more > 0 else { return nil }
    var notes: [String] = []
    let paths = new.filter { !$0.isRoot }
    if isKnown, !paths.isEmpty {
      let shown = paths.prefix(Self.shownLimit).map { "/\($0)" }.joined(separator: ", ")
      let rest = paths.count - Self.shownLimit
      notes.append("new since \(printable(name)): \(shown)" + (rest > 0 ? ", and \(rest) more" : ""))
    }
    if isKnown, more > 0 { notes.append("\(byteCount(more)) more in all than in \(printable(name))") }
    return finding.adding(notes: notes)
  }

  // MARK: What findings speak of

  /// What tells whether two images have the same: neither layers nor sizes.
  private struct Key: Hashable {
    let rule: RuleID
    let path: Path
    let aspect: String
    let platform: String?

    init(_ rule: RuleID, _ subject: Subject, _ platform: String?) {
      self.rule = rule
      self.platform = platform
      path = subject.path
      aspect = subject.aspect
    }
  }

  /// All that a finding says, so that one with the same says nothing new.
  private struct Statement: Hashable {
    let rule: RuleID
    let message: String
    let subjects: [Subject]
    let platform: String?

    init(_ finding: Finding, _ platform: String?) {
      rule = finding.rule
      message = finding.message
      subjects = ImageComparison.subjects(of: finding)
      self.platform = platform
    }
  }

  /// How much there is of everything that findings speak of.
  private static func amounts(_ images: [(findings: [Finding], platform: String?)]) -> [Key: Int] {
    var amounts: [Key: Int] = [:]
    for image in images {
      for finding in image.findings {
        for subject in subjects(of: finding) {
          switch subject.amount {
          case .bytes(let number), .times(let number):
            amounts[Key(finding.rule, subject, image.platform), default: 0] += number
          }
        }
      }
    }
    return amounts
  }

  /// All that a finding speaks of: its place alone, where it tells no more.
  private static func subjects(of finding: Finding) -> [Subject] {
    if !finding.subjects.isEmpty { return finding.subjects }
    // The platform is told only where a target has several, and compared by itself.
    let evidence = finding.evidence.filter { $0.isStable && $0.key != Evidence.platformKey }
    var aspect = evidence.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    if case .configuration(let key) = finding.place { aspect = "\(key)\n\(finding.cache ?? "")\n\(aspect)" }
    let bytes = finding.evidence.first { $0.key == "bytes" }.flatMap { Int($0.value) }
    return [Subject(finding.place.path ?? .root, aspect: aspect, amount: bytes.map { .bytes($0) } ?? .times(1))]
  }
}
