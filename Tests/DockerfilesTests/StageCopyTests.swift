import Dockerfiles
import Testing

private func copies(_ text: String) -> [StageCopy] {
  StageEnvironments(dockerfile(text)).copies
}

/// A copy in short: where from, what, where to.
private func line(_ copy: StageCopy) -> String {
  func name(_ path: [UInt8]?) -> String { path.map { String(decoding: $0, as: UTF8.self) } ?? "?" }
  let from =
    switch copy.from {
    case .stage(let index): "\(index)"
    case .image(let image): image
    case .unknown: "?"
    }
  return
    "\(copy.kind == .copy ? "copy" : "mount") \(from): \(copy.sources.map(name).joined(separator: " ")) -> "
    + name(copy.destination) + (copy.isIntoDirectory ? "/" : "")
}

@Suite("What stages take from elsewhere")
struct StageCopyTests {
  @Test(
    "COPY --from names a stage by name or number, else an image",
    arguments: [
      ("--from=build /a /b", "copy 0: /a -> /b"), ("--from=BUILD a b", "copy 0: /a -> /w/b"),
      ("--from=0 /a/ ./", "copy 0: /a -> /w/"), ("--from=0 /a .", "copy 0: /a -> /w/"),
      ("--from=alpine:3.20 /etc/x /x", "copy alpine:3.20: /etc/x -> /x"), ("--from=9 /a /b", "copy ?: /a -> /b"),
      ("--from=-1 /a /b", "copy ?: /a -> /b"), ("--from=$S /a /b", "copy ?: /a -> /b"),
      ("--from=build /a $D/b /c/", "copy 0: /a /d/b -> /c/"), ("--from=build $U $D$U", "copy 0: ? -> ?"),
      ("--from=build --chown=1:1 /a/*.whl /b/../c", "copy 0: /a/*.whl -> /c"),
      ("--link --from='build' /a /b", "copy 0: /a -> /b"), ("--from=build '/a' \"$D\"", "copy 0: /a -> /d"),
      ("--from=later /a /b", "copy 2: /a -> /b"), ("--from=twice /a /b", "copy 4: /a -> /b"),
    ])
  func named(_ arguments: String, _ expected: String) {
    let text = """
      FROM debian AS Build
      FROM debian AS x
      ARG U
      ENV D=/d
      WORKDIR /w
      COPY \(arguments)
      FROM debian AS later
      FROM debian AS twice
      FROM debian AS twice
      """
    #expect(copies(text).map(line) == [expected])
    #expect(copies(text).map(\.instruction) == [5] && copies(text).map(\.stage) == [1])
  }

  @Test("JSON keeps words together, and its variables are expanded")
  func json() {
    let text = "FROM debian AS a\nFROM debian\nENV D=/d\nWORKDIR /w\nCOPY --from=a [\"/a b\", \"$D\", \"../c/\"]\n"
    #expect(copies(text).map(line) == ["copy 0: /a b /d -> /c/"])
  }

  @Test(
    "what copies from the context alone is left out",
    arguments: [
      "COPY a b", "ADD --chown=1 a b", "COPY --from= a b", "COPY --from=x", "COPY --from=x a",
      "RUN --mount=type=cache,target=/x y",
      "RUN --mount=type=secret,from=a,id=x y", "RUN --network=none y", "ONBUILD COPY --from=a b c",
    ])
  func fromContext(_ instruction: String) {
    #expect(copies("FROM debian AS a\nFROM debian\n\(instruction)\n").isEmpty)
  }

  @Test("a here-document of a COPY is no source in the stage")
  func heredoc() {
    #expect(
      copies("FROM debian AS a\nFROM debian\nCOPY --from=a /x <<E /y/\nz\nE\n").map(line) == ["copy 0: /x -> /y/"])
  }

  @Test(
    "a mount takes what it names",
    arguments: [
      ("--mount=from=a,target=/x", "mount 0: / -> /x"),
      ("--mount=type=bind,from=a,src=b/c,dst=y", "mount 0: /b/c -> /w/y"),
      ("--mount=type=cache,FROM=A,source=$D,destination=/$D", "mount 0: /d -> /d"),
      ("--mount=from=busybox,target=$U", "mount busybox: / -> ?"), ("--mount=from=0", "mount 0: / -> ?"),
    ])
  func mounts(_ flags: String, _ expected: String) {
    #expect(
      copies("FROM debian AS a\nFROM debian\nARG U\nENV D=/d\nWORKDIR /w\nRUN \(flags) x\n").map(line) == [expected])
  }

  @Test("what a product has from elsewhere is in the stages that its FROM leads to")
  func products() {
    let environments = StageEnvironments(
      dockerfile(
        """
        FROM debian AS one
        FROM debian AS two
        FROM debian AS base
        COPY --from=one /a /a
        RUN --mount=from=two,target=/x y
        FROM base AS other
        COPY --from=two /o /o
        FROM base
        COPY --from=two /b /b
        """))
    #expect(environments.copies(for: 4).map(line) == ["copy 0: /a -> /a", "copy 1: /b -> /b"])
    #expect(environments.copies(for: 0).isEmpty && environments.copies.count == 4)
  }

  @Test("an ONBUILD copies in the stage that starts there")
  func onbuild() {
    let found = copies(
      """
      FROM debian AS a
      FROM debian AS b
      ONBUILD WORKDIR sub
      ONBUILD COPY --from=a /x y
      WORKDIR /w
      FROM b AS c
      FROM c
      """)
    #expect(found.map(line) == ["copy 0: /x -> /w/sub/y"])
    #expect(found.map(\.stage) == [2] && found.map(\.instruction) == [3])
  }

  @Test("a stage may be named before it begins, and itself or a circle ends")
  func later() {
    let file = dockerfile("FROM debian AS a\nCOPY --from=b /x /x\nFROM debian AS b\nCOPY --from=a /y /y\nFROM a\n")
    let graph = StageGraph(file)
    #expect(graph.built(for: 2, in: file) == [0, 1, 2])
    let trigger = dockerfile(
      "FROM debian AS a\nFROM debian AS b\nONBUILD COPY --from=a /x /x\nFROM b AS c\nFROM debian AS d\n")
    #expect(StageGraph(trigger).built(for: 2, in: trigger) == [0, 1, 2])
    #expect(StageGraph(trigger).built(for: 1, in: trigger) == [1])
    let own = dockerfile("FROM debian AS a\nCOPY --from=a /x /x\n")
    #expect(StageGraph(own).built(for: 0, in: own) == [0])
  }
}
