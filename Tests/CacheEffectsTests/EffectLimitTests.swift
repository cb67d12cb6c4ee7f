import CacheEffects
import Dockerfiles
import Testing

@Suite("Limits of what a file can ask for")
struct EffectLimitTests {
  @Test("a small file with many loops and functions costs no more than its size allows")
  func amplification() {
    let loops =
      String(repeating: "for i in a b c; do ", count: 4) + "pip install $i; " + String(repeating: "done; ", count: 4)
    let function = "f() { \(loops)}; "
    let text = "FROM python:3.12\n" + String(repeating: "RUN \(function)f; f; f; f; f; f; f; f; f\n", count: 400)
    let effects = CacheEffects(Dockerfile(Array(text.utf8)))
    let commands = effects.instructions.map(\.commands.count)
    #expect(commands.reduce(0, +) <= 100_000 + text.utf8.count)
    #expect(commands.first == 9 * 81)
    // What is not followed any more is not taken for understood.
    #expect(effects.instructions.last?.isComplete == false)
  }
}
