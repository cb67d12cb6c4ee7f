import CacheEffects
import Caches
import Testing

/// What is read of a step of which only the text is left.
@Suite struct StepEffectsTests {
  struct Step: Sendable {
    var text: String
    var variables: [String] = []
    var user: String?
    var home: String? = "/root"
    var directory: String? = "/"
    /// The writes: the kind, the place and what keeps it out.
    var writes: [String]
  }

  @Test(arguments: [
    Step(text: "pip install a", writes: ["python.pip /root/.cache/pip"]),
    Step(text: "pip install a \\\n  --no-cache-dir", writes: ["python.pip /root/.cache/pip no-cache"]),
    Step(text: "pip install a", variables: ["PIP_NO_CACHE_DIR=1"], writes: ["python.pip /root/.cache/pip no-cache"]),
    Step(text: "pip install a", variables: ["PIP_CACHE_DIR=/a \"b\" $c\\"], writes: ["python.pip /a \"b\" $c\\"]),
    Step(
      text: "pip install a", variables: ["1=2", "A", "B=\nPIP_NO_CACHE_DIR=1"], writes: ["python.pip /root/.cache/pip"]),
    Step(text: "pip install a", user: "1000\nENV PIP_NO_CACHE_DIR=1", writes: ["python.pip /root/.cache/pip"]),
    Step(text: "cat <<EOF >x\npip install a\nEOF\nnpm ci", writes: ["js.npm /root/.npm/_cacache"]),
    Step(text: "END_OF_STEP\npip install a", writes: ["python.pip /root/.cache/pip"]),
    Step(
      text: "pip install a",
      variables: ["PIP_NO_CACHE_DIR=1"] + (1...InstructionEffects.stepVariables).map { "A\($0)=b" },
      writes: ["python.pip /root/.cache/pip"]),
    Step(text: "", writes: []),
    Step(text: "pip install a", user: "app", home: "/srv/\"app\"$", writes: ["python.pip /srv/\"app\"$/.cache/pip"]),
    Step(text: "pip install a", user: "app", home: nil, writes: ["python.pip"]),
    Step(text: "pip install a", user: "$APP", home: nil, writes: ["python.pip"]),
    Step(text: "pip install a", home: nil, writes: ["python.pip"]),
    Step(
      text: "pip install a", variables: ["HOME=/x", "UNKNOWN=root"], user: "$APP", home: "/y",
      writes: ["python.pip /x/.cache/pip"]),
    Step(text: "npm ci --cache c", home: "/h", directory: "/srv/a b", writes: ["js.npm /srv/a b/c"]),
    Step(text: "npm ci --cache c", home: "/h", directory: nil, writes: ["js.npm"]),
    Step(text: "npm ci --cache c", home: "/h", directory: "/$x", writes: ["js.npm"]),
  ])
  func aStepIsReadAsARun(step: Step) throws {
    let effects = InstructionEffects.of(
      step: step.text, variables: step.variables, user: step.user, home: step.home, directory: step.directory)
    let writes = (effects?.writes ?? []).filter { ["python.pip", "js.npm"].contains($0.kind.id) }
    let words = writes.map { write in
      let place = write.place.map { String(decoding: $0.path, as: UTF8.self) }
      return [write.kind.id, place, write.keptOut?.name].compactMap(\.self).joined(separator: " ")
    }
    #expect(words == step.writes)
  }

  @Test(arguments: [String(repeating: "x", count: InstructionEffects.stepLimit + 1), "if pip install a"])
  func ofWhatIsNotUnderstoodNothingIsKnown(text: String) {
    #expect(InstructionEffects.of(step: text, variables: [], user: nil, home: nil)?.writes.count == nil)
  }
}
