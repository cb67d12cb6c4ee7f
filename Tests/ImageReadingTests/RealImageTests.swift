import Facts
import Glibc
import ImageReading
import Images
import SourceText
import TestSupport
import Testing

/// Where `Tests/Proof/prove-reading.sh` has put a real image in all its forms.
private let place = unsafe getenv("CACHEPOLICY_REAL_IMAGE").map { unsafe String(cString: $0) }

/// Compares what is read of a real image with what umoci makes of it, and its forms with each other.
@Suite("A real image", .enabled(if: place != nil, "sh Tests/Proof/prove-reading.sh builds it and runs these tests"))
struct RealImageTests {
  private func read(_ target: String, jobs: Int = 2) throws -> ReadImage {
    let parts = target.split(separator: ":", maxSplits: 1)
    let directory = try #require(place)
    let target = try ImageTarget("\(parts[0]):\(directory)/\(parts[1])")
    let parsed = try #require(target)
    var options = ReadingOptions()
    options.jobs = jobs
    let result = readImages(parsed, options: options)
    #expect(result.messages == [])
    return try #require(result.images.first)
  }

  @Test("the merged view is what umoci unpacks, path by path") func view() throws {
    let view = try read("oci:oci").facts.union.merged
    var ours: [String] = []
    view.walk { path, item in
      let kind = Self.letters[item.type] ?? "?"
      let target = view.target(of: item).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let metadata = view.metadata(of: item)
      ours.append(
        "\(String(decoding: path, as: UTF8.self)) \(kind) \(view.size(of: item) ?? 0) \(target) "
          + "\(String(metadata?.mode ?? 0, radix: 8)) \(metadata?.user ?? 0) \(metadata?.group ?? 0) "
          + "\(metadata?.seconds ?? 0)")
      return .enter
    }
    let format = "%P %y %s %l %m %U %G %Ts\\n"
    let directory = try #require(place)
    let found = try run(["find", "bundle/rootfs", "-mindepth", "1", "-printf", format], in: directory)
    let theirs = found.text.split(separator: "\n").map { line in
      var fields = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let last = fields.count - 1
      // Only a file has a size that an archive knows; the time has a fraction in some versions of find.
      if fields[last - 6] != "f" { fields[last - 5] = "0" }
      return fields.joined(separator: " ")
    }
    #expect(Set(ours).symmetricDifference(theirs).sorted().prefix(20) == [])
    #expect(ours.count == theirs.count && ours.count > 1000)
  }

  @Test("all forms of the image have the same ledgers") func forms() throws {
    let layout = try read("oci:oci")
    let expected = layout.facts.union.charges.map(Self.words)
    for target in ["oci:oci-zstd", "oci-archive:oci-archive.tar", "docker-archive:docker-archive.tar"] {
      let other = try read(target)
      #expect(other.facts.union.charges.map(Self.words) == expected, "\(target)")
      #expect(other.bytecode.map(\.count) == layout.bytecode.map(\.count))
    }
    let totals = layout.facts.union.totals
    let parts = [Ledger.live, .dead, .metadataOnly].map { totals[ledger: $0].bytes }
    #expect(parts.reduce(0, +) == totals.shipped.bytes)
    // Layer 4 makes a pip cache of 20 files of 1,000,000 bytes, which layer 5 deletes; layer 7 changes modes.
    #expect(expected.contains("4 5 deleted 20000000 20"))
    #expect(
      expected.contains { $0.hasPrefix("0 6 deleted ") } && expected.contains { $0.hasPrefix("1 7 metadataOnly ") })
    #expect(expected.contains { $0.hasPrefix("1 5 deleted ") } && expected.contains { $0.hasPrefix("1 8 rewritten ") })
    // What the compressed layers take is all booked: what is left are their headers, directories and ends.
    let stored = layout.facts.layers.reduce(0) { $0 + ($1.storedBytes ?? 0) }
    let booked = try #require(totals.shipped.compressedBytes)
    #expect(booked <= stored && booked > stored * 9 / 10)
  }

  @Test("the unpacked tree holds what lives in the layers") func tree() throws {
    let tree = try read("rootfs:bundle/rootfs")
    let layout = try read("oci:oci", jobs: 1)
    let live = layout.facts.union.totals[ledger: .live]
    // A file whose disk is smaller than it is has holes, which a layer does not have.
    #expect(tree.facts.union.totals.shipped.files == live.files)
    var compared = 0
    layout.facts.union.merged.walk { path, item in
      guard let scan = layout.scan(of: item) else { return .enter }
      let other = tree.facts.union.merged.item(at: Path(path), followsLinks: false)
      #expect(other.flatMap { tree.scan(of: $0) } == scan)
      compared += 1
      return .enter
    }
    #expect(compared > 500)
  }

  @Test("the store that the image was built in has the same ledgers") func store() throws {
    let layout = try read("oci:oci")
    let store = try read("rootfs:top")
    #expect(store.facts.union.charges.map(Self.words) == layout.facts.union.charges.map(Self.words))
  }

  /// The kinds as find prints them.
  private static let letters: [LayerEntryType: String] = [
    .file: "f", .directory: "d", .symbolicLink: "l", .characterDevice: "c", .blockDevice: "b", .pipe: "p",
  ]

  private static func words(_ charge: LedgerCharge) -> String {
    "\(charge.writer) \(charge.end ?? -1) \(charge.fate) \(charge.amount.bytes) \(charge.amount.files)"
  }
}
