import Facts
import ImageReading
import Images
import JSON
import SourceText
import TestSupport
import Testing

@Suite("The first lines of scripts")
struct ScriptTests {
  private static func add(_ name: String, _ text: String, mode: Int = 0o755, to writer: inout TarWriter) {
    var header = TarWriter.Header(name.utf8, size: text.utf8.count)
    header.mode = mode
    writer.add(header, content: Array(text.utf8))
  }

  private func head(_ result: ReadingResult, _ path: Path) -> String? {
    let view = result.images.first?.facts.union.merged
    return view?.item(at: path).flatMap { view?.head(of: $0) }.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "are kept of what may be executed, and nothing else",
    arguments: [
      ("usr/bin/serve", "#!/bin/sh\nexit\n", 0o755, "#!/bin/sh"), ("a.py", "#!/bin/sh", 0o100, "#!/bin/sh"),
      ("a.py", "#!/bin/sh\n", 0o644, nil), ("a", "#! /bin/sh\n#!/b", 0o010, "#! /bin/sh"), ("a", "#!", 0o001, "#!"),
      ("a", "#", 0o755, nil), ("a", "\u{7F}ELF#!/bin/sh\n", 0o755, nil),
      ("a", "#!" + String(repeating: "x", count: 600), 0o755, "#!" + String(repeating: "x", count: 254)),
      // What a proof looks into is kept beyond the line, or where it is no script.
      ("d/CACHEDIR.TAG", "#!/bin/sh\nof cargo", 0o755, "#!/bin/sh\nof cargo"),
      ("d/CACHEDIR.TAG", "of cargo", 0o755, "of cargo"), ("d/CACHEDIR.TAG", "#!/bin/sh\nx", 0o644, "#!/bin/sh\nx"),
    ] as [(String, String, Int, String?)])
  func kept(name: String, text: String, mode: Int, expected: String?) throws {
    let directory = try TemporaryDirectory()
    let layer = TestLayer { writer in
      Self.add("first", "#!/first\n", to: &writer)
      Self.add(name, text, mode: mode, to: &writer)
      Self.add("last", "#!/last\n", to: &writer)
    }
    try directory.write(layer.blob, to: "layer")
    let result = try directory.examine("layer:layer")
    #expect(result.messages == [] && result.layerNotes == [])
    #expect(head(result, Path(name.utf8)) == expected)
    #expect(head(result, "first") == "#!/first" && head(result, "last") == "#!/last")
  }

  @Test("those beyond the limit are counted") func limit() throws {
    let directory = try TemporaryDirectory()
    let layer = TestLayer { writer in
      for number in 1...5 { Self.add("s\(number)", "#!/bin/sh\n", to: &writer) }
      Self.add("program", "\u{7F}ELF", to: &writer)
    }
    try directory.write(layer.blob, to: "layer")
    let result = try directory.examine("layer:layer") { $0.limits.scripts = 3 }
    #expect(head(result, "s3") == "#!/bin/sh" && head(result, "s4") == nil)
    #expect(
      result.layerNotes == [
        "there are 2 more scripts than 3, the limit: what runs these is not known; raise it with --limit scripts=COUNT"
      ])
    #expect(try directory.examine("layer:layer") { $0.limits.scripts = 5 }.layerNotes == [])
  }

  @Test("the layers of an image share what is kept of first lines") func share() throws {
    let line = "#!/" + String(repeating: "x", count: 2000) + "\n"
    let layers = (0..<1000).map { layer in
      TestLayer { writer in
        for number in 1...(layer == 7 ? 140 : 1) { Self.add("l\(layer)/s\(number)", line, to: &writer) }
      }
    }
    let result = try TemporaryDirectory().examine(TestImage(layers))
    // A thousandth of 16 MiB has room for 66 lines of 256 bytes, the last of which reaches beyond it.
    #expect(head(result, "l7/s66")?.count == 256 && head(result, "l7/s67") == nil)
    #expect(head(result, "l8/s1")?.count == 256)
    #expect(
      result.layerNotes == [
        "there are 74 more scripts than first lines fit into 16777 bytes, the layer's share of the 16777216 bytes of an image: "
          + "what runs these is not known; it cannot be raised"
      ])
  }

  @Test("the last layer that has the script counts") func layers() throws {
    let layers = ["#!/bin/sh\n", "#!/usr/bin/python3\n"].map { text in
      TestLayer { Self.add("usr/bin/serve", text, to: &$0) }
    }
    var image = TestImage(layers)
    image.settings = ["Cmd": ["serve"]]
    let facts = try #require(try TemporaryDirectory().examine(image).images.first?.facts)
    let search = ProgramSearch(facts.union.merged, try #require(facts.image?.configuration))
    let item = try #require(search.program(Array("serve".utf8)))
    #expect(item.layer == 1 && search.scriptLine(of: item)?.interpreter == Array("/usr/bin/python3".utf8))
  }
}
