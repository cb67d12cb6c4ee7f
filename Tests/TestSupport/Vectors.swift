internal import Foundation

/// A value of a vector file, as JSON has it.
public struct VectorValue: @unchecked Sendable {
  private let value: Any?

  fileprivate init(_ value: Any?) {
    self.value = value is NSNull ? nil : value
  }

  /// The member of an object; a value that holds nothing where there is none.
  public subscript(key: String) -> VectorValue { VectorValue((value as? [String: Any])?[key]) }

  /// The members of an object, sorted by name.
  public var members: [(name: String, value: VectorValue)] {
    (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, VectorValue($0.value)) }
  }

  /// The elements of an array.
  public var elements: [VectorValue] { (value as? [Any] ?? []).map { VectorValue($0) } }

  /// Whether there is a value.
  public var exists: Bool { value != nil }

  /// A text.
  public var text: String? { value as? String }

  /// A whole number.
  public var number: Int? { (value as? NSNumber)?.intValue }

  /// A truth; false where there is none.
  public var isTrue: Bool { (value as? NSNumber)?.boolValue ?? false }

  /// A text as bytes, or the bytes of `{"b64": …}`.
  public var bytes: [UInt8]? {
    if let text { return Array(text.utf8) }
    guard let coded = self["b64"].text, let data = Data(base64Encoded: coded) else { return nil }
    return Array(data)
  }
}

/// The lines of a vector file that stands beside a test's source.
///
/// - Parameters:
///   - name: the file, relative to the folder of the test.
///   - source: the test's own file.
public func vectors(_ name: String, source: String = #filePath) throws -> [VectorValue] {
  let folder = source[..<(source.lastIndex(of: "/") ?? source.startIndex)]
  let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
  return try data.split(separator: UInt8(ascii: "\n")).map { line in
    VectorValue(try JSONSerialization.jsonObject(with: Data(line)))
  }
}
