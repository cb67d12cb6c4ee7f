import JSON
import SourceText
import Testing

@testable import Images

@Suite("How an image was made")
struct HistoryTests {
  struct Form: Sendable {
    var written: String
    var keyword: String?
    var text: String
    var shell: String?
    var arguments: [String] = []
  }

  @Test(
    "what builders write becomes an instruction",
    arguments: [
      Form(written: "/bin/sh -c #(nop) ADD file:ab in / ", keyword: "ADD", text: "file:ab in /"),
      Form(written: #"/bin/sh -c #(nop)  CMD ["bash"]"#, keyword: "CMD", text: #"["bash"]"#),
      Form(written: "/bin/sh -c #(nop) something", keyword: nil, text: "something"),
      Form(written: "/bin/sh -c apt-get update", keyword: "RUN", text: "apt-get update", shell: "/bin/sh -c"),
      Form(
        written: "|2 A=b C=d e /bin/sh -c make", keyword: "RUN", text: "make", shell: "/bin/sh -c",
        arguments: ["A=b", "C=d e"]),
      Form(
        written: "|3 A=b C=d e /bin/sh -c make", keyword: "RUN", text: "make", shell: "/bin/sh -c",
        arguments: ["A=b C=d e"]),
      Form(written: "|0 /bin/sh -c make", keyword: "RUN", text: "make", shell: "/bin/sh -c"),
      Form(
        written: "RUN |1 V=1.2 /bin/bash -o pipefail -c make # buildkit", keyword: "RUN", text: "make",
        shell: "/bin/bash -o pipefail -c", arguments: ["V=1.2"]),
      Form(
        written: "RUN /bin/sh -c pip install x # buildkit", keyword: "RUN", text: "pip install x", shell: "/bin/sh -c"),
      Form(
        written: "RUN /bin/sh -c cat <<EOF\na\nEOF\n # buildkit", keyword: "RUN", text: "cat <<EOF\na\nEOF\n",
        shell: "/bin/sh -c"),
      Form(written: "RUN python3 -m x # buildkit", keyword: "RUN", text: "python3 -m x"),
      Form(written: "COPY src dst # buildkit", keyword: "COPY", text: "src dst"),
      Form(written: "ENV X=y", keyword: "ENV", text: "X=y"),
      Form(written: "CMD [\"a\"]", keyword: "CMD", text: "[\"a\"]"),
      Form(written: "# debian.sh --arch 'amd64'", keyword: nil, text: "# debian.sh --arch 'amd64'"),
      Form(written: "bazel build ...", keyword: nil, text: "bazel build ..."),
      Form(written: "|x y", keyword: nil, text: "|x y"),
      Form(written: "|99999999999999999999 a", text: "|99999999999999999999 a"),
      Form(written: "/bin/sh -c", keyword: nil, text: "/bin/sh -c"), Form(written: "", keyword: nil, text: ""),
      Form(written: "/bin/bash -c", keyword: nil, text: "/bin/bash -c"),
    ])
  func forms(form: Form) {
    let step = BuildStep(createdBy: form.written)
    #expect(step.keyword == form.keyword)
    #expect(step.text == form.text)
    #expect(step.shell == form.shell)
    #expect(step.arguments == form.arguments)
  }

  @Test(
    "what a step sets, or could see",
    arguments: [
      ("/bin/sh -c #(nop)  ENV PIP_CACHE_DIR=/opt/pip", ["PIP_CACHE_DIR=/opt/pip"]),
      ("ENV A=b C=d e", ["A=b", "C=d e"]), ("ENV", []), ("RUN |1 A=b /bin/sh -c make # buildkit", ["A=b"]),
      ("RUN /bin/sh -c A=b make # buildkit", []), ("LABEL A=b", []),
    ])
  func variables(written: String, variables: [String]) {
    #expect(BuildStep(createdBy: written).variables == variables)
  }

  /// A history: `c` a CMD without a layer, `e` another step without one, `L` a step with one, `B` one that names its base.
  private func history(_ letters: String, layers: Int) throws -> BuildHistory {
    let entries = letters.map { letter -> JSONValue in
      [
        "created_by": letter == "c"
          ? "/bin/sh -c #(nop)  CMD [\"sh\"]" : letter == "e" ? "ENV A=b" : "RUN /bin/sh -c x",
        "empty_layer": .bool(letter == "c" || letter == "e"), "comment": letter == "B" ? "FROM 0123" : nil,
      ]
    }
    let document = MemoryStore.configuration("linux/amd64", layers: 0, and: ["history": .array(entries)])
    let read = try ImageConfiguration(document.encoded(), name: .file("c"))
    return BuildHistory(read.history, layerCount: layers)
  }

  @Test(
    "layers are attributed to steps, and never by a guess",
    arguments: [
      ("LeLc", 2, [0, 2], true, nil), ("LcLe", 2, [0, 2], true, 1), ("LcLceLc", 3, [0, 2, 5], true, 2),
      ("LLL", 2, [nil, nil], false, nil), ("LL", 3, [nil, nil, nil], false, nil), ("", 2, [nil, nil], false, nil),
      ("ec", 1, [nil], false, nil), ("BL", 3, [nil, 0, 1], false, nil), ("Be", 1, [0], true, nil),
      ("", 0, [], true, nil),
      ("eL", 1, [1], true, nil), ("ceL", 1, [2], true, 0),
    ] as [(String, Int, [Int?], Bool, Int?)])
  func attribution(letters: String, layers: Int, steps: [Int?], matches: Bool, base: Int?) throws {
    let history = try history(letters, layers: layers)
    #expect(history.stepOfLayer == steps)
    #expect(history.matches == matches)
    #expect(history.baseLayers == base)
    for layer in 0..<layers { #expect((history.step(ofLayer: layer) == nil) == (steps[layer] == nil)) }
  }

  private func history(_ steps: [(step: String, isEmpty: Bool)], layers: Int) -> BuildHistory {
    BuildHistory(
      steps.map { ImageConfiguration.HistoryEntry(createdBy: $0.step, comment: "", isEmptyLayer: $0.isEmpty) },
      layerCount: layers)
  }

  @Test("a layer's step begins with what those before it have set")
  func contexts() throws {
    let history = history(
      [
        ("ADD rootfs.tar /", false), ("ENV A=1 HOME=/h", true), ("WORKDIR /srv", true), ("RUN /bin/sh -c a", false),
        ("ENV B=2 A=3", true), ("USER app:staff", true), ("WORKDIR sub", true), ("RUN /bin/sh -c b", false),
        ("WORKDIR $x", true), ("WORKDIR more", true), ("COPY a b", false), ("USER root", true),
      ], layers: 4)
    let contexts = history.contexts(variableLimit: 3)
    try #require(contexts.count == 4)
    #expect(contexts[0] == StepContext())
    #expect(
      contexts.map { $0?.variables } == [
        [], ["A=1", "HOME=/h"], ["HOME=/h", "B=2", "A=3"], ["HOME=/h", "B=2", "A=3"],
      ])
    #expect(contexts.map { $0?.user } == [nil, nil, "app:staff", "app:staff"])
    #expect(contexts.map { $0?.directory } == ["/", "/srv", "/srv/sub", nil])
    #expect(contexts.map { $0?.home } == [nil, "/h", "/h", "/h"])
    #expect(history.contexts(variableLimit: 0).allSatisfy { $0?.variables == [] && $0?.home == nil })
  }

  @Test("of many variables the last are kept, and a HOME from before them")
  func manyVariables() {
    let first = [(step: "ENV HOME=/h", isEmpty: true)]
    let steps = (0..<500).map { number in
      (step: "ENV " + (0..<20).map { "V\(number)_\($0)=x" }.joined(separator: " "), isEmpty: true)
    }
    let directories = (0..<5000).map { _ in (step: "WORKDIR deeper", isEmpty: true) }
    let last = [(step: "RUN /bin/sh -c a", isEmpty: false)]
    let context = history(first + steps + directories + last, layers: 1).contexts(variableLimit: 256)[0]
    #expect(context?.variables.count == 256 && context?.variables.last == "V499_19=x")
    #expect(context?.home == "/h" && context?.directory == nil)
  }

  @Test("a layer without a step has nothing before it") func unknownContexts() {
    let history = history([("RUN /bin/sh -c a", false)], layers: 3)
    #expect(history.contexts(variableLimit: 1) == [nil, nil, nil])
  }
}
