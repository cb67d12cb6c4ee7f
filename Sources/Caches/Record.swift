/// The keys of the compact form in which the program carries the catalogue.
///
/// A kind is a run of lines, each a key of one byte and fields separated by tabs; trailing empty
/// fields are left out. It exists so that a kind costs nothing to compile and little to decode.
package enum RecordKey: UInt8, CaseIterable {
  case id = 0x3D  // =
  case aliases = 0x61  // a
  case tool = 0x74  // t
  case what = 0x77  // w
  case group = 0x6B  // k
  case directories = 0x64  // d
  case files = 0x66  // f
  case proof = 0x70  // p
  case supersedes = 0x73  // s
  case usedWhen = 0x75  // u
  case samples = 0x78  // x
  case flags = 0x62  // b: marks that hold, such as commit_ok
  case imageRoot = 0x52  // R
  case imageUser = 0x55  // U
  case trap = 0x54  // T
  case regenerates = 0x72  // r
  case secrets = 0x53  // S
  case writer = 0x57  // W
  case disableEnvironment = 0x45  // E
  case disableFlag = 0x46  // F
  case disableConfiguration = 0x43  // C
  case relocateEnvironment = 0x65  // e
  case relocateFlag = 0x67  // g
  case relocateConfiguration = 0x63  // c
  case clean = 0x6C  // l
  case mount = 0x6D  // m
  case gitignore = 0x69  // i
  case dockerignore = 0x49  // I
  case evidence = 0x76  // v
  case source = 0x6F  // o
  case note = 0x6E  // n
}

/// What a kind may be marked with.
package enum RecordMark: String, CaseIterable {
  case ignoresItself = "ignores_itself"
  case mayBePayload = "may_be_payload"
  case commitOK = "commit_ok"
  case followsXDG = "follows_xdg"
}

/// Separates the members of a list that is itself one field of a line.
package let innerSeparator = UInt8(ascii: ";")

/// The lines of a compact text, split at tabs.
struct RecordLines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: StaticString) {
    bytes = text.withUTF8Buffer { unsafe Array($0) }
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next line that is not empty.
  mutating func next() -> RecordLine? {
    while position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
    guard position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    defer { position = end }
    return RecordLine(bytes[position..<end])
  }
}

/// One line of a compact text.
struct RecordLine {
  /// The fields, as bytes.
  let fields: [ArraySlice<UInt8>]

  init(_ bytes: ArraySlice<UInt8>) {
    fields = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
  }

  /// The field at `index` as text; empty where the line has fewer.
  func text(_ index: Int) -> String {
    index < fields.count ? String(decoding: fields[index], as: UTF8.self) : ""
  }

  /// The field at `index` as text, or nil where it is empty.
  func optional(_ index: Int) -> String? {
    index < fields.count && !fields[index].isEmpty ? text(index) : nil
  }

  /// The field at `index` as a list.
  func list(_ index: Int) -> [String] {
    guard index < fields.count else { return [] }
    return fields[index].split(separator: innerSeparator).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The fields from the second on as texts.
  var texts: [String] {
    fields.dropFirst().map { String(decoding: $0, as: UTF8.self) }
  }
}
