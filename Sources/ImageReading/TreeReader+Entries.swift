internal import Bytecode
internal import Files
internal import Images
internal import SourceText

extension TreeReader {
  /// From this size on a file that takes less of the disk has holes; below, file systems store files in other ways.
  private static let sparseSize = 64 << 10

  /// Takes what stands at a path into the table.
  mutating func take(
    _ path: Path, _ name: [UInt8], _ status: FileStatus, in directory: borrowing Descriptor
  ) throws(FileError) {
    if isOverlay, try isWhiteout(path, name, status, in: directory) {
      return table { (builder) throws(LayerError) in try builder.addWhiteout(path.bytes.span) }
    }
    var type = Self.type(status)
    var target: [UInt8] = []
    if type == .symbolicLink {
      target = try directory.linkTarget(ofEntry: name, path: shown(path))
      content.bytecode.noteLink(name)
    }
    if type == .file, status.names > 1 {
      if let first = firstNames[status.identity] {
        type = .hardLink
        target = first
      } else {
        firstNames[status.identity] = path.bytes
      }
    }
    let metadata = EntryMetadata(
      mode: UInt16(truncatingIfNeeded: status.permissions), user: status.owner, group: status.group,
      seconds: status.modifiedSeconds, nanoseconds: status.modifiedNanoseconds)
    guard type == .file else {
      return table { (builder) throws(LayerError) in
        try builder.add(path.bytes.span, type, target: target[...], metadata: metadata)
      }
    }
    var failed: FileError?
    var isWhole = false
    let isSparse = status.size >= Self.sparseSize && status.storedSize < status.size
    let isHashed = hashes && (!isSparse || holes.take(status.size - status.storedSize, of: path.bytes))
    reader.begin(filter.wish(for: path.bytes), hashes: isHashed, keys: [])
    do throws(FileError) {
      isWhole = try readContent(name, status, in: directory, path: shown(path))
    } catch {
      failed = error
    }
    let held = EntryContent(
      size: status.size, dataBytes: isSparse ? status.storedSize : status.size,
      hash: isWhole ? reader.contentHash : nil, head: reader.head)
    let number = builder.count
    table { (builder) throws(LayerError) in
      try builder.add(path.bytes.span, .file, content: held, metadata: metadata)
    }
    if failed == nil, builder.count > number { reader.finish(number, into: &content, isWhole: isWhole) }
    if let failed { throw failed }
  }

  /// Reads as much of a file as is wanted; tells whether all of it was read.
  private mutating func readContent(
    _ name: [UInt8], _ status: FileStatus, in directory: borrowing Descriptor, path: Path
  ) throws(FileError) -> Bool {
    if reader.isSettled { return false }
    if status.size == 0 { return true }
    let file = try RandomAccessFile(named: name, in: directory, path: path)
    var offset = 0
    while !reader.isSettled {
      let count = try next(of: file, at: offset)
      if count == 0 { return true }
      offset += count
      unsafe buffer.withUnsafeBufferPointer { unsafe reader.update(UnsafeBufferPointer(rebasing: $0[..<count]).span) }
      if !hashes, !reader.isSettled, reader.scannedBytes > limits.bytecodeSize {
        longBytecode += 1
        return false
      }
    }
    return offset >= status.size
  }

  private mutating func next(of file: RandomAccessFile, at offset: Int) throws(FileError) -> Int {
    var failure: FileError?
    let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
      do throws(FileError) {
        return try unsafe file.read(into: bytes, at: offset)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return count
  }

  /// Reads a file of the tree once more, and hands over what was seen of it.
  mutating func read(_ wanted: WantedSource, into content: inout LayerContent) throws(FileError) {
    let path = wanted.path
    let file = try place().file(path)
    if file.size > ReadingLimits.usualSource, !wanted.keys.isEmpty,
      !holes.take(file.size, keys: wanted.keys.count, of: path.bytes)
    {
      return
    }
    var reader = ContentReader(limits: limits)
    reader.begin(
      EntryFilter.Wish(isBytecode: wanted.isBytecode, isSource: !wanted.keys.isEmpty), hashes: false, keys: wanted.keys)
    var offset = 0
    while !reader.isSettled, offset <= limits.bytecodeSize {
      let count = try next(of: file, at: offset)
      if count == 0 { break }
      offset += count
      unsafe buffer.withUnsafeBufferPointer { unsafe reader.update(UnsafeBufferPointer(rebasing: $0[..<count]).span) }
    }
    reader.finish(wanted.entry.entry, into: &content, isWhole: offset >= file.size)
  }

  /// Whether it hides what stands there in a lower layer (kernel documentation, `filesystems/overlayfs.rst`).
  private mutating func isWhiteout(
    _ path: Path, _ name: [UInt8], _ status: FileStatus, in directory: borrowing Descriptor
  ) throws(FileError) -> Bool {
    if status.isWhiteout { return true }
    if status.kind == .directory {
      let opened = try directory.directory(named: name, path: shown(path))
      if has(opened, "trusted.overlay.redirect", "user.overlay.redirect") { overlayMarks += 1 }
    }
    guard status.kind == .regular, status.size == 0 || status.storedSize == 0 else { return false }
    // The attributes of a file are asked of it open, which only a reader of it may.
    guard let file = try? RandomAccessFile(named: name, in: directory, path: shown(path)) else { return false }
    if file.hasAttribute("trusted.overlay.metacopy") || file.hasAttribute("user.overlay.metacopy") { overlayMarks += 1 }
    return status.size == 0
      && (file.hasAttribute("trusted.overlay.whiteout") || file.hasAttribute("user.overlay.whiteout"))
  }

  private func has(_ directory: borrowing Descriptor, _ first: StaticString, _ second: StaticString) -> Bool {
    directory.attribute(first) != nil || directory.attribute(second) != nil
  }

  private static func type(_ status: FileStatus) -> LayerEntryType {
    switch status.kind {
    case .regular: .file
    case .directory: .directory
    case .symbolicLink: .symbolicLink
    case .pipe: .pipe
    case .device: status.isBlockDevice ? .blockDevice : .characterDevice
    case .socket, .unknown: .other
    }
  }
}
