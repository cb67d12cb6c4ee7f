internal import JSON

/// What an image is and how it is run (`config.md`).
public struct ImageConfiguration: Sendable, Hashable {
  /// What it runs on.
  public let platform: Platform
  /// The digests of the uncompressed layers, the lowest first.
  public let diffIDs: [ContentDigest]
  /// How it was made, step by step.
  public let history: [HistoryEntry]
  /// The environment, each as `NAME=VALUE`, in order.
  public let environment: [String]
  /// The program; nil where none is said.
  public let entrypoint: [String]?
  /// The arguments, or the program where no entrypoint is said; nil where none is said.
  public let command: [String]?
  /// The user, as the image says it: a name or a number, perhaps with a group; empty for root.
  public let user: String
  /// The working directory; empty for the root.
  public let workingDirectory: String
  /// The labels.
  public let labels: [String: String]
  /// Where each variable of the environment stands last.
  private let variables: [String: Int]

  /// A step of the build.
  public struct HistoryEntry: Sendable, Hashable {
    /// What made it, as the builder wrote it.
    public let createdBy: String
    /// What else the builder says.
    public let comment: String
    /// Whether it made no layer.
    public let isEmptyLayer: Bool
  }

  /// Reads a configuration.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - name: What errors call it.
  /// - Throws: ``ImageError`` with the place.
  public init(_ bytes: [UInt8], name: DocumentName) throws(ImageError) {
    let document = try ImageDocument(bytes, name: name, limit: ImageLimits.configurationSize)
    let root = try document.object()
    platform = Platform(
      system: try document.string("os", of: root) ?? "",
      architecture: try document.string("architecture", of: root) ?? "",
      variant: try document.string("variant", of: root) ?? "")
    guard let files = try document.child("rootfs", of: root) else {
      throw document.error(.expected("an object", at: "rootfs"), at: root)
    }
    let type = try document.requiredString("type", of: files)
    guard type == "layers" else { throw document.error(.rootType(type), at: files["type"]) }
    diffIDs = try Self.diffIDs(files, document)
    history = try Self.history(root, document)
    let none = JSONNode?.none
    let settings = try document.child("config", of: root) ?? none
    environment = try settings.map { (node) throws(ImageError) in try document.strings("Env", of: node) } ?? []
    variables = Self.places(of: environment)
    entrypoint = try Self.words("Entrypoint", settings, document)
    command = try Self.words("Cmd", settings, document)
    user = try settings.flatMap { (node) throws(ImageError) in try document.string("User", of: node) } ?? ""
    workingDirectory =
      try settings.flatMap { (node) throws(ImageError) in try document.string("WorkingDir", of: node) } ?? ""
    labels = try settings.map { (node) throws(ImageError) in try document.texts("Labels", of: node) } ?? [:]
  }

  /// The value of a variable of the environment: the last one counts, as it does for a process.
  public func value(of variable: String) -> String? {
    guard let index = variables[variable] else { return nil }
    let text = environment[index].utf8
    return text.firstIndex(of: UInt8(ascii: "=")).flatMap { String(text[$0...].dropFirst()) }
  }

  private static func places(of environment: [String]) -> [String: Int] {
    var places: [String: Int] = [:]
    for (index, text) in environment.enumerated() {
      guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), let name = String(text.utf8[..<equals]) else {
        continue
      }
      places[name] = index
    }
    return places
  }

  private static func diffIDs(_ files: JSONNode, _ document: ImageDocument) throws(ImageError) -> [ContentDigest] {
    let nodes = try document.array("diff_ids", of: files) ?? []
    guard nodes.count <= ImageLimits.layerCount else {
      throw document.error(.tooManyLayers(limit: ImageLimits.layerCount), at: files["diff_ids"])
    }
    var diffIDs: [ContentDigest] = []
    for node in nodes {
      guard let text = node.string else {
        throw document.error(.expected("a list of digests", at: "diff_ids"), at: node)
      }
      diffIDs.append(try document.digest(text, at: node))
    }
    return diffIDs
  }

  private static func history(_ root: JSONNode, _ document: ImageDocument) throws(ImageError) -> [HistoryEntry] {
    var history: [HistoryEntry] = []
    for node in try document.array("history", of: root) ?? [] {
      guard node.members != nil else { throw document.error(.expected("a list of objects", at: "history"), at: node) }
      history.append(
        HistoryEntry(
          createdBy: try document.string("created_by", of: node) ?? "",
          comment: try document.string("comment", of: node) ?? "",
          isEmptyLayer: try document.bool("empty_layer", of: node) ?? false))
    }
    return history
  }

  private static func words(
    _ name: String, _ settings: JSONNode?, _ document: ImageDocument
  ) throws(ImageError) -> [String]? {
    guard let settings, document.member(name, of: settings) != nil else { return nil }
    return try document.strings(name, of: settings)
  }
}
