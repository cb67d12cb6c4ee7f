internal import Versions

/// How a version of Python writes code objects in the format of its module `marshal`.
struct MarshalDialect: Hashable, Sendable {
  /// How many bytes of numbers a code object begins with.
  let leadingBytes: UInt64
  /// How many objects follow the number of the first line; eight stand before it.
  let objectsAfterLine: UInt32
  /// Whether the highest bit of a type says that the object is referred to later on.
  let hasReferences: Bool
  /// Whether slices are known.
  let hasSlices: Bool

  /// How many objects of a code object stand before the number of its first line.
  static let objectsBeforeLine: UInt32 = 8

  /// The dialect of a version; nil where the layout of its code objects is not known here.
  ///
  /// Compared with what the interpreters wrote: CPython 2.7 and 3.6 to 3.13, PyPy 3.9. That of CPython 3.14 follows
  /// its source (`Python/marshal.c`), which added slices.
  static func of(_ version: PythonVersion) -> MarshalDialect? {
    switch (version.implementation, version.major, version.minor ?? .max) {
    case (.cpython, 2, 7):
      MarshalDialect(leadingBytes: 16, objectsAfterLine: 1, hasReferences: false, hasSlices: false)
    case (.cpython, 3, 6...7):
      MarshalDialect(leadingBytes: 20, objectsAfterLine: 1, hasReferences: true, hasSlices: false)
    case (.cpython, 3, 8...10), (.pypy, 3, 9):
      MarshalDialect(leadingBytes: 24, objectsAfterLine: 1, hasReferences: true, hasSlices: false)
    case (.cpython, 3, 11...13):
      MarshalDialect(leadingBytes: 20, objectsAfterLine: 2, hasReferences: true, hasSlices: false)
    case (.cpython, 3, 14):
      MarshalDialect(leadingBytes: 20, objectsAfterLine: 2, hasReferences: true, hasSlices: true)
    default: nil
    }
  }

  /// What follows a type.
  enum Shape: Hashable {
    /// No further byte.
    case nothing
    /// The end of a dictionary.
    case null
    /// So many bytes.
    case bytes(UInt64)
    /// A length of four bytes, and so many bytes.
    case sized
    /// A length of one byte, and so many bytes.
    case shortSized
    /// The same twice: the parts of a complex number as text.
    case shortSizedTwice
    /// A count of four bytes whose sign is the number's, and so many digits of two bytes.
    case digits
    /// A count of four bytes, and so many objects.
    case items
    /// A count of one byte, and so many objects.
    case fewItems
    /// So many objects.
    case fixedItems(UInt32)
    /// Keys and values up to a null.
    case dictionary
    /// A code object.
    case code
  }

  /// What follows the type `byte`; nil for one that the dialect does not know.
  func shape(_ byte: UInt8) -> Shape? {
    switch hasReferences ? byte & 0x7F : byte {
    case UInt8(ascii: "0"): .null
    case UInt8(ascii: "N"), UInt8(ascii: "F"), UInt8(ascii: "T"), UInt8(ascii: "S"), UInt8(ascii: "."): .nothing
    case UInt8(ascii: "i"): .bytes(4)
    case UInt8(ascii: "r"): hasReferences ? .bytes(4) : nil
    case UInt8(ascii: "R"): hasReferences ? nil : .bytes(4)
    case UInt8(ascii: "I"), UInt8(ascii: "g"): .bytes(8)
    case UInt8(ascii: "y"): .bytes(16)
    case UInt8(ascii: "f"): .shortSized
    case UInt8(ascii: "x"): .shortSizedTwice
    case UInt8(ascii: "l"): .digits
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "u"): .sized
    case UInt8(ascii: "a"), UInt8(ascii: "A"): hasReferences ? .sized : nil
    case UInt8(ascii: "z"), UInt8(ascii: "Z"): hasReferences ? .shortSized : nil
    case UInt8(ascii: ")"): hasReferences ? .fewItems : nil
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: ">"): .items
    case UInt8(ascii: ":"): hasSlices ? .fixedItems(3) : nil
    case UInt8(ascii: "{"): .dictionary
    case UInt8(ascii: "c"): .code
    default: nil
    }
  }
}
