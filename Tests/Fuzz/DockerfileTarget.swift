import Dockerfiles
import SourceText

/// Holds the reader of Dockerfiles to what it promises for any bytes at all.
func checkDockerfile(_ bytes: [UInt8]) {
  let file = Dockerfile(bytes)
  checkPieces(file)
  checkProblems(file)
  var line = 0
  for instruction in file.instructions {
    demand(instruction.startLine > line, "line \(instruction.startLine) follows line \(line)")
    demand(instruction.endLine >= instruction.startLine, "an instruction ends before it starts")
    line = instruction.endLine
    InstructionCheck(file: file, instruction: instruction).check()
  }
  checkStages(file)
}

/// The pieces follow each other without a gap and give the file back.
private func checkPieces(_ file: Dockerfile) {
  var offset = 0
  for piece in file.pieces {
    demand(piece.range.lower == offset, "a gap before byte \(piece.range.lower)")
    offset = piece.range.upper
    switch piece.kind {
    case .byteOrderMark, .blank, .comment: break
    case .directive(let index): demand(file.directives.indices.contains(index), "directive \(index) is missing")
    case .instruction(let index):
      demand(file.instructions.indices.contains(index), "instruction \(index) is missing")
      demand(file.instructions[index].range == piece.range, "instruction \(index) and its piece differ")
    }
  }
  demand(offset == file.bytes.count, "the pieces end at byte \(offset) of \(file.bytes.count)")
  demand(file.printed == file.bytes, "printing does not give the file back")
  for directive in file.directives {
    demand(isInside(directive.valueRange, file.bytes), "a directive's value is outside of the file")
    demand(file.bytes[directive.valueRange.indices].elementsEqual(directive.value), "a directive's value moved")
  }
}

private func checkProblems(_ file: Dockerfile) {
  // The table counts an empty last line; the reader counts from 1, too, and knows none after the last line end.
  let lines = LineTable(file.bytes).count
  for problem in file.problems {
    demand(isInside(problem.range, file.bytes), "a problem is outside of the file: \(problem)")
    demand((1...lines).contains(problem.line), "a problem is on no line of the file: \(problem)")
  }
}

/// What is demanded of one instruction.
private struct InstructionCheck {
  let file: Dockerfile
  let instruction: Instruction

  func check() {
    demand(isInside(instruction.range, file.bytes), "an instruction is outside of the file")
    demand(isWithin(instruction.lineRange, instruction.range), "the lines are outside of the instruction")
    demand(!instruction.text.bytes.isEmpty, "an instruction has no text")
    checkText()
    check(instruction.keywordRange)
    for flag in instruction.flags { check(flag.range) }
    check(instruction.argumentRange)
    check(instruction.arguments)
    var end = instruction.lineRange.upper
    for heredoc in instruction.heredocs {
      demand(heredoc.body.lower >= end, "here-documents overlap")
      demand(isWithin(heredoc.body, instruction.range), "a here-document is outside of its instruction")
      end = heredoc.body.upper
    }
  }

  /// Every byte of the joined text stands in the file where the map says, in order.
  private func checkText() {
    var last = instruction.lineRange.lower - 1
    for (offset, byte) in instruction.text.bytes.enumerated() {
      let place = instruction.text.physical(offset)
      demand(place > last && place < instruction.lineRange.upper, "byte \(offset) of the text has no place")
      demand(file.bytes[place] == byte, "byte \(offset) of the text is another one in the file")
      last = place
    }
  }

  private func check(_ range: ByteRange) {
    demand(range.upper <= instruction.text.bytes.count && range.lower >= 0, "\(range) is outside of the text")
    demand(isWithin(instruction.text.physical(range), instruction.lineRange), "\(range) is outside of the lines")
  }

  private func check(_ arguments: Arguments) {
    switch arguments {
    case .none: break
    case .pairs(let pairs, _), .declarations(let pairs):
      for pair in pairs {
        check(pair.key)
        if let value = pair.value { check(value) }
        check(pair.range)
      }
    case .words(let words): for word in words { check(word) }
    case .json(let strings): for string in strings { check(string.range) }
    case .shell(let range), .text(let range): check(range)
    case .healthcheck(let kind, let command):
      check(kind)
      check(command)
    case .onbuild(let inner):
      check(inner.keywordRange)
      for flag in inner.flags { check(flag.range) }
      check(inner.arguments)
    }
  }
}

/// The stages cover what follows the first FROM, and all that is computed from them ends.
private func checkStages(_ file: Dockerfile) {
  var visited = 0
  let environments = StageEnvironments(file, visit: { _, _ in visited += 1 })
  let graph = environments.graph
  demand(environments.final.count == graph.stages.count, "a stage has no environment")
  demand(visited == graph.stages.reduce(0) { $0 + $1.instructions.count }, "an instruction was not visited")
  for stage in graph.stages {
    demand(stage.instructions.upperBound <= file.instructions.count, "a stage ends outside of the file")
    if case .stage(let parent) = stage.base { demand(parent < stage.index, "a stage starts from a later one") }
  }
  for product in graph.products() {
    demand(graph.stages.indices.contains(product.stage), "the product is no stage")
    _ = graph.built(for: product.stage, in: file)
    _ = environments.start(in: file, stage: product.stage)
  }
}

private func isInside(_ range: ByteRange, _ bytes: [UInt8]) -> Bool {
  range.lower >= 0 && range.upper <= bytes.count
}

private func isWithin(_ range: ByteRange, _ outer: ByteRange) -> Bool {
  range.lower >= outer.lower && range.upper <= outer.upper
}
