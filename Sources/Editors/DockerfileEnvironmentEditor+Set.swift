internal import Dockerfiles
internal import SourceText

extension DockerfileEnvironmentEditor {
  /// Puts another value where one is written, in its quotes.
  func correction(_ name: String, _ value: String, _ origin: VariableOrigin) throws(EditRefusal) -> Edit {
    let instruction = file.instructions[origin.instruction]
    guard let range = file.pair(of: origin)?.value else {
      throw EditRefusal("the value of `\(name)` is not written here")
    }
    let written = instruction.text[range]
    if written.contains(UInt8(ascii: "$")) {
      throw EditRefusal("line \(instruction.startLine) takes the value of `\(name)` from a variable")
    }
    guard instruction.text.isContiguous(range) else {
      throw EditRefusal("the value of `\(name)` goes over several lines")
    }
    try refuseUses(of: name, from: origin.instruction)
    var place = instruction.text.physical(range)
    if let quote = written.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), written.count >= 2,
      written.last == quote, !written.dropFirst().dropLast().contains(quote)
    {
      place = ByteRange(place.lower + 1, place.upper - 1)
    }
    return Edit(place, value)
  }

  /// Adds the variable to the stage: to its last ENV where that is a block, else on a line of its own.
  func insertion(
    _ name: String, _ value: String, before instruction: Int?
  ) throws(EditRefusal) -> (edits: [Edit], instructions: Int) {
    let limit = instruction ?? stage.instructions.upperBound
    let last = stage.instructions.last { $0 < limit && file.instructions[$0].keyword == .env }
    let place = last.map { $0 + 1 } ?? instruction ?? beforeStart()
    try refuseUses(of: name, from: place)
    if let last, let edit = merge(name, value, into: file.instructions[last]) { return ([edit], 0) }
    let model = file.instructions[last ?? stage.from]
    let keyword = keywordLike(model)
    let line = indentation(of: model) + keyword + [0x20] + "\(name)=\(value)".utf8
    // For a build, later is better: what stands between need not be built again.
    if let last, instruction == nil { return ([after(file.instructions[last], line)], 1) }
    if place == stage.instructions.upperBound { return ([after(file.instructions[place - 1], line)], 1) }
    let offset = startWithComments(of: instruction ?? place)
    return ([Edit(ByteRange(at: offset), line + lineEnd(before: offset))], 1)
  }

  /// The instruction that a variable for the running program goes before; the end of the stage where there is none.
  ///
  /// Everything later than that is cheap to build again.
  private func beforeStart() -> Int {
    var place = stage.instructions.upperBound
    for index in stage.instructions.dropFirst().reversed() {
      switch file.instructions[index].keyword {
      case .cmd, .entrypoint, .user: place = index
      case .expose, .healthcheck, .stopsignal, .label, .volume, .workdir, .maintainer, .onbuild: continue
      default: return place
      }
    }
    return place
  }

  /// Where an instruction begins, together with the comments that stand directly above it.
  private func startWithComments(of index: Int) -> Int {
    var offset = file.instructions[index].range.lower
    for piece in file.pieces.reversed() where piece.range.upper == offset {
      if piece.kind != .comment { break }
      offset = piece.range.lower
    }
    return offset
  }

  func after(_ instruction: Instruction, _ line: [UInt8]) -> Edit {
    let end = instruction.range.upper
    if end > 0, file.bytes[end - 1] == 0x0A { return Edit(ByteRange(at: end), line + lineEnd(before: end)) }
    // The file ends without a line end, and goes on to do so.
    return Edit(ByteRange(at: end), lineEnd(before: instruction.range.lower) + line)
  }

  /// The line end that stands before an offset, else that of the file's first line.
  func lineEnd(before offset: Int) -> [UInt8] {
    let end = file.bytes[..<offset].last == 0x0A ? offset - 1 : file.bytes.firstIndex(of: 0x0A)
    guard let end else { return [0x0A] }
    return end > 0 && file.bytes[end - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
  }

  private func keywordLike(_ instruction: Instruction) -> [UInt8] {
    let isSmall = instruction.keywordText.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    return Array((isSmall ? "env" : "ENV").utf8)
  }

  private func indentation(of instruction: Instruction) -> [UInt8] {
    let start = instruction.keyword == .from ? instruction.range.upper : instruction.lineRange.lower
    return Array(file.bytes[start...].prefix { instruction.keyword == .env && ($0 == 0x20 || $0 == 0x09) })
  }

  /// The edit that adds a pair to an ENV of several; nil where the ENV is no such block.
  private func merge(_ name: String, _ value: String, into instruction: Instruction) -> Edit? {
    guard case .pairs(let pairs, isLegacy: false) = instruction.arguments, pairs.count > 1, let last = pairs.last
    else { return nil }
    let end = instruction.text.physical(last.range).upper
    let tail = file.bytes[end..<instruction.lineRange.upper]
    // What follows the last pair must be the line's end: nothing that a longer line would swallow.
    guard tail.allSatisfy({ [0x20, 0x09, 0x0D, 0x0A].contains($0) }), tail.count(where: { $0 == 0x0A }) <= 1 else {
      return nil
    }
    let pair = Array("\(name)=\(value)".utf8)
    let lineStart = startOfLine(end)
    if lineStart <= instruction.lineRange.lower || startOfLine(instruction.text.physical(last.key.lower)) != lineStart {
      return Edit(ByteRange(at: end), [0x20] + pair)
    }
    let indentation = file.bytes[lineStart...].prefix { $0 == 0x20 || $0 == 0x09 }
    let lineEnd = lineEnd(before: lineStart)
    let gap = continuationGap(instruction, width: end - lineStart)
    return Edit(ByteRange(at: end), gap + [file.escape] + lineEnd + indentation + pair)
  }

  func startOfLine(_ offset: Int) -> Int {
    file.bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
  }

  /// The blanks before the escape character: up to the column where the block has all of its own, else one.
  private func continuationGap(_ instruction: Instruction, width: Int) -> [UInt8] {
    var columns: Set<Int> = []
    var isAligned = false
    for line in file.bytes[instruction.lineRange.indices].split(separator: 0x0A) {
      guard let end = line.lastIndex(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }), line[end] == file.escape else {
        continue
      }
      columns.insert(end - line.startIndex)
      isAligned = isAligned || line[..<end].suffix(2).elementsEqual([0x20, 0x20])
    }
    guard isAligned, columns.count == 1, let column = columns.first, column > width else { return [0x20] }
    return Array(repeating: 0x20, count: column - width)
  }
}
