internal import Foundation
internal import JSON

/// A value of a vector file.
///
/// The project's own reader reads it, because Foundation's drops a byte-order mark inside a text.
public struct VectorValue: Sendable {
  private let node: JSONNode?

  fileprivate init(_ node: JSONNode?) {
    self.node = node?.isNull == true ? nil : node
  }

  /// The member of an object; a value that holds nothing where there is none.
  public subscript(key: String) -> VectorValue { VectorValue(node?[key]) }

  /// The members of an object.
  public var members: [(name: String, value: VectorValue)] {
    (node?.members ?? []).map { ($0.name, VectorValue($0.value)) }
  }

  /// The elements of an array.
  public var elements: [VectorValue] { (node?.array ?? []).map { VectorValue($0) } }

  /// Whether there is a value.
  public var exists: Bool { node != nil }

  /// A text.
  public var text: String? { node?.string }

  /// A whole number.
  public var number: Int? { node?.integer }

  /// A truth; false where there is none.
  public var isTrue: Bool { node?.bool ?? false }

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
/// - Returns: a value for each line.
/// - Throws: the reader's error, where the file is missing or a line is no JSON.
public func vectors(_ name: String, source: String = #filePath) throws -> [VectorValue] {
  let folder = source[..<(source.lastIndex(of: "/") ?? source.startIndex)]
  let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
  return try data.split(separator: UInt8(ascii: "\n")).map { line in
    VectorValue(try JSONReader().read(Array(line)))
  }
}
