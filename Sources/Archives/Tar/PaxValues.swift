/// What the records of extended headers say of an entry (POSIX pax, "Extended Header"); nil is what they do not say.
struct PaxValues {
  /// What they say of a sparse file (GNU tar's manual, "Storing Sparse Files").
  struct Sparse {
    var major = 0
    var minor = 0
    var size: Int?
    var name: [UInt8]?
    var map = SparseMap()
    /// The offset of a part whose length comes in the next record (form 0.0).
    var offset: Int?

    /// Whether the map stands before the data.
    var hasMapInData: Bool { major == 1 && minor == 0 }

    /// A number, which makes the map doubtful where it is none or too large to be counted.
    mutating func number(_ value: ArraySlice<UInt8>) -> Int? {
      let number = PaxValues.digits(value)
      if number == nil { map.doubt() }
      return number
    }

    /// Takes a part of the map, as far as both numbers are known; each counts for the limit.
    mutating func add(offset: Int?, count: Int?, limit: Int) throws(ArchiveError) {
      if offset == nil || count == nil { map.doubt() }
      try map.add(offset: offset ?? 0, count: count ?? 0, limit: limit)
    }
  }

  var path: [UInt8]?
  var link: [UInt8]?
  var size: Int?
  var uid: Int?
  var gid: Int?
  var modified: TarTime?
  var overlay: OverlayAttributes = []
  var sparse: Sparse?

  /// Takes all records of one extended header.
  ///
  /// - Parameters:
  ///   - records: the records.
  ///   - limits: how many parts a sparse file may have.
  ///   - areForAll: whether they stand for all entries that follow. What is said of a sparse file there is let alone: a
  ///     map fits one file, and every entry would copy it.
  /// - Throws: that they cannot be read.
  mutating func read(_ records: [UInt8], limits: ArchiveLimits, areForAll: Bool = false) throws(ArchiveError) {
    var start = 0
    while start < records.count {
      var index = start
      var length = 0
      while index < records.count, (0x30...0x39).contains(records[index]) {
        length = length * 10 + Int(records[index] - 0x30)
        guard length <= records.count else { throw ArchiveError(.records) }
        index += 1
      }
      let end = start + length
      guard index > start, index < records.count, records[index] == UInt8(ascii: " "), end <= records.count,
        end > index + 1, records[end - 1] == UInt8(ascii: "\n"),
        let equals = records[(index + 1)..<(end - 1)].firstIndex(of: UInt8(ascii: "=")), equals > index + 1
      else { throw ArchiveError(.records) }
      let key = records[(index + 1)..<equals]
      if !areForAll || !key.starts(with: Self.sparsePrefix) {
        try take(key, records[(equals + 1)..<(end - 1)], limits: limits)
      }
      start = end
    }
  }

  private static let sparsePrefix = Array("GNU.sparse.".utf8)

  /// Takes a record; an empty value withdraws what was said before.
  private mutating func take(
    _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, limits: ArchiveLimits
  ) throws(ArchiveError) {
    switch String(decoding: key, as: UTF8.self) {
    case "path": path = try Self.text(value)
    case "linkpath": link = try Self.text(value)
    case "size": size = try Self.number(value, .size)
    case "uid": uid = try Self.number(value, .uid)
    case "gid": gid = try Self.number(value, .gid)
    case "mtime": modified = try Self.time(value)
    case let key where key.hasPrefix("GNU.sparse."):
      try takeSparse(key.dropFirst("GNU.sparse.".utf8.count), value, limit: limits.sparseParts)
    case let key where key.hasPrefix("SCHILY.xattr."):
      takeAttribute(key.dropFirst("SCHILY.xattr.".utf8.count), Array(value))
    case let key where key.hasPrefix("LIBARCHIVE.xattr."):
      // libarchive writes values in base 64; those that matter here are one letter.
      let letter: [ArraySlice<UInt8>: UInt8] = [
        ArraySlice("eQ==".utf8): UInt8(ascii: "y"), ArraySlice("eQ".utf8): UInt8(ascii: "y"),
        ArraySlice("eA==".utf8): UInt8(ascii: "x"), ArraySlice("eA".utf8): UInt8(ascii: "x"),
      ]
      takeAttribute(key.dropFirst("LIBARCHIVE.xattr.".utf8.count), letter[value].map { [$0] } ?? [])
    default: break
    }
  }

