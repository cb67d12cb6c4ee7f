internal import CYAML

/// What libyaml saw next in a text.
struct Event {
  /// The forms of an event.
  enum Content {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(Scalar)
    case sequenceStart(isFlow: Bool)
    case mappingStart(isFlow: Bool)
    case collectionEnd
  }

  /// What was seen.
  let content: Content
  /// The name that `&` gives to the node.
  let anchor: String?
  /// The tag that is written at the node.
  let tag: String?
  /// Where it begins, in code points.
  let start: Int
  /// Where it ends, in code points.
  let end: Int
}

/// What libyaml says of a text that it refuses.
struct EventError: Error {
  /// The problem, in libyaml's words.
  let problem: String
  /// What libyaml was doing, in its words.
  let context: String?
  /// Where the problem is, in code points.
  let position: Int
  /// Where that began, in code points.
  let contextPosition: Int?
  /// The byte of the input at which reading failed, where the text is not what a text can be.
  let offset: Int?
}

/// Reads a YAML text as a stream of events.
///
/// The reader owns libyaml's parser and the bytes it reads from, so no pointer outlives the value; it
/// cannot be copied, and it frees the parser when it goes. All pointers of this module are here.
@safe struct EventReader: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Creates a reader over a copy of `bytes`, which are taken for UTF-8 without a byte-order mark.
  init(_ bytes: ArraySlice<UInt8>) {
    unsafe parser = .allocate(capacity: 1)
    unsafe input = .allocate(capacity: max(bytes.count, 1))
    _ = unsafe input.initialize(from: bytes)
    guard unsafe yaml_parser_initialize(parser) == 1 else { fatalError("out of memory") }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event.
  mutating func next() throws(EventError) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw error }
    defer { unsafe yaml_event_delete(&event) }
    let start = unsafe Int(clamping: event.start_mark.index)
    let end = unsafe Int(clamping: event.end_mark.index)
    func made(_ content: Event.Content, anchor: String? = nil, tag: String? = nil) -> Event {
      Event(content: content, anchor: anchor, tag: tag, start: start, end: max(start, end))
    }
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: return made(.streamStart)
    case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
    case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
    case YAML_ALIAS_EVENT: return made(.alias(unsafe text(event.data.alias.anchor) ?? ""))
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: Int(clamping: scalar.length))
      let value = Scalar(unsafe String(decoding: bytes, as: UTF8.self), unsafe style(scalar.style))
      return made(.scalar(value), anchor: unsafe text(scalar.anchor), tag: unsafe text(scalar.tag))
    case YAML_SEQUENCE_START_EVENT:
      let sequence = unsafe event.data.sequence_start
      return made(
        .sequenceStart(isFlow: unsafe sequence.style == YAML_FLOW_SEQUENCE_STYLE),
        anchor: unsafe text(sequence.anchor), tag: unsafe text(sequence.tag))
    case YAML_MAPPING_START_EVENT:
      let mapping = unsafe event.data.mapping_start
      return made(
        .mappingStart(isFlow: unsafe mapping.style == YAML_FLOW_MAPPING_STYLE),
        anchor: unsafe text(mapping.anchor), tag: unsafe text(mapping.tag))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return made(.collectionEnd)
    // libyaml answers "no event" after the end of the stream.
    default: return made(.streamEnd)
    }
  }

  private var error: EventError {
    let state = unsafe parser.pointee
    let isUnreadable = unsafe state.error == YAML_READER_ERROR
    let hasContext = unsafe state.context != nil && !isUnreadable
    return EventError(
      problem: unsafe state.problem.map { unsafe String(cString: $0) } ?? "out of memory",
      context: unsafe state.context.map { unsafe String(cString: $0) },
      position: unsafe Int(clamping: state.problem_mark.index),
      contextPosition: hasContext ? unsafe Int(clamping: state.context_mark.index) : nil,
      offset: isUnreadable ? unsafe Int(clamping: state.problem_offset) : nil)
  }

  private func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    unsafe pointer.map { unsafe String(cString: $0) }
  }

  private func style(_ style: yaml_scalar_style_t) -> Scalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }
}
