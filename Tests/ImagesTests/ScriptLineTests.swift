import Images
import SourceText
import Testing

@Suite("The first line of a script")
struct ScriptLineTests {
  @Test(
    "is read as Linux reads it",
    arguments: [
      ("#!/bin/sh\nexit\n", ["/bin/sh"]), ("#!/bin/sh", ["/bin/sh"]), ("#! \t/bin/sh \t\n", ["/bin/sh"]),
      ("#!/usr/bin/env -S python3 -B \nx", ["/usr/bin/env", "-S python3 -B"]),
      ("#!/usr/bin/env\tpython3\n", ["/usr/bin/env", "python3"]), ("#!/bin/sh\r\n", ["/bin/sh\r"]),
      ("#!python\n", ["python"]), ("#!/a\0 -b\n", ["/a"]), ("#!\n/bin/sh\n", nil), ("#!  \n", nil), ("#!", nil),
      ("#", nil), ("", nil), ("\u{7F}ELF", nil), (" #!/bin/sh\n", nil), ("# !/bin/sh\n", nil),
    ] as [(String, [String]?)])
  func lines(head: String, expected: [String]?) {
    let line = ScriptLine(Array(head.utf8))
    let words = line.map {
      [$0.interpreter, $0.argument].compactMap(\.self).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(words == expected)
  }

  @Test("is no longer than what Linux looks at", arguments: [(252, true), (253, true), (254, false), (300, false)])
  func length(count: Int, isWhole: Bool) {
    let name = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    let head = Array((ScriptLine.mark + name + [UInt8(ascii: "\n")]).prefix(ScriptLine.readSize))
    // A name has to end in the buffer; an argument is cut.
    #expect(ScriptLine(head)?.interpreter == (isWhole ? name : nil))
    let long = Array((Array("#!/p ".utf8) + name).prefix(ScriptLine.readSize))
    #expect(ScriptLine(long)?.argument?.count == 250)
  }
}
