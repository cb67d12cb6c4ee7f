import ImageReading
import SourceText
import Testing

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

  @Test("are unknown otherwise", arguments: ["none", "app:none", "-1", "4294967296", "bad"])
  func unknown(text: String) {
    #expect(Self.users.identity(text) == nil)
  }

  @Test("are none in an image without files") func nobody() {
    let none = UserTable(passwd: [], group: [])
    #expect(none.identity("") == UserTable.Identity(user: 0, groups: [0], home: "root"))
    #expect(none.identity("app") == nil)
  }
}
