internal import Archives

extension ArchiveNote {
  /// The note in words, safe to print.
  var words: String {
    switch self {
    case .trailingZeros(let offset, let count):
      "\(count) NUL bytes follow the compressed stream, from byte \(offset) on"
    case .trailingGarbage(let offset, let count):
      "\(count) bytes follow the compressed stream, from byte \(offset) on; nothing reads them"
    case .compressionDiffers(let said, let found):
      "it is said to have \(said) compression and has \(found) compression"
    case .ratio(let ratio): "uncompressed it is \(ratio) times larger"
    case .missingPadding: "the padding of the last entry is missing"
    case .number(let field, let offset):
      "the field \(field.rawValue) of the header at byte \(offset) is no number; it is taken for 0"
    case .linkWithData(let offset): "the hard link at byte \(offset) has data of its own, which are passed over"
    case .sparseFile(let offset): "the sparse file at byte \(offset) has a size or a map that is not to be believed"
    }
  }
}
