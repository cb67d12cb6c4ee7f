import Dockerfiles
import JSON
import SourceText

/// Holds the reader of the JSON form to the strict reader of JSON.
///
/// Docker reads the form with Go's `encoding/json`, which is laxer than the standard in three things: a name may
/// stand twice, half a surrogate pair is read, and so is text that is not UTF-8. Where the strict reader stops for
/// one of these, the text is mended there and both are asked again.
func checkJSONForm(_ bytes: [UInt8]) {
  let file = Dockerfile(Array("RUN ".utf8) + bytes)
  guard let instruction = file.instructions.first, instruction.keyword == .run, instruction.flags.isEmpty else {
    return
  }
  var argument = Array(instruction.text[instruction.argumentRange])
  compare(argument, instruction)
  for _ in 0..<64 {
    guard let mended = mended(argument) else { return }
    argument = mended
    guard let instruction = Dockerfile(Array("RUN ".utf8) + argument).instructions.first else { return }
    // Mending changes neither line ends nor blanks, but the text may be continued in another way.
    guard instruction.text[instruction.argumentRange].elementsEqual(argument) else { return }
    compare(argument, instruction)
  }
}

/// What the two readers say of one text.
private func compare(_ argument: [UInt8], _ instruction: Instruction) {
  // Where both refuse for the depth alone, they need not agree.
  if argument.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) > depthLimit { return }
  let isArray = argument.first == UInt8(ascii: "[")
  do throws(JSONError) {
    let node = try reader.read(argument)
    guard isArray, let elements = node.array else {
      guard case .shell = instruction.arguments else { return demand(false, "JSON that is no array is read as one") }
      return
    }
    let strings = elements.compactMap(\.string)
    guard strings.count == elements.count else {
      if hasHugeNumber(node) { return }
      guard case .none = instruction.arguments else { return demand(false, "an array of other things is accepted") }
      return
    }
    guard case .json(let ours) = instruction.arguments else { return demand(false, "an array of strings is refused") }
    demand(ours.map { text($0.text) } == strings, "\(ours.map { text($0.text) }) are not \(strings)")
    demand(ours.map(\.text) == strings.map { Array($0.utf8) }, "the strings differ in bytes")
    for (string, element) in zip(ours, elements) {
      let start = string.range.lower - instruction.argumentRange.lower
      demand(ByteRange(start, start + string.range.count) == element.range, "a string stands elsewhere")
    }
  } catch {
    switch error.reason {
    case .duplicate, .loneSurrogate, .encoding, .tooDeep, .tooLarge: return
    default: break
    }
    if argument.isEmpty { return }
    guard case .shell = instruction.arguments else { return demand(false, "accepted, but wrong: \(error)") }
  }
}

private let depthLimit = 1_000
private let reader = JSONReader(depthLimit: depthLimit)

/// Go refuses a number that its floating point cannot hold, and the text is then no JSON for Docker.
private func hasHugeNumber(_ node: JSONNode) -> Bool {
  switch node.content {
  case .number(let literal): Double(literal)?.isFinite != true
  case .array(let elements): elements.contains(where: hasHugeNumber)
  case .object(let members): members.contains { hasHugeNumber($0.value) }
  default: false
  }
}

/// The text without the first thing that only Go accepts; nil where there is none.
private func mended(_ argument: [UInt8]) -> [UInt8]? {
  do throws(JSONError) {
    _ = try reader.read(argument)
    return nil
  } catch {
    var mended = argument
    switch error.reason {
    case .encoding: mended[error.offset] = UInt8(ascii: "?")
    case .loneSurrogate: mended.replaceSubrange(error.offset..<error.offset + 6, with: "\\ufffd".utf8)
    default: return nil
    }
    return mended
  }
}

private func text(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self)
}
