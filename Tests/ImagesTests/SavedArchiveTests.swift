import Images
import JSON
import SourceText
import Testing

@Suite("Images of a saved archive")
struct SavedArchiveTests {
  private func store(_ images: [(configuration: String, tags: JSONValue, layers: [String])]) -> MemoryStore {
    var store = MemoryStore()
    var list: [JSONValue] = []
    for image in images {
      let platform = image.configuration.hasPrefix("arm") ? "linux/arm64" : "linux/amd64"
      store.files[Path(image.configuration.utf8)] =
        MemoryStore.configuration(platform, layers: image.layers.count).encoded()
      for layer in image.layers { store.files[Path(layer.utf8)] = [1, 2, 3] }
      list.append([
        "Config": .string(image.configuration), "RepoTags": image.tags,
        "Layers": .array(image.layers.map(JSONValue.string)),
      ])
    }
    store.files["manifest.json"] = JSONValue.array(list).encoded()
    return store
  }

  private func chosen(_ store: MemoryStore, tag: String? = nil, _ platform: String = "linux/amd64") throws -> String {
    let host = try #require(Platform(platform))
    let reader = ImageReader(store, choice: ImageChoice(tag: tag, platform: .automatic(host: host)))
    return outcome { () throws(ImageError) in try reader.savedArchive() }
  }

  @Test("the old form")
  func old() throws {
    let set = try store([("c.json", ["app:1"], ["x/layer.tar", "y/layer.tar"])]).layout.savedArchive()
    let image = try #require(set.images.first)
    #expect(image.document == .file("c.json"))
    #expect(image.layers.map(\.source) == ["x/layer.tar", "y/layer.tar"])
    #expect(image.layers.map(\.digest) == [nil, nil])
    #expect(image.layers.map(\.size) == [3, 3])
    #expect(image.notes == [.historyMismatch(steps: 0, layers: 2)])
  }

  @Test("the form of Docker 25 tells where a layer came from, and its types may be wrong")
  func new() throws {
    var store = MemoryStore()
    let layer = ContentDigest(sha256Of: [1])
    let diffID = ContentDigest(sha256Of: Array("diff 0".utf8))
    let configuration = MemoryStore.configuration("linux/amd64", layers: 1).encoded()
    let path = ContentDigest(sha256Of: configuration).blobPath
    store.files[path] = configuration
    store.files[layer.blobPath] = [1]
    store.files["manifest.json"] = Array(
      """
      [{"Config":"\(path)","RepoTags":["a:1"],"Layers":["\(layer.blobPath)"],"LayerSources":
      {"\(diffID)":{"mediaType":"\(layerType)","size":1,"digest":"\(layer)"}}}]
      """.utf8)
    let image = try #require(try store.layout.savedArchive().images.first)
    #expect(image.layers.map(\.digest) == [layer])
    #expect(image.layers.map(\.mediaType) == [layerType])
    #expect(image.layers.map(\.diffID) == [diffID])
    store.files[path] = configuration.map { $0 == UInt8(ascii: "6") ? UInt8(ascii: "7") : $0 }
    #expect(try chosen(store).contains("does not have this digest"))
  }

  @Test("one of several is chosen by its name, of one name by its platform")
  func several() throws {
    let two = store([("a.json", ["app:1", "app:latest"], ["x"]), ("b.json", nil, ["y"])])
    #expect(
      try chosen(two) == "manifest.json: several images: choose one by its tag; there are app:1, app:latest, b.json")
    #expect(try chosen(two, tag: "app") == "linux/amd64 app:1 app:latest")
    #expect(try chosen(two, tag: "1") == "linux/amd64 app:1 app:latest")
    #expect(try chosen(two, tag: "2").contains("no image has the tag `2`"))
    let same = store([("a.json", ["app:1"], ["x"]), ("a.json", ["app:2"], ["x"])])
    #expect(try chosen(same) == "linux/amd64 app:1 app:2")
    let platforms = store([("a.json", ["app:1"], ["x"]), ("arm.json", ["app:1"], ["y"])])
    #expect(try chosen(platforms) == "linux/amd64 app:1")
    #expect(try chosen(platforms, "linux/arm64") == "linux/arm64 app:1")
    #expect(try chosen(platforms, "linux/s390x").contains("there are linux/amd64, linux/arm64"))
  }

  @Test("an empty list leads to the layout beside it")
  func fallback() throws {
    var store = MemoryStore()
    store.setIndex([store.addImage()])
    #expect(try chosen(store) == "linux/amd64")
    for text in ["[]", "null"] {
      store.files["manifest.json"] = Array(text.utf8)
      #expect(try chosen(store) == "linux/amd64")
    }
    #expect(
      try chosen(MemoryStore(files: ["manifest.json": Array("[]".utf8)])).hasPrefix("manifest.json: lists no image"))
    #expect(try chosen(MemoryStore()).hasPrefix("image: has neither"))
    #expect(try chosen(MemoryStore(files: ["repositories": Array("{}".utf8)])).contains("Docker before 1.10"))
  }

  @Test("the form is told by the files that are there")
  func forms() throws {
    var store = MemoryStore()
    #expect(try store.layout.form(isDirectory: true) == nil)
    store.files["index.json"] = []
    #expect(try store.layout.form(isDirectory: true) == nil)
    store.files["oci-layout"] = []
    #expect(try store.layout.form(isDirectory: true) == .layout)
    #expect(try store.layout.form(isDirectory: false) == .layout)
    store.files["manifest.json"] = []
    #expect(try store.layout.form(isDirectory: true) == .layout)
    #expect(try store.layout.form(isDirectory: false) == .savedArchive)
    store.files["oci-layout"] = nil
    #expect(try store.layout.form(isDirectory: true) == .savedArchive)
  }

  @Test("what is missing is told")
  func missing() throws {
    var archive = store([("c.json", ["app:1"], ["x", "y"])])
    archive.files["y"] = nil
    let image = try #require(try archive.layout.savedArchive().images.first)
    #expect(image.layers.map(\.state) == [.present, .failed])
    #expect(image.errors.map(\.description) == ["layer 1 (y): is missing: the image is not complete; copy it again"])
    archive.files["c.json"] = nil
    #expect(try chosen(archive) == "c.json: is missing: the image is not complete; copy it again")
  }
}
