/// Whether `sought` occurs in `bytes`, ASCII letters taken without case; the empty text always does.
public func contains(_ bytes: ArraySlice<UInt8>, ignoringCase sought: [UInt8]) -> Bool {
  end(of: sought, in: bytes) != nil
}

/// Where `sought` ends that occurs first in `bytes`, ASCII letters taken without case; nil where it does not occur.
public func end(of sought: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
  guard let first = sought.first.map(lowercased) else { return bytes.startIndex }
  var start = bytes.startIndex
  while bytes.endIndex - start >= sought.count {
    if lowercased(bytes[start]) == first,
      zip(bytes[start...], sought).allSatisfy({ lowercased($0) == lowercased($1) })
    {
      return start + sought.count
    }
    start += 1
  }
  return nil
}

/// An ASCII capital as its small letter; any other byte as it is.
func lowercased(_ byte: UInt8) -> UInt8 {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
}
