internal import Facts
internal import ImageReading
internal import JSON
internal import Reports

extension Inspection {
  /// What the readers see in an image; where all platforms are asked for, `images` has one member for each.
  func facts(of target: ImageTarget, named name: String) throws -> FactsDocument {
    let result = readImages(target, options: try readingOptions())
    try checkDocuments(result.images.map(\.facts.kind))
    var errors = result.errors.map { RunError(name, $0.explanation) }
    var images: [[JSONMember]] = []
    for image in result.images {
      var facts = TargetFacts()
      facts.image = image.facts
      errors += addBytecode(of: image, to: &facts).map { RunError(name, $0) }
      images.append([JSONMember("image", ImageDocument.value(image.facts))] + BytecodeDocument.members(facts))
    }
    var members: [JSONMember] = [
      JSONMember("schema", "cachepolicy.facts/1"), JSONMember("target", .string(name)),
      JSONMember("kind", .string(result.images.first?.facts.kind.rawValue ?? "image")),
      JSONMember("notes", .array(result.notes.map { .string($0) })),
    ]
    if images.count == 1 {
      members += images[0]
    } else {
      members.append(JSONMember("images", .array(images.map { .object($0) })))
    }
    return FactsDocument(bytes: JSONValue.object(members).encoded(.indented) + [0x0A], errors: errors)
  }
}
