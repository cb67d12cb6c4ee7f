extension Inflater {
  /// Decodes symbols until the block ends, the output has reached its mark, or the input is nearly used up.
  ///
  /// One turn reads ahead twice, so at most 16 bytes go by, and 8 are looked at beyond them. Turns start only
  /// where that many are left; at the end of all input, where zeros follow, they start until every true bit is used.
  mutating func decodeSymbols(
    _ input: inout InflateInput, _ output: inout InflateOutput
  ) throws(InflateFailure) -> InflateStop {
    let literal = HuffmanTable.literal
    let exceptional = HuffmanTable.exceptional
    let lengthTable = unsafe lengths.entries
    let distanceTable = unsafe distances.entries
    let lengthMask = UInt64(1 << lengths.primaryBits - 1)
    let distanceMask = UInt64(1 << distances.primaryBits - 1)
    let limit = unsafe input.isLast ? input.end + 8 : input.end - 32
    let mark = unsafe output.mark
    let base = unsafe output.base
    var next = unsafe input.next
    var out = unsafe output.next
    var bits = self.bits
    var bitCount = self.bitCount
    defer {
      self.bits = bits
      self.bitCount = bitCount & 63
      unsafe input.next = next
      unsafe output.next = out
    }

    guard unsafe out < mark else { return .output }
    guard unsafe next < limit else { return .input }
    unsafe refill(&bits, &bitCount, &next)
    var entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
    while unsafe out < mark {
      guard unsafe next < limit else { return .input }
      // The entry is there already, so that its branches need not wait for this.
      unsafe refill(&bits, &bitCount, &next)
      if entry & literal != 0 {
        // Three literals of the first table take 33 bits at most, and 23 are left for a look-up.
        unsafe take(literal: entry, &bits, &bitCount, &out)
        entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
        if entry & literal != 0 {
          unsafe take(literal: entry, &bits, &bitCount, &out)
          entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
          if entry & literal != 0 {
            unsafe take(literal: entry, &bits, &bitCount, &out)
            entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
            continue
          }
        }
      }
      if entry & exceptional != 0 {
        if entry & HuffmanTable.endOfBlock != 0 {
          bits &>>= UInt64(entry)
          bitCount &-= UInt64(entry)
          return .end
        }
        guard entry & HuffmanTable.invalid == 0 else { throw .symbol }
        entry = unsafe second(entry, lengthTable, &bits, &bitCount)
        if entry & literal != 0 {
          unsafe take(literal: entry, &bits, &bitCount, &out)
          entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
          continue
        }
        if entry & exceptional != 0 {
          guard entry & HuffmanTable.endOfBlock != 0 else { throw .symbol }
          bits &>>= UInt64(entry)
          bitCount &-= UInt64(entry)
          return .end
        }
      }
      let length = value(entry, &bits, &bitCount)
      // 56 - 22 - 20 bits are left, enough for the look-up, which so need not wait for the next input.
      entry = unsafe distanceTable[Int(truncatingIfNeeded: bits & distanceMask)]
      unsafe refill(&bits, &bitCount, &next)
      if entry & exceptional != 0 {
        guard entry & HuffmanTable.invalid == 0 else { throw .symbol }
        entry = unsafe second(entry, distanceTable, &bits, &bitCount)
        guard entry & exceptional == 0 else { throw .symbol }
      }
      let distance = value(entry, &bits, &bitCount)
      guard unsafe distance <= out - base else { throw .distance }
      // A distance takes 28 bits at most, so the next symbol can be looked up before its input and the copy.
      entry = unsafe lengthTable[Int(truncatingIfNeeded: bits & lengthMask)]
      unsafe copyMatch(to: out, distance: distance, length: length)
      unsafe out += length
    }
    return .output
  }

  /// Reads ahead, so that there are 56 bits at least.
  @inline(__always)
  private func refill(_ bits: inout UInt64, _ bitCount: inout UInt64, _ next: inout UnsafePointer<UInt8>) {
    bits |= unsafe UnsafeRawPointer(next).loadUnaligned(as: UInt64.self).littleEndian &<< bitCount
    unsafe next += Int(truncatingIfNeeded: 7 &- (bitCount &>> 3) & 7)
    bitCount |= 56
  }

  /// Puts out the literal of an entry.
  @inline(__always)
  private func take(
    literal entry: UInt32, _ bits: inout UInt64, _ bitCount: inout UInt64, _ out: inout UnsafeMutablePointer<UInt8>
  ) {
    bits &>>= UInt64(entry)
    bitCount &-= UInt64(entry)
    unsafe out.pointee = UInt8(truncatingIfNeeded: entry &>> 8)
    unsafe out += 1
  }

  /// The entry of the second table that an entry of the first leads to.
  @inline(__always)
  private func second(
    _ entry: UInt32, _ table: UnsafeMutablePointer<UInt32>, _ bits: inout UInt64, _ bitCount: inout UInt64
  ) -> UInt32 {
    bits &>>= UInt64(entry)
    bitCount &-= UInt64(entry)
    let mask = UInt64(1) &<< UInt64(entry &>> 8 & 63) &- 1
    return unsafe table[Int(truncatingIfNeeded: UInt64(entry &>> 16) &+ bits & mask)]
  }

  /// The base value of an entry and the extra bits that follow its code.
  @inline(__always)
  private func value(_ entry: UInt32, _ bits: inout UInt64, _ bitCount: inout UInt64) -> Int {
    let mask = UInt64(1) &<< UInt64(entry) &- 1
    let extra = (bits & mask) &>> UInt64(entry &>> 8)
    bits &>>= UInt64(entry)
    bitCount &-= UInt64(entry)
    return Int(truncatingIfNeeded: UInt64(entry &>> 16) &+ extra)
  }

  /// Copies a match, in words; up to 15 bytes beyond it may be written.
  @inline(__always)
  private func copyMatch(to target: UnsafeMutablePointer<UInt8>, distance: Int, length: Int) {
    let target = UnsafeMutableRawPointer(target)
    let source = unsafe UnsafeRawPointer(target) - distance
    if distance >= 16 {
      unsafe target.storeBytes(of: source.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
      var index = 16
      while index < length {
        unsafe (target + index).storeBytes(
          of: (source + index).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
        index &+= 16
      }
    } else if distance == 1 {
      let word = unsafe SIMD16<UInt8>(repeating: source.load(as: UInt8.self))
      var index = 0
      while index < length {
        unsafe (target + index).storeBytes(of: word, as: SIMD16<UInt8>.self)
        index &+= 16
      }
    } else {
      // Where source and target lie nearer than a word, each step makes `distance` more bytes right.
      let step = min(distance, 8)
      var index = 0
      while index < length {
        unsafe (target + index).storeBytes(of: (source + index).loadUnaligned(as: UInt64.self), as: UInt64.self)
        index &+= step
      }
    }
  }
}
