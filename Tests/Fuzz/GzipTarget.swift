import Archives
import CZlib

/// Holds the inflater and the framing of gzip to zlib.
///
/// The first byte tells how large the pieces are that are read; the others are a deflate stream, which gets a header
/// and the trailer that zlib's output asks for, since hardly any checksum is found by chance. Then the same bytes are
/// taken for a gzip file as they are.
func checkGzip(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  let readSize = first < 128 ? Int(first) + 1 : 1 << (Int(first) & 15)
  let stream = Array(bytes.dropFirst())
  let raw = zlibResult(of: stream, windowBits: -15)
  var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + stream.prefix(raw.used)
  file += littleEndian(raw.checksum) + littleEndian(UInt32(truncatingIfNeeded: raw.output.count))
  // A stream that zlib finds truncated would go on in the trailer.
  if raw.isTruncated { file.removeLast(8) }
  compare(file, raw, readSize)

  let whole = [0x1F, 0x8B, 8] + stream
  compare(whole, zlibMembers(of: whole), readSize)
}

/// What zlib made of a stream.
private struct ZlibResult {
  var isAccepted = false
  var isTruncated = false
  var used = 0
  var output: [UInt8] = []
  var checksum: UInt32 = 0
}

private func compare(_ file: [UInt8], _ expected: ZlibResult, _ readSize: Int) {
  var options = ArchiveOptions()
  options.readSize = readSize
  var output: [UInt8] = []
  var failure: ArchiveError?
  do throws(ArchiveError) {
    _ = try decompress(ArchiveSource(file), options: options) { piece in
      unsafe piece.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
    }
  } catch {
    failure = error
    demand((error.compressedOffset ?? -1) >= 0, "an error has no place: \(error)")
    demand((error.compressedOffset ?? 0) <= file.count, "an error lies beyond the end: \(error)")
  }
  demand((failure == nil) == expected.isAccepted, "zlib \(expected.isAccepted), ours \(failure?.description ?? "true")")
  let count = failure == nil ? max(output.count, expected.output.count) : min(output.count, expected.output.count)
  demand(output.prefix(count) == expected.output.prefix(count), "the output differs")
}

/// Lets zlib inflate one stream.
private func zlibResult(of input: [UInt8], windowBits: Int32) -> ZlibResult {
  var result = ZlibResult()
  var stream = unsafe z_stream()
  guard unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    fatalError("zlib cannot begin")
  }
  defer { unsafe inflateEnd(&stream) }
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  var copy = input
  unsafe copy.withUnsafeMutableBufferPointer { input in
    unsafe stream.next_in = input.baseAddress
    unsafe stream.avail_in = UInt32(input.count)
    while true {
      let (status, made) = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        unsafe stream.next_out = buffer.baseAddress
        unsafe stream.avail_out = UInt32(buffer.count)
        let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
        return unsafe (status, buffer.count - Int(stream.avail_out))
      }
      result.output += buffer[..<made]
      result.isAccepted = status == Z_STREAM_END
      result.isTruncated = status == Z_BUF_ERROR || status == Z_OK
      if status != Z_OK || made == 0 { break }
    }
    result.used = unsafe input.count - Int(stream.avail_in)
  }
  result.checksum = unsafe UInt32(truncatingIfNeeded: crc32(0, result.output, UInt32(result.output.count)))
  return result
}

/// Lets zlib inflate member after member, as long as the next bytes begin one.
private func zlibMembers(of input: [UInt8]) -> ZlibResult {
  var result = ZlibResult()
  var rest = input
  while true {
    let member = zlibResult(of: rest, windowBits: 31)
    result.output += member.output
    result.isAccepted = member.isAccepted
    rest = Array(rest.dropFirst(member.used))
    if !member.isAccepted || !rest.starts(with: [0x1F, 0x8B]) { return result }
  }
}

private func littleEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
