/// A rule of hadolint for which there is one here: what people who come from hadolint look for.
public struct HadolintRule: Sendable, Hashable {
  /// Its code, such as `DL3042`.
  public let code: String
  /// The codes of the rules here that judge the same; the first is the one to read about.
  public let rules: [String]
  /// The cache kinds that it speaks of; empty for a rule that is not about caches.
  public let caches: [String]
  /// What differs, in one line.
  public let difference: String

  /// Whether `# hadolint ignore=` can accept findings for it, where the policy says so.
  ///
  /// What BuildKit refuses is refused whatever a comment says.
  public var canBeIgnored: Bool { !caches.isEmpty }

  /// Whether a comment that ignores it accepts a finding of a rule about a cache kind.
  public func covers(rule: String, cache: String?) -> Bool {
    guard let cache else { return false }
    return rules.contains(rule) && caches.contains(cache)
  }

  /// The rule of this code, in any case.
  public static func named(_ text: String) -> HadolintRule? {
    let code = text.uppercased()
    return all.first { $0.code == code }
  }

  /// The codes of the rules that one of ours stands for, in order.
  public static func codes(of rule: String) -> [String] {
    all.filter { $0.rules.first == rule }.map(\.code)
  }

  /// Whether the text has the form of a code of hadolint: `DL3042`, or `SC2086` for ShellCheck's.
  public static func isCode(_ text: String) -> Bool {
    let code = text.uppercased().utf8
    return (code.starts(with: "DL".utf8) || code.starts(with: "SC".utf8)) && code.count > 2
      && code.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The rules that judge a cache left in a layer, one that was removed too late, and one that a mount misses.
  private static let leftInLayer = ["CP310", "CP311", "CP312"]

  /// All of them, by code.
  ///
  /// How hadolint judges was seen by running its version 2.15.1.
  public static let all: [HadolintRule] = [
    HadolintRule(
      code: "DL1000", rules: ["CP001"], caches: [],
      difference: """
        where hadolint's parser stops it says nothing else of the file, also over heredocs, `EXPOSE 80:80` and other \
        things that BuildKit reads; here only what BuildKit refuses is an error, and the rest is examined
        """),
    HadolintRule(
      code: "DL3009", rules: leftInLayer, caches: ["deb.apt-lists"],
      difference: """
        hadolint takes any `rm -rf` for the clean-up, and knows neither `rm -r -f` nor `apt-get dist-clean`; here the \
        lists must be gone after the last command that writes them, however that is written
        """),
    HadolintRule(
      code: "DL3019", rules: leftInLayer, caches: ["os.apk"],
      difference:
        "hadolint wants `--no-cache` or a mount; here removing `/var/cache/apk/*` in the same RUN counts, too"),
    HadolintRule(
      code: "DL3032", rules: leftInLayer, caches: ["os.yum", "os.dnf", "os.dnf5"],
      difference: """
        hadolint takes any `rm -rf` for the clean-up, does not see an install behind it, and knows no cache mount; here \
        what is there after the last command counts
        """),
    HadolintRule(
      code: "DL3036", rules: leftInLayer, caches: ["os.zypper"],
      difference: """
        hadolint wants `zypper clean`, which leaves what is known of the repositories; here `zypper clean --all` and \
        removing the cache's directory in the same RUN count
        """),
    HadolintRule(
      code: "DL3040", rules: leftInLayer, caches: ["os.dnf", "os.dnf5", "os.microdnf"],
      difference: """
        hadolint takes any `rm -rf` for the clean-up, knows only mounts of dnf 5's directory, and does not look at \
        `dnf5`; here each command is judged by its own directory
        """),
    HadolintRule(
      code: "DL3042", rules: leftInLayer, caches: ["python.pip"],
      difference: """
        hadolint reports `PIP_NO_CACHE_DIR=off`, with which pip keeps no cache, `rm -rf /root/.cache/pip` and stages that \
        do not ship, and misses pip behind a path, `sudo` or `bash -c`; here it is judged what stays in the layer
        """),
    HadolintRule(
      code: "DL3043", rules: ["CP001"], caches: [],
      difference: "the same; here only as BuildKit refuses it, with the place of the inner instruction"),
    HadolintRule(
      code: "DL3060", rules: leftInLayer, caches: ["js.yarn-classic", "js.yarn-berry"],
      difference: """
        hadolint looks at `yarn install` alone, and wants `yarn cache clean`; here `yarn` and `yarn add` count as well, and \
        removing the cache's directory cleans it, too
        """),
    HadolintRule(
      code: "DL3061", rules: ["CP001"], caches: [],
      difference: "the same; here told once, at the first instruction that stands above FROM"),
  ]
}
