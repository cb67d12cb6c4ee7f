extension TarReader {
  /// Puts together what the header and those before it say of an entry.
  mutating func describe(_ block: Span<UInt8>, type: UInt8, size: Int) throws(ArchiveError) {
    guard entries < limits.entries else { throw ArchiveError(.limit(.entries(limits.entries))) }
    let place = start ?? ArchivePosition(offset: offset, blobBit: 0)
    start = nil
    entry = TarEntry()
    entry.start = place
    entry.mode = UInt32(truncatingIfNeeded: field(block, TarBlock.mode, .mode) & 0o7777)
    entry.uid = values.uid ?? field(block, TarBlock.uid, .uid)
    entry.gid = values.gid ?? field(block, TarBlock.gid, .gid)
    entry.modified =
      values.modified ?? TarTime(seconds: Int64(field(block, TarBlock.modified, .mtime)))
    entry.overlay = values.overlay
    try takeNames(block)
    entry.kind = Self.kind(type, isNamedAsDirectory: name.last == UInt8(ascii: "/"))
    let size = values.size ?? size
    switch type {
    case UInt8(ascii: "2"), UInt8(ascii: "5"), UInt8(ascii: "6"): break
    case UInt8(ascii: "3"), UInt8(ascii: "4"):
      entry.deviceMajor = field(block, TarBlock.deviceMajor, .device)
      entry.deviceMinor = field(block, TarBlock.deviceMinor, .device)
    default:
      entry.dataSize = size
      switch entry.kind {
      case .regular, .other: entry.size = size
      default: break
      }
    }
  }

  /// The kind of a type; old programs wrote directories as files whose name ends with a slash.
  private static func kind(_ type: UInt8, isNamedAsDirectory: Bool) -> TarEntryKind {
    switch type {
    case 0: isNamedAsDirectory ? .directory : .regular
    case UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): .regular
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .symbolicLink
    case UInt8(ascii: "3"): .characterDevice
    case UInt8(ascii: "4"): .blockDevice
    case UInt8(ascii: "5"): .directory
    case UInt8(ascii: "6"): .pipe
    default: .other(type)
    }
  }

  /// A number that may be wrong without making the archive unreadable.
  private mutating func field(_ block: Span<UInt8>, _ range: Range<Int>, _ field: ArchiveError.TarField) -> Int {
    if let value = TarBlock.number(block, range) { return value }
    note(.number(field, offset: entry.start.offset))
    return 0
  }

  /// The path and the link's target: a long name of GNU tar before pax, as Go's reader has it, and so Docker.
  private mutating func takeNames(_ block: Span<UInt8>) throws(ArchiveError) {
    name.removeAll(keepingCapacity: true)
    if let longName, !longName.isEmpty {
      name = longName
    } else if let path = values.sparse?.name ?? values.path {
      name = path
    } else {
      TarBlock.appendPath(block, to: &name)
    }
    link.removeAll(keepingCapacity: true)
    if let longLink, !longLink.isEmpty {
      link = longLink
    } else if let target = values.link {
      link = target
    } else if block[TarBlock.link.lowerBound] != 0 {
      TarBlock.append(block, TarBlock.link, to: &link)
    }
    for text in [name, link] where text.count > min(limits.pathDepth, limits.pathLength) {
      guard text.count <= limits.pathLength else { throw ArchiveError(.limit(.pathLength(limits.pathLength))) }
      guard text.count(where: { $0 == UInt8(ascii: "/") }) <= limits.pathDepth else {
        throw ArchiveError(.limit(.pathDepth(limits.pathDepth)))
      }
    }
  }
}
