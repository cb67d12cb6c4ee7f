/// A `--mount` of RUN.
public enum Mount {
  /// One `key=value` of it.
  public struct Field: Hashable, Sendable {
    /// The key in small letters.
    public let key: String
    /// The value, or nil where the key stands alone.
    public let value: [UInt8]?
  }

  /// The fields of a `--mount` flag, in order.
  public static func fields(_ flag: Flag) -> [Field] {
    var fields: [Field] = []
    for part in (flag.value ?? []).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let equals = part.firstIndex(of: UInt8(ascii: "="))
      let key = part[..<(equals ?? part.endIndex)].map(lowercased)
      fields.append(Field(key: text(key), value: equals.map { Array(part[($0 + 1)...]) }))
    }
    return fields
  }

  /// The value of a key, in the flag's last field that has it.
  public static func value(_ key: String, in flag: Flag) -> [UInt8]? {
    fields(flag).last { $0.key == key }?.value
  }
}
