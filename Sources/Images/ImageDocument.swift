internal import JSON
internal import SourceText

/// A JSON document of an image, with the checks that all of them need.
struct ImageDocument {
  let name: DocumentName
  let bytes: [UInt8]
  let root: JSONNode

  /// Reads a document, which must be an object or, for the list of a saved archive, an array or null.
  init(_ bytes: [UInt8], name: DocumentName, limit: Int) throws(ImageError) {
    guard bytes.count <= limit else { throw ImageError(.tooLarge(limit: limit), in: name) }
    let reader = JSONReader(
      sizeLimit: limit, depthLimit: ImageLimits.documentDepth, stringLimit: ImageLimits.stringLength,
      valueLimit: ImageLimits.valueCount)
    do throws(JSONError) {
      root = try reader.read(bytes)
    } catch {
      throw ImageError(
        .json(error), in: name, offset: error.offset, place: LineTable(bytes).place(of: min(error.offset, bytes.count)))
    }
    self.name = name
    self.bytes = bytes
  }

  func error(_ reason: ImageError.Reason, at node: JSONNode? = nil) -> ImageError {
    guard let node else { return ImageError(reason, in: name) }
    let offset = node.range.lower
    return ImageError(reason, in: name, offset: offset, place: LineTable(bytes).place(of: offset))
  }

  /// The object that the document is.
  func object() throws(ImageError) -> JSONNode {
    guard root.members != nil else { throw error(.expected("an object", at: ""), at: root) }
    return root
  }

  /// A member; null counts as absent.
  func member(_ name: String, of node: JSONNode) -> JSONNode? {
    guard let value = node[name], !value.isNull else { return nil }
    return value
  }

  func string(_ name: String, of node: JSONNode) throws(ImageError) -> String? {
    guard let value = member(name, of: node) else { return nil }
    guard let text = value.string else { throw error(.expected("a text", at: name), at: value) }
    return text
  }

  func requiredString(_ name: String, of node: JSONNode) throws(ImageError) -> String {
    guard let text = try string(name, of: node) else { throw error(.expected("a text", at: name), at: node) }
    return text
  }

  func bool(_ name: String, of node: JSONNode) throws(ImageError) -> Bool? {
    guard let value = member(name, of: node) else { return nil }
    guard let truth = value.bool else { throw error(.expected("true or false", at: name), at: value) }
    return truth
  }

  func array(_ name: String, of node: JSONNode) throws(ImageError) -> [JSONNode]? {
    guard let value = member(name, of: node) else { return nil }
    guard let elements = value.array else { throw error(.expected("a list", at: name), at: value) }
    return elements
  }

  func child(_ name: String, of node: JSONNode) throws(ImageError) -> JSONNode? {
    guard let value = member(name, of: node) else { return nil }
    guard value.members != nil else { throw error(.expected("an object", at: name), at: value) }
    return value
  }

  func strings(_ name: String, of node: JSONNode) throws(ImageError) -> [String] {
    var texts: [String] = []
    for value in try array(name, of: node) ?? [] {
      guard let text = value.string else { throw error(.expected("a list of texts", at: name), at: value) }
      texts.append(text)
    }
    return texts
  }

  func texts(_ name: String, of node: JSONNode) throws(ImageError) -> [String: String] {
    var texts: [String: String] = [:]
    for pair in try child(name, of: node)?.members ?? [] where !pair.value.isNull {
      guard let text = pair.value.string else { throw error(.expected("an object of texts", at: name), at: pair.value) }
      texts[pair.name] = text
    }
    return texts
  }

  func digest(_ text: String, at node: JSONNode) throws(ImageError) -> ContentDigest {
    guard let digest = ContentDigest(text) else { throw error(.digest(text), at: node) }
    return digest
  }

  /// Refuses a document whose own media type is another than its descriptor says, and one of the first schema.
  func checkType(_ expected: String?, among known: [String]) throws(ImageError) {
    if let version = member("schemaVersion", of: root) {
      if version.integer == 1 { throw error(.schema1, at: version) }
      guard version.integer == 2 else { throw error(.expected("2", at: "schemaVersion"), at: version) }
    }
    guard let actual = try string("mediaType", of: root) else { return }
    if MediaType.isSchema1(actual) { throw error(.schema1, at: root["mediaType"]) }
    if let expected, actual != expected {
      throw error(.mediaTypeMismatch(expected: expected, actual: actual), at: root["mediaType"])
    }
    guard known.contains(actual) else {
      throw error(.mediaTypeMismatch(expected: known[0], actual: actual), at: root["mediaType"])
    }
  }
}
