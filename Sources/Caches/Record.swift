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
  case failing = 0x4A  // J: of the variable before it
  case disableFlag = 0x46  // F
  case disableConfiguration = 0x43  // C
  case relocateEnvironment = 0x65  // e
  case relocateFlag = 0x67  // g
  case relocateConfiguration = 0x63  // c
  case clean = 0x6C  // l
  case layer = 0x4C  // L
  case layerPlace = 0x50  // P
  case layerParts = 0x71  // q
  case layerFiles = 0x59  // Y
  case cleaner = 0x4B  // K
  case layerPrinter = 0x5A  // Z
  case layerMovingFiles = 0x79  // y
  case needer = 0x4E  // N
  case fetcher = 0x48  // H
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

/// Goes through the lines of a compact text, keeping the fields of one line at a time.
///
/// It is a cursor rather than a sequence so that a line costs no allocation.
struct RecordReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Where the fields of the line begin and end.
  private var fields: [Range<Int>] = []

  init(_ text: StaticString) {
    self.init(text.withUTF8Buffer { unsafe Array($0) })
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    fields.reserveCapacity(32)
  }

  /// Goes to the next line that is not empty; false at the end.
  mutating func next() -> Bool {
    fields.removeAll(keepingCapacity: true)
    let bytes = bytes
    let span = bytes.span
    while position < span.count, span[position] == UInt8(ascii: "\n") { position += 1 }
    guard position < span.count else { return false }
    var start = position
    while position < span.count, span[position] != UInt8(ascii: "\n") {
      if span[position] == UInt8(ascii: "\t") {
        fields.append(start..<position)
        start = position + 1
      }
      position += 1
    }
    fields.append(start..<position)
    return true
  }

  /// The first byte of the line's first field, if it has any.
  var key: UInt8? {
    fields.first.flatMap { $0.isEmpty ? nil : bytes[$0.lowerBound] }
  }

  /// The bytes of the field at `index`; none where the line has fewer.
  func raw(_ index: Int) -> ArraySlice<UInt8> {
    index < fields.count ? bytes[fields[index]] : []
  }

  /// The field at `index` as text.
  func text(_ index: Int) -> String {
    String(decoding: raw(index), as: UTF8.self)
  }

  /// The field at `index` as text, or nil where it is empty.
  func optional(_ index: Int) -> String? {
    raw(index).isEmpty ? nil : text(index)
  }

  /// The field at `index` as the number of a kind.
  func number(_ index: Int) -> KindNumber? {
    var value = 0
    let digits = raw(index)
    for byte in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), value < 0xFFFF else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return digits.isEmpty ? nil : UInt16(exactly: value).map(KindNumber.init)
  }

  /// The field at `index` as a list.
  func list(_ index: Int) -> [String] {
    raw(index).split(separator: innerSeparator).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The fields from `first` on as texts.
  func texts(from first: Int = 1) -> [String] {
    fields.dropFirst(first).map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// What `read` makes of each line.
  static func map<Value>(_ text: StaticString, _ read: (RecordReader) -> Value) -> [Value] {
    var reader = RecordReader(text)
    var values: [Value] = []
    while reader.next() { values.append(read(reader)) }
    return values
  }
}
