internal import SourceText

/// How values that are not quoted are split.
enum Splitting {
  case never
  case blanks
  case unknown
}

/// The words that are made of a word's parts.
struct WordExpansion {
  var arguments: [ShellArgument] = []
  var current: ShellArgument
  private let splits: Splitting
  private let range: ByteRange?
  /// Whether there is a word even if it is empty.
  private var isWord = false

  init(range: ByteRange?, splits: Splitting) {
    self.range = range
    self.splits = splits
    current = ShellArgument([], range: range)
  }

  mutating func append(_ bytes: [UInt8], isQuoted: Bool) {
    current.value? += bytes
    if current.value != nil { current.prefix += bytes }
    isWord = isWord || isQuoted || !bytes.isEmpty
  }

  mutating func append(_ value: VariableValue, isQuoted: Bool) {
    switch value {
    case .unset: isWord = isWord || isQuoted
    case .unknown: appendUnknown(isQuoted: isQuoted)
    case .value(let bytes):
      if current.prefix.count > ShellRun.valueLimit * 4 {
        appendUnknown(isQuoted: isQuoted)
        return
      }
      if isQuoted || splits == .never {
        append(bytes, isQuoted: isQuoted)
        return
      }
      if splits == .unknown, !bytes.isEmpty {
        appendUnknown(isQuoted: false)
        return
      }
      var isFirst = true
      for field in bytes.split(
        omittingEmptySubsequences: false, whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A })
      {
        if !isFirst { finish() }
        isFirst = false
        append(Array(field), isQuoted: false)
        if field.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }) {
          current.isPattern = true
        }
      }
    }
  }

  mutating func appendUnknown(isQuoted: Bool, beginning: [UInt8] = []) {
    if current.value != nil { current.prefix += beginning }
    current.value = nil
    if !isQuoted, splits != .never { current.isSpread = true }
    isWord = true
  }

  mutating func finish(evenIfEmpty: Bool = false) {
    if isWord || evenIfEmpty { arguments.append(current) }
    current = ShellArgument([], range: range)
    isWord = false
  }
}
