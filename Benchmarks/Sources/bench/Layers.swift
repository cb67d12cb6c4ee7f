import Glibc

/// A layer of parts of this machine's `/usr`, compressed as builders compress layers.
struct Layer {
  /// What is packed, as far as it is there, until there are enough bytes.
  private static let parts = [
    "usr/lib/python3", "usr/lib/python3.11", "usr/lib/python3.12", "usr/lib/python3.13", "usr/lib/node_modules",
    "usr/lib/git-core", "usr/share/perl", "usr/share/doc", "usr/lib/postgresql", "usr/include", "usr/lib/systemd",
    "usr/bin",
  ]

  /// The layer in gzip.
  let gzip: String
  /// The layer in zstd.
  let zstd: String

  /// Makes the layer where it does not stand yet.
  init(in directory: String) throws {
    let tar = "\(directory)/layer.tar"
    gzip = tar + ".gz"
    zstd = tar + ".zst"
    if access(zstd, R_OK) == 0 { return }
    try makeDirectories(directory)
    let found = Self.parts.filter { access("/\($0)", R_OK) == 0 }
    try command(["tar", "-C", "/", "--sort=name", "-cf", tar] + found, in: directory)
    try command(["gzip", "-6", "-k", "-f", tar], in: directory)
    try command(["zstd", "-q", "-3", "-f", tar, "-o", zstd], in: directory)
  }
}

/// Measures the reader of layers against the programs that only decompress.
func measureLayers(reader: String, in directory: String) throws -> Goals {
  let layer = try Layer(in: directory)
  var contest = Contest()
  for (name, file, judge) in [("gzip", layer.gzip, "igzip"), ("zstd", layer.zstd, "zstd")] where isInstalled(judge) {
    contest.add("\(judge) -dc", [judge, "-dc", file])
    for mode in ["list", "hash", "verify"] { contest.add("\(name): \(mode)", [reader, mode, file]) }
  }
  if isInstalled("gzip") { contest.add("gzip -dc", ["gzip", "-dc", layer.gzip]) }
  if isInstalled("bsdtar") { contest.add("bsdtar -tf", ["bsdtar", "-tf", layer.gzip]) }
  contest.run(rounds: 9, in: directory)
  print("a layer; the least of nine rounds")
  for name in contest.names { print("  \(name): \(rounded(contest.least(name) ?? 0)) ms CPU") }
  var goals = Goals()
  func ratio(_ name: String, _ judge: String) -> Double? {
    contest.least(name).flatMap { ours in contest.least(judge).map { ours / $0 } }
  }
  goals.check("gzip, entries and hashes, no digest", ratio("gzip: hash", "igzip -dc"), atMost: 1.9, "× igzip -dc")
  goals.check("gzip, both digests and hashes", ratio("gzip: verify", "igzip -dc"), atMost: 2.6, "× igzip -dc")
  goals.check("zstd, both digests and hashes", ratio("zstd: verify", "zstd -dc"), atMost: 1.9, "× zstd -dc")
  goals.check("no run has failed", contest.names.allSatisfy { contest.statuses($0) == [0] })
  return goals
}
