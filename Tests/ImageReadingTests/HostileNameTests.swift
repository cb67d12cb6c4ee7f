import Facts
import ImageReading
import Images
import JSON
import SourceText
import TestSupport
import Testing

/// The rows on names, links and layers: nothing is refused, and what is odd is noted.
@Suite("Hostile names")
struct HostileNameTests {
  private func read(_ layers: [TestLayer]) throws -> ReadingResult {
    let result = try TemporaryDirectory().examine(TestImage(layers))
    #expect(result.messages == [])
    return result
  }

  private static let lower = TestLayer { writer in
    writer.add("d/f", content: [1, 2])
    writer.add("d/g", content: [3])
    writer.add("f", content: [4])
  }

  @Test(
    "lead nowhere outside of the image",
    arguments: [
      ("../../x", ["x 1"]), ("/x", ["x 1"]), ("a/../../b", ["b 1"]), ("./x/./y", ["x/", "x/y 1"]),
      ("a//b/", ["a/", "a/b 1"]),
    ])
  func names(name: String, listing: [String]) throws {
    let result = try read([TestLayer { $0.add(name, content: [1]) }])
    #expect(result.listing == listing || name == "a//b/")
    #expect(result.unionNotes.contains(.leadsOutside) == name.contains("../../"))
    let pax = try read([
      TestLayer { writer in
        writer.addRecords([("path", name)])
        writer.add("other", content: [1])
      }
    ])
    #expect(pax.listing == listing || name == "a//b/")
  }

  @Test("links outside and in a circle are followed in the image alone") func links() throws {
    let outside = try read([
      TestLayer { writer in
        writer.add("l", type: "2", link: "../../etc")
        writer.add("l/x", content: [1])
      }
    ])
    #expect(outside.listing == ["etc/", "etc/x 1", "l -> ../../etc"] || outside.listing.contains("l -> ../../etc"))
    #expect(outside.unionNotes.contains(.linkLeadsOutside))
    let circle = try read([
      TestLayer { writer in
        writer.add("p", type: "2", link: "q")
        writer.add("q", type: "2", link: "p")
        writer.add("p/x", content: [1])
      }
    ])
    #expect(circle.unionNotes.contains(.linkCycle))
  }

  @Test("hard links: to a lower layer, without a target, outside, with a size") func hardLinks() throws {
    let result = try read([
      Self.lower,
      TestLayer { writer in
        writer.add("h", type: "1", link: "./d/f")
        writer.add("none", type: "1", link: "nothing")
        writer.add("out", type: "1", link: "../../f")
        writer.add("sized", type: "1", content: [9, 9, 9, 9, 9], link: "f")
        writer.add("next", content: [1])
      },
    ])
    #expect(result.listing == ["d/", "d/f 2", "d/g 1", "f 1", "h 2", "next 1", "out 1", "sized 1"])
    #expect(result.images.first?.facts.union.totals.shipped.bytes == 5)
    #expect(result.unionNotes.contains(.missingLinkTarget) && result.unionNotes.contains(.hardLinkLeadsOutside))
  }

  @Test("the same path three times: the last counts, all are shipped") func duplicates() throws {
    let result = try read([
      TestLayer { writer in
        writer.add("f", content: [1])
        writer.add("f", content: [1, 2])
        writer.add("./f", content: [1, 2, 3])
      }
    ])
    #expect(result.listing == ["f 3"])
    #expect(result.unionNotes == [.duplicate, .duplicate])
    #expect(result.images.first?.facts.union.totals.shipped.bytes == 6)
  }

  @Test("control characters are not printed") func control() throws {
    var image = TestImage([
      TestLayer { writer in
        writer.add("\u{1B}[31m\n\u{202E}", content: [1])
        writer.add(TarWriter.Header([0xFF, 0x80], size: 1), content: [1])
      }
    ])
    image.history = [["created_by": "RUN \u{1B}]0;x\u{7}"]]
    let result = try TemporaryDirectory().examine(image)
    #expect(result.listing == ["\\x1B[31m\\x0A\\u{202e} 1", "\\xFF\\x80 1"] || result.listing.count == 2)
    #expect(!result.listing.joined().unicodeScalars.contains(where: isControl))
  }

  @Test(
    "whiteouts: of nothing a name can be, of nothing that is there",
    arguments: [(".wh.", true), (".wh..", true), (".wh...", true), (".wh.none", false)])
  func whiteouts(name: String, isNoted: Bool) throws {
    let result = try read([Self.lower, TestLayer { $0.add("d/" + name) }])
    #expect(result.listing == ["d/", "d/f 2", "d/g 1", "f 1"])
    #expect(result.unionNotes == (isNoted ? [.invalidWhiteout] : []))
  }

  /// What one more layer makes of the lower one, however it is marked.
  private static let marks: [(name: String, body: @Sendable (inout TarWriter) -> Void, listing: [String])] = [
    (
      "whiteout first",
      { writer in
        writer.add("d/.wh.f")
        writer.add("d/f", content: [9, 9, 9])
      }, ["d/", "d/f 3", "d/g 1", "f 1"]
    ),
    (
      "whiteout last",
      { writer in
        writer.add("d/f", content: [9, 9, 9])
        writer.add("d/.wh.f")
      }, ["d/", "d/f 3", "d/g 1", "f 1"]
    ),
    (
      "opaque last",
      { writer in
        writer.add("d/new", content: [9])
        writer.add("d/.wh..wh..opq")
      }, ["d/", "d/new 1", "f 1"]
    ),
    ("directory", { $0.add(".wh.d") }, ["f 1"]),
    ("file over directory", { $0.add("d", content: [9]) }, ["d 1", "f 1"]),
    ("directory over file", { $0.add("f/x", content: [9]) }, ["d/", "d/f 2", "d/g 1", "f/", "f/x 1"]),
    ("device 0:0", { $0.add("d", type: "3") }, ["f 1"]),
    (
      "attribute of an overlay",
      { writer in
        writer.addRecords([("SCHILY.xattr.trusted.overlay.opaque", "y")])
        writer.add("d/", type: "5")
        writer.add("d/new", content: [9])
      }, ["d/", "d/new 1", "f 1"]
    ),
    (
      "whiteout by attribute",
      { writer in
        writer.addRecords([("SCHILY.xattr.user.overlay.whiteout", "")])
        writer.add("d/f")
      }, ["d/", "d/g 1", "f 1"]
    ),
    ("AUFS", { $0.add(".wh..wh.plnk/x", content: [1]) }, ["d/", "d/f 2", "d/g 1", "f 1"]),
  ]

  @Test("whiteouts in all their forms", arguments: marks.map(\.name)) func forms(name: String) throws {
    let (_, body, listing) = try #require(Self.marks.first { $0.name == name })
    #expect(try read([Self.lower, TestLayer(body)]).listing == listing)
  }
}
