import Glibc

/// An image as builders leave it, made by `make-image.sh`.
struct BenchImage {
  /// The layout with layers in gzip.
  let gzip: String
  /// The layout with layers in zstd.
  let zstd: String

  /// Makes the image where it does not stand yet; nil, with a message, where this machine cannot make it.
  init?(script: String, in directory: String) {
    gzip = "\(directory)/oci"
    zstd = "\(directory)/oci-zstd"
    if access("\(directory)/complete", R_OK) == 0 { return }
    try? makeDirectories(String(directory.prefix(upTo: directory.lastIndex(of: "/") ?? directory.endIndex)))
    print("\nmaking an image in \(directory) …")
    let result = system("bash '\(script)' '\(directory)' > '\(directory).log' 2>&1")
    if result != 0 {
      print("skipped: no image was made; \(directory).log tells why")
      return nil
    }
  }

  /// The files of a layout's layers: what is stored and is not JSON.
  static func layers(_ layout: String) -> [String] {
    let blobs = "\(layout)/blobs/sha256"
    guard let folder = opendir(blobs) else { return [] }
    defer { closedir(folder) }
    var files: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let file = open("\(blobs)/\(name)", O_RDONLY)
      var first: UInt8 = 0
      if file >= 0, Glibc.read(file, &first, 1) == 1, first != UInt8(ascii: "{") { files.append("\(blobs)/\(name)") }
      close(file)
    }
    return files.sorted()
  }
}

/// Measures the check of images against the programs that only decompress, and against another that examines.
func measureImages(binary: String, in directory: String, goals: inout Goals) {
  let work = "\(directory)/.build-bench/image"
  guard let image = BenchImage(script: "\(directory)/Benchmarks/make-image.sh", in: work) else { return }
  var contest = Contest()
  let check = [binary, "check", "--exit-zero", "--jobs"]
  contest.add("check oci:", check + ["1", "oci:\(image.gzip)"])
  contest.add("check --jobs 2 oci:", check + ["2", "oci:\(image.gzip)"])
  contest.add("check --no-verify oci:", check + ["1", "--no-verify", "oci:\(image.gzip)"])
  let layers = BenchImage.layers(image.gzip)
  if isInstalled("igzip") {
    contest.add("igzip -dc", ["igzip", "-dc"] + layers)
    // Only where two of them at once take no longer than one has the machine a second processor to give.
    let twice = #"igzip -dc "$@" >/dev/null & igzip -dc "$@" >/dev/null; wait"#
    contest.add("igzip -dc, twice at once", ["sh", "-c", twice, "sh"] + layers)
  }
  contest.add("check oci: of zstd", check + ["1", "oci:\(image.zstd)"])
  contest.add("check --jobs 2 oci: of zstd", check + ["2", "oci:\(image.zstd)"])
  if isInstalled("zstd") { contest.add("zstd -dc", ["zstd", "-qdc"] + BenchImage.layers(image.zstd)) }
  if isInstalled("syft") { contest.add("syft scan", ["syft", "scan", "-q", "oci-dir:\(image.gzip)"], once: true) }
  contest.run(rounds: 5, in: directory)

  print("\nan image of \(layers.count) layers; the least of the rounds")
  for name in contest.names {
    let memory = rounded(Double(contest.memory(name)) / 1_000_000)
    let times = "\(rounded(contest.least(name) ?? 0)) ms CPU  \(rounded(contest.leastWall(name) ?? 0)) ms wall"
    let statuses = contest.statuses(name).sorted().map(String.init).joined(separator: ",")
    print("  \(name): \(times)  \(memory) MB  exit \(statuses)")
  }
  func ratio(_ name: String, _ other: String, _ measure: (String) -> Double?) -> Double? {
    measure(name).flatMap { ours in measure(other).map { ours / $0 } }
  }
  print("\ngoals for images")
  for (name, judge, limit) in [
    ("check oci:", "igzip -dc", 2.6), ("check --no-verify oci:", "igzip -dc", 1.9),
    ("check oci: of zstd", "zstd -dc", 1.9), ("check oci:", "syft scan", 0.1),
  ] {
    goals.check(
      "\(name), against \(judge)", ratio(name, judge) { contest.least($0) },
      atMost: contest.least(judge).map { _ in limit }, "× CPU")
  }
  let busy = ratio("igzip -dc, twice at once", "igzip -dc") { contest.leastWall($0) }
  if let busy, busy > 1.15 {
    print("  skipped  two jobs against one: the machine is busy; two igzip at once took \(rounded(busy)) × one")
  } else {
    for name in ["oci:", "oci: of zstd"] {
      goals.check(
        "check --jobs 2 \(name), against one job",
        ratio("check --jobs 2 \(name)", "check \(name)") { contest.leastWall($0) }, atMost: 0.59, "× wall")
    }
  }
  for name in contest.names where name.hasPrefix("check") {
    goals.check("memory of \(name)", Double(contest.memory(name)) / 1_000_000, atMost: 100, "MB")
  }
  for name in contest.names { goals.check("\(name) ends with 0", contest.statuses(name) == [0]) }
}
