import Archives
import Facts
import Images
import JSON
import SourceText
import TestSupport
import Testing

@testable import ImageReading

@Suite("The users of an image")
struct UserTests {
  private static let users = UserTable(
    passwd: Array(
      "root:x:0:0:root:/root:/bin/bash\napp:x:7:8::/srv//app/:/bin/sh\n9:x:10:11::/:/x\nbad:x:y:0::/:/\n".utf8),
    group: Array("root:x:0:\nstaff:x:50:app,other\naudio:x:29:app\n".utf8))

  @Test(
    "are found by name and by number",
    arguments: [
      ("", UserTable.Identity(user: 0, groups: [0], home: "root")),
      ("app", .init(user: 7, groups: [8, 50, 29], home: "srv/app")),
      ("7", .init(user: 7, groups: [8, 50, 29], home: "srv/app")),
      ("app:staff", .init(user: 7, groups: [50], home: "srv/app")),
      ("1000", .init(user: 1000, groups: [0], home: .root)), ("1000:77", .init(user: 1000, groups: [77], home: .root)),
      ("9", .init(user: 10, groups: [11], home: .root)),
    ])
  func identity(text: String, identity: UserTable.Identity) {
    #expect(Self.users.identity(text) == identity)
  }

  @Test("are unknown otherwise", arguments: ["none", "app:none", "-1", "+7", "7:+8", "${U:-7}", "4294967296", "bad"])
  func unknown(text: String) {
    #expect(Self.users.identity(text) == nil)
  }

  @Test("are none in an image without files") func nobody() {
    let none = UserTable(passwd: [], group: [])
    #expect(none.identity("") == UserTable.Identity(user: 0, groups: [0], home: "root"))
    #expect(none.identity("app") == nil)
  }

  private func passwd(_ home: String, padding: Int = 0) -> String {
    "app:x:7:8:\(String(repeating: "x", count: padding)):\(home):/bin/sh\n"
  }

  @Test("of a list that an archive has several times only the last is kept") func severalTimes() throws {
    let layer = TestLayer { writer in
      for number in 1...50 { writer.add("etc/passwd", content: Array(passwd("/srv/u\(number)").utf8)) }
      writer.add("./etc/group", content: Array("app:x:8:\n".utf8))
    }
    var visited = UserFiles(limit: 100)
    let source = layer.archive
    let read = LayerReader(limits: ReadingLimits(), verifies: false).read(ArchiveSource(source))
    #expect(read.content.userFiles.count == 2)
    visited.add(read.content.userFiles, layer: 0)
    #expect(visited.byteCount == passwd("/srv/u50").utf8.count + 9)
  }

  @Test(
    "those of the upper layers are kept, in whatever order they come",
    arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
  func keptLists(order: [Int]) {
    var files = UserFiles(limit: 50)
    // The lowest would have room, but lies below one that has none.
    let sizes = [5, 30, 20, 25]
    for layer in order {
      files.add([.passwd: KeptUserFile(entry: 1, text: Array(repeating: 0, count: sizes[layer]))], layer: layer)
    }
    #expect(files.dropped == [0, 1] && files.byteCount == 45)
    #expect(files.text(of: .passwd, layer: 3, entry: 1)?.count == 25)
    #expect(files.text(of: .passwd, layer: 3, entry: 0) == nil && files.text(of: .group, layer: 3, entry: 1) == nil)
    #expect(files.text(of: .passwd, layer: 1, entry: 1) == nil)
  }

  @Test("a single list is kept, however long its limit lets it be") func singleList() {
    var files = UserFiles(limit: 5)
    files.add([.passwd: KeptUserFile(entry: 0, text: Array(repeating: 0, count: 9))], layer: 4)
    #expect(files.byteCount == 9 && files.dropped == [])
  }

  @Test("lists that are not used are noted") func notes() throws {
    let long = TestLayer(["etc/passwd": passwd("/srv/a", padding: 2000)])
    let result = try TemporaryDirectory().examine(TestImage([long])) { $0.limits.userFileSize = 1000 }
    #expect(
      result.layerNotes == [
        "its list of users or of groups is not used, since it has more than 1000 bytes, the limit; "
          + "raise it with --limit user-file-size=SIZE"
      ])
    let layers = (0..<18).map { TestLayer(["etc/passwd": passwd("/srv/u\($0)", padding: 1_000_000)]) }
    let facts = try #require(try TemporaryDirectory().examine(TestImage(layers)).images.first?.facts)
    #expect(facts.layers.map(\.remarks.count) == [1, 1] + Array(repeating: 0, count: 16))
    #expect(facts.layers[0].remarks[0].contains("more than 16777216 bytes, the limit"))
  }

  @Test("homes beyond the limit are noted") func manyHomes() throws {
    let text = (0..<1200).map { "u\($0):x:\($0):1::/srv/u\($0):/bin/sh\n" }.joined()
    let cache = { (user: Int) in "srv/u\(user)/.cache/pip/http-v2/a" }
    let layer = TestLayer(["etc/passwd": text, cache(3): "1", cache(1100): "1"])
    let facts = try #require(try TemporaryDirectory().examine(TestImage([layer])).images.first?.facts)
    #expect(facts.caches.places.map(\.path) == ["srv/u3/.cache/pip"])
    #expect(facts.layers[0].remarks.count == 1)
    #expect(facts.layers[0].remarks[0].hasPrefix("there are more homes of users than 1000, the limit"))
  }

  @Test("the home of a step is that of its user, by the list before it") func stepHomes() throws {
    var image = TestImage([
      TestLayer(["etc/passwd": passwd("/srv/a")]), TestLayer(["etc/passwd": passwd("/srv/b")]), TestLayer(["x": "1"]),
      TestLayer(["y": "1"]), TestLayer(["z": "1"]),
    ])
    func step(_ text: String, _ isEmpty: Bool = false) -> JSONValue {
      ["created_by": .string(text), "empty_layer": .bool(isEmpty)]
    }
    image.history = [
      step("ADD a /"), step("USER app:staff", true), step("RUN /bin/sh -c a"), step("RUN /bin/sh -c b"),
      step("USER $APP", true), step("RUN /bin/sh -c c"), step("USER 1000", true), step("RUN /bin/sh -c d"),
    ]
    let facts = try #require(try TemporaryDirectory().examine(image).images.first?.facts)
    #expect(facts.layers.map(\.user?.home) == [nil, "srv/a", "srv/b", nil, .root])
    #expect(facts.layers.map(\.user?.number) == [nil, 7, 7, nil, 1000])
    #expect(facts.layers.map(\.user?.group) == [nil, nil, nil, nil, 0])
  }
}
