internal import Dockerfiles
internal import SourceText

extension DockerfileEnvironmentEditor {
  /// The pairs of the stage's ENVs that set a variable, by the instruction's number.
  func assignments(of name: String) throws(EditRefusal) -> [(instruction: Int, pairs: [Int])] {
    var places: [(instruction: Int, pairs: [Int])] = []
    for index in stage.instructions where file.instructions[index].keyword == .env {
      let instruction = file.instructions[index]
      guard case .pairs(let pairs, _) = instruction.arguments else { continue }
      let found = pairs.indices.filter { number in
        let key = expand(instruction.text[pairs[number].key], escape: file.escape) { _ in .unknown }
        return key?.elementsEqual(name.utf8) ?? false
      }
      if !found.isEmpty { places.append((index, found)) }
    }
    return places
  }

  /// The lines of an instruction; with the line end before them where they end the file without one.
  func lines(of instruction: Instruction) -> ByteRange {
    let range = instruction.range
    guard range.upper == file.bytes.count, file.bytes.last != 0x0A, range.lower > 0 else { return range }
    let isCarriageReturn = range.lower > 1 && file.bytes[range.lower - 2] == 0x0D
    return ByteRange(range.lower - (isCarriageReturn ? 2 : 1), range.upper)
  }

  /// The edits that take some of an ENV's pairs out and leave the others as they stand.
  func removal(of gone: Set<Int>, from pairs: [Pair], in instruction: Instruction) -> [Edit] {
    let places = pairs.map { instruction.text.physical($0.range) }
    var edits: [Edit] = []
    var index = 0
    while index < places.count {
      guard gone.contains(index) else {
        index += 1
        continue
      }
      // Neighbours that go together are taken out by one edit.
      var last = index
      while gone.contains(last + 1) { last += 1 }
      let place = ByteRange(places[index].lower, places[last].upper)
      let previous = index > 0 ? places[index - 1] : nil
      let next = last + 1 < places.count ? places[last + 1] : nil
      edits += removal(of: place, between: previous, and: next)
      index = last + 1
    }
    return edits
  }

  private func removal(of place: ByteRange, between previous: ByteRange?, and next: ByteRange?) -> [Edit] {
    guard let previous else {
      // The first pairs: the next one moves up to the keyword, unless comments stand between.
      let upper = next.map { holdsComment(place.upper, $0.lower) ? place.upper : $0.lower } ?? place.upper
      return [Edit(ByteRange(place.lower, upper), [])]
    }
    let isFirstOfLine = startOfLine(place.lower) > previous.lower
    guard let next else {
      if !holdsComment(previous.upper, place.lower) { return [Edit(ByteRange(previous.upper, place.upper), [])] }
      // Comments stay, as lines of their own: the line above them must not go on any more.
      let end = endOfText(previous.upper)
      let line = startOfLine(place.lower)
      return [Edit(ByteRange(previous.upper, end), []), Edit(ByteRange(line, endOfLine(place.upper)), [])]
    }
    let isLastOfLine = endOfLine(place.upper) <= next.lower
    if isFirstOfLine, isLastOfLine {
      return [Edit(ByteRange(startOfLine(place.lower), endOfLine(place.upper)), [])]
    }
    return [Edit(isFirstOfLine ? ByteRange(place.lower, next.lower) : ByteRange(previous.upper, place.upper), [])]
  }

  /// Whether there is more than blanks, escape characters and line ends in a range.
  private func holdsComment(_ lower: Int, _ upper: Int) -> Bool {
    !file.bytes[lower..<upper].allSatisfy { [0x20, 0x09, 0x0D, 0x0A, file.escape].contains($0) }
  }

  /// Just past the line end of the line that holds an offset.
  private func endOfLine(_ offset: Int) -> Int {
    file.bytes[offset...].firstIndex(of: 0x0A).map { $0 + 1 } ?? file.bytes.count
  }

  /// The end of the line that holds an offset, without its line end.
  private func endOfText(_ offset: Int) -> Int {
    var end = file.bytes[offset...].firstIndex(of: 0x0A) ?? file.bytes.count
    while end > offset, file.bytes[end - 1] == 0x0D { end -= 1 }
    return end
  }
}
