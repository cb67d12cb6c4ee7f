internal import SourceText

/// Makes a tree of libyaml's events, and stops at limits while they arrive.
struct Composer: ~Copyable {
  /// Why no tree can be made.
  enum Stop: Error {
    case error(YAMLError)
    case syntax(EventError)
  }

  /// What is wrong but leaves a tree.
  private(set) var errors: [YAMLError] = []
  private var reader: EventReader
  private let bytes: [UInt8]
  private let offsets: MarkOffsets
  private let limits: Limits
  private let strictness: Strictness
  private var count = 0
  private var anchors: Set<String> = []

  init(_ bytes: [UInt8], from start: Int, offsets: MarkOffsets, limits: Limits, strictness: Strictness) {
    reader = EventReader(bytes[start...])
    self.bytes = bytes
    self.offsets = offsets
    self.limits = limits
    self.strictness = strictness
  }

  /// The only document of the text; nil where there is none.
  mutating func document() throws(Stop) -> Node? {
    var root: Node?
    var hasDocument = false
    while true {
      let event = try next()
      switch event.content {
      case .streamEnd: return root
      case .documentStart:
        if hasDocument { throw .error(YAMLError(.secondDocument, range(event))) }
        hasDocument = true
      case .streamStart, .documentEnd, .collectionEnd: continue
      default: root = try node(event, depth: 1)
      }
    }
  }

  private mutating func next() throws(Stop) -> Event {
    do throws(EventError) {
      return try reader.next()
    } catch {
      throw .syntax(error)
    }
  }

  private func range(_ event: Event) -> ByteRange {
    let lower = offsets.offset(of: event.start)
    return ByteRange(lower, max(lower, offsets.offset(of: event.end)))
  }

  private mutating func node(_ event: Event, depth: Int) throws(Stop) -> Node {
    let range = range(event)
    count += 1
    if count > limits.nodes { throw .error(YAMLError(.tooManyNodes(limit: limits.nodes), range)) }
    if depth > limits.nesting { throw .error(YAMLError(.tooDeep(limit: limits.nesting), range)) }
    checkProperties(event, range)
    switch event.content {
    case .alias(let name):
      checkAlias(name, range)
      return Node(.alias(name), range)
    case .sequenceStart(let isFlow): return try sequence(event, range, isFlow: isFlow, depth: depth)
    case .mappingStart(let isFlow): return try mapping(event, range, isFlow: isFlow, depth: depth)
    case .scalar(let scalar): return Node(.scalar(scalar), range, anchor: event.anchor, tag: event.tag)
    default: return Node(.scalar(Scalar("", .plain)), range)
    }
  }

  private mutating func sequence(
    _ start: Event, _ place: ByteRange, isFlow: Bool, depth: Int
  ) throws(Stop) -> Node {
    var nodes: [Node] = []
    while true {
      let event = try next()
      if case .collectionEnd = event.content {
        let end = isFlow ? range(event).upper : nodes.last?.range.upper ?? place.upper
        let whole = ByteRange(place.lower, max(place.lower, end))
        return Node(.sequence(nodes), whole, anchor: start.anchor, tag: start.tag, isFlow: isFlow)
      }
      nodes.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func mapping(
    _ start: Event, _ place: ByteRange, isFlow: Bool, depth: Int
  ) throws(Stop) -> Node {
    var entries: [Entry] = []
    var places: [String: ByteRange] = [:]
    while true {
      let event = try next()
      if case .collectionEnd = event.content {
        let end = isFlow ? range(event).upper : entries.last?.value.range.upper ?? place.upper
        let whole = ByteRange(place.lower, max(place.lower, end))
        return Node(.mapping(entries), whole, anchor: start.anchor, tag: start.tag, isFlow: isFlow)
      }
      let key = try node(event, depth: depth + 1)
      let value = try node(try next(), depth: depth + 1)
      guard let scalar = key.scalar else {
        report(YAMLError(.keyIsNoText, key.range))
        continue
      }
      if scalar.text == "<<", scalar.style == .plain {
        if strictness == .plain {
          report(YAMLError(.mergeKey, key.range, help: "use `extends` to share settings"))
          continue
        }
      } else if let first = places[scalar.text] {
        report(YAMLError(.duplicateKey(scalar.text), key.range, help: "keep one of the two", related: first))
        continue
      }
      places[scalar.text] = key.range
      entries.append(Entry(key: key, name: scalar.text, value: value))
    }
  }

  private mutating func checkProperties(_ event: Event, _ range: ByteRange) {
    if let anchor = event.anchor {
      anchors.insert(anchor)
      if strictness == .plain {
        let help = "write the value out, use `extends`, or put a text that begins with `&` in quotes"
        report(YAMLError(.anchor(anchor), range, help: help))
      }
    }
    // A lone `!` only says "this is text".
    if let tag = event.tag, strictness == .plain, tag != "!", !tag.hasPrefix("tag:yaml.org,2002:") {
      report(YAMLError(.tag(tag), range, help: "put a text that begins with `!` in quotes"))
    }
  }

  private mutating func checkAlias(_ name: String, _ range: ByteRange) {
    if strictness == .plain {
      let help = "put a text that begins with `*` in quotes; to share settings, use `extends`"
      report(YAMLError(.alias(name), range, help: help))
    } else if !anchors.contains(name) {
      report(YAMLError(.undefinedAlias(name), range))
    }
  }

  private mutating func report(_ error: YAMLError) {
    if errors.count < limits.errors { errors.append(error) }
  }
}
