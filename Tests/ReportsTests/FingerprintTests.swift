import Findings
import Reports
import SourceText
import Testing

@Suite("Fingerprints")
struct FingerprintTests {
  private func inputs(_ text: String, _ needles: [String]) -> [[UInt8]] {
    let source = SourceFile(Array(text.utf8))
    return fingerprintInputs(
      needles.map { (sample(text, $0, label: nil).finding, source) })
  }

  @Test("lines that move and blanks that change alter nothing")
  func stable() {
    let before = inputs("RUN  pip install x\n", ["pip"])
    #expect(before == inputs("FROM a\n# more\n\tRUN pip   install x \r\n", ["pip"]))
    #expect(before != inputs("RUN pip install y\n", ["pip"]))
  }

  @Test("equal findings are numbered by their place, in whatever order they come")
  func ordinals() {
    let text = "RUN pip\nRUN pip\n"
    let source = SourceFile(Array(text.utf8))
    let first = sample(Array(text.utf8), ByteRange(4, 7)).finding
    let second = sample(Array(text.utf8), ByteRange(12, 15)).finding
    let forward = fingerprintInputs([(first, source), (second, source)])
    let backward = fingerprintInputs([(second, source), (first, source)])
    #expect(forward == Array(backward.reversed()))
    #expect(forward[0] == fingerprintInput(first, source: source, ordinal: 0))
    #expect(forward[1] == fingerprintInput(second, source: source, ordinal: 1))
    #expect(forward[0] != forward[1])
  }

  @Test("a finding without a place in a file is told by its evidence, in any order")
  func evidence() {
    func input(_ evidence: [Evidence]) -> [UInt8] {
      fingerprintInput(Finding(pip, .info, "m", at: .target, evidence: evidence), source: nil, ordinal: 0)
    }
    let pair = [Evidence("a", "1"), Evidence("b", "2")]
    #expect(input(pair) == input(pair.reversed()))
    #expect(input(pair) != input([Evidence("a", "1")]))
    // What each build of an image changes does not count.
    #expect(input(pair) == input(pair + [Evidence("bytes", "3", isStable: false)]))
  }

  @Test("equal findings of an image are numbered by their layers, whatever they say")
  func layers() {
    func finding(_ layer: Int, _ message: String) -> Finding {
      Finding(
        pip, .info, message, at: .entry(EntryPlace("root/.cache/pip", layer: layer, digest: "sha256:\(message)")),
        evidence: [Evidence("layer", String(layer), isStable: false)])
    }
    let old = fingerprintInputs([(finding(2, "b"), nil), (finding(5, "a"), nil)])
    let new = fingerprintInputs([(finding(6, "1"), nil), (finding(3, "2"), nil)])
    #expect(old == new.reversed())
    #expect(old[0] == fingerprintInput(finding(9, "c"), source: nil, ordinal: 0))
  }
}

@Suite("Diffs on a terminal")
struct TerminalDiffTests {
  @Test("a removed line that looks like a header is one, and nothing is obeyed")
  func colors() {
    let old = Array("-- a\nkeep\n".utf8)
    let new = Array("keep\n+\u{1B}b".utf8)
    let patch = UnifiedDiff(path: "f", old: old, new: new).bytes
    let shown = terminalDiff(patch, style: Style(hasColor: true))
    #expect(shown.contains("\u{1B}[1m--- a/f\u{1B}[0m\n"))
    #expect(shown.contains("\u{1B}[31m--- a\u{1B}[0m\n"))
    #expect(shown.contains("\u{1B}[32m++\\x1bb\u{1B}[0m\n"))
    let plain = Array("x\n".utf8)
    let simple = UnifiedDiff(path: "f", old: nil, new: plain).bytes
    #expect(terminalDiff(simple, style: Style(hasColor: false)) == String(decoding: simple, as: UTF8.self))
    #expect(terminalDiff([], style: Style(hasColor: true)).isEmpty)
  }
}