  private mutating func takeSparse(_ key: Substring, _ value: ArraySlice<UInt8>, limit: Int) throws(ArchiveError) {
    // Taken out, so that the map grows in place; nothing else holds it, as records for all entries give none.
    var sparse = self.sparse ?? Sparse()
    self.sparse = nil
    switch key {
    case "major": sparse.major = sparse.number(value) ?? 0
    case "minor": sparse.minor = sparse.number(value) ?? 0
    case "name": sparse.name = try Self.text(value)
    case "size", "realsize": sparse.size = sparse.number(value)
    case "offset":
      // Two in a row, or one without a length behind it, are found when the map is compared with the data.
      sparse.offset = sparse.number(value)
    case "numbytes":
      try sparse.add(offset: sparse.offset, count: sparse.number(value), limit: limit)
      sparse.offset = nil
    case "map":
      var offset: Int?
      var isOffset = true
      for number in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) where !value.isEmpty {
        if isOffset {
          offset = sparse.number(number)
        } else {
          try sparse.add(offset: offset, count: sparse.number(number), limit: limit)
        }
        isOffset.toggle()
      }
      if !isOffset { sparse.map.doubt() }
    default: break
    }
    self.sparse = sparse
  }

  private mutating func takeAttribute(_ key: Substring, _ value: [UInt8]) {
    let name = key.hasPrefix("trusted.") ? key.dropFirst(8) : key.hasPrefix("user.") ? key.dropFirst(5) : ""
    switch name {
    case "overlay.opaque" where value == Array("y".utf8): overlay.insert(.opaque)
    case "overlay.opaque" where value == Array("x".utf8): overlay.insert(.holdsWhiteouts)
    case "overlay.whiteout": overlay.insert(.whiteout)
    case "overlay.redirect": overlay.insert(.redirect)
    case "overlay.metacopy": overlay.insert(.metadataOnly)
    default: break
    }
  }

  /// A path; NUL cannot be part of one.
  private static func text(_ value: ArraySlice<UInt8>) throws(ArchiveError) -> [UInt8]? {
    guard !value.contains(0) else { throw ArchiveError(.records) }
    return value.isEmpty ? nil : Array(value)
  }

  private static func number(_ value: ArraySlice<UInt8>, _ field: ArchiveError.TarField) throws(ArchiveError) -> Int? {
    if value.isEmpty { return nil }
    guard let number = digits(value) else { throw ArchiveError(.number(field)) }
    return number
  }

  /// A decimal number without sign; nil where there is none or it is too large.
  fileprivate static func digits(_ value: ArraySlice<UInt8>) -> Int? {
    guard !value.isEmpty else { return nil }
    var number = 0
    for byte in value {
      guard (0x30...0x39).contains(byte) else { return nil }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.addingReportingOverflow(Int(byte - 0x30))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return number
  }

  /// A time: seconds with a sign and with as many digits after the point as one likes.
  private static func time(_ value: ArraySlice<UInt8>) throws(ArchiveError) -> TarTime? {
    if value.isEmpty { return nil }
    let isNegative = value.first == UInt8(ascii: "-")
    let parts = value.dropFirst(isNegative ? 1 : 0).split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let seconds = digits(parts[0]), parts.count == 1 || parts[1].allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw ArchiveError(.number(.mtime))
    }
    var nanoseconds: UInt32 = 0
    let fraction = parts.count == 1 ? [] : parts[1]
    for digit in 0..<9 {
      let index = fraction.startIndex + digit
      nanoseconds = nanoseconds * 10 + (digit < fraction.count ? UInt32(fraction[index] - 0x30) : 0)
    }
    guard isNegative else { return TarTime(seconds: Int64(seconds), nanoseconds: nanoseconds) }
    // Seconds are rounded down, so a fraction counts up from the second before.
    let isWhole = nanoseconds == 0
    return TarTime(seconds: -Int64(seconds) - (isWhole ? 0 : 1), nanoseconds: isWhole ? 0 : 1_000_000_000 - nanoseconds)
  }
}
