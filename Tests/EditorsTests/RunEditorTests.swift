import CacheEffects
import Dockerfiles
import Editors
import SourceText
import TestSupport
import Testing

/// What becomes of the first RUN of a file: the RUN after the edits, or the reason against them.
private func edited(_ run: String, _ operations: [RunEditor.Operation], head: String = "FROM debian\n") -> String {
  let bytes = Array((head + run).utf8)
  let file = Dockerfile(bytes)
  guard let effects = CacheEffects(file).instructions.first else { return "no RUN" }
  do throws(EditRefusal) {
    let edits = try RunEditor(file, effects).apply(operations)
    let result = (try? applying(edits, to: bytes)) ?? []
    return String(decoding: result.dropFirst(head.utf8.count), as: UTF8.self)
  } catch {
    return "refused: \(error.reason)"
  }
}

private func isRefused(_ text: String) -> Bool { text.hasPrefix("refused: ") }

@Suite struct RunEditorTests {
  // MARK: Appending

  @Test(arguments: [
    // One line.
    ("RUN a", "RUN a && c d"),
    ("RUN a\n", "RUN a && c d\n"),
    ("RUN a  \r\nUSER x\r\n", "RUN a && c d  \r\nUSER x\r\n"),
    ("RUN a && b\nUSER x\n", "RUN a && b && c d\nUSER x\n"),
    ("RUN a; b\n", "RUN a; b && c d\n"),
    ("RUN set -e; a; b\n", "RUN set -e; a; b; c d\n"),
    ("RUN a | b\n", "RUN a | b && c d\n"),
    ("RUN a || b; d\n", "RUN a || b; d && c d\n"),
    ("RUN a && (b; d)\n", "RUN a && (b; d) && c d\n"),
    ("RUN if a; then b; fi\n", "RUN if a; then b; fi && c d\n"),
    ("RUN a && { b || exit 1; }\n", "RUN a && { b || exit 1; } && c d\n"),
    ("RUN --mount=type=cache,target=/x a\n", "RUN --mount=type=cache,target=/x a && c d\n"),
    ("ONBUILD RUN a\n", "ONBUILD RUN a && c d\n"),
    ("RUN echo '# no comment' a#b\n", "RUN echo '# no comment' a#b && c d\n"),
    // A leading `&&`.
    ("RUN a \\\n    && b\n", "RUN a \\\n    && b \\\n    && c d\n"),
    ("RUN a \\\n\t&& b \\\n\t&& e f \\\n\t\tg", "RUN a \\\n\t&& b \\\n\t&& e f \\\n\t\tg \\\n\t&& c d"),
    ("RUN a\\\r\n && b\r\n", "RUN a\\\r\n && b\\\r\n && c d\r\n"),
    ("RUN a \\\n  # why\n\n  && b\n", "RUN a \\\n  # why\n\n  && b \\\n  && c d\n"),
    ("RUN a \\  \n  &&  b\n", "RUN a \\  \n  &&  b \\\n  &&  c d\n"),
    // A trailing one.
    ("RUN a && \\\n    b\n", "RUN a && \\\n    b && \\\n    c d\n"),
    ("RUN a &&\\\n  b \\\n    e\n", "RUN a &&\\\n  b \\\n    e &&\\\n  c d\n"),
    ("RUN a && b && \\\n  # why\n  e\nUSER x", "RUN a && b && \\\n  # why\n  e && \\\n  c d\nUSER x"),
    // The last broken one is the model.
    ("RUN a \\\n && b && d\n", "RUN a \\\n && b && d \\\n && c d\n"),
    // `;`
    ("RUN set -eux; \\\n\ta; \\\n\tb\n", "RUN set -eux; \\\n\ta; \\\n\tb; \\\n\tc d\n"),
    ("RUN set -eux \\\n\t; a \\\n\t; b\n", "RUN set -eux \\\n\t; a \\\n\t; b \\\n\t; c d\n"),
    (
      "RUN set -eux; \\\n\tif a; then \\\n\t\tb; \\\n\tfi\n",
      "RUN set -eux; \\\n\tif a; then \\\n\t\tb; \\\n\tfi; \\\n\tc d\n"
    ),
    ("RUN set -eux; \\\n\ta; \\\n\tb && e\n", "RUN set -eux; \\\n\ta; \\\n\tb && e && \\\n\tc d\n"),
    ("RUN a; \\\n  b\n", "RUN a; \\\n  b && \\\n  c d\n"),
    ("RUN set -ex && a \\\n  && b\n", "RUN set -ex && a \\\n  && b \\\n  && c d\n"),
    ("RUN set -e; a;\n", "RUN set -e; a; c d\n"),
    ("RUN set -eux; \\\n\ta \\\n\t\tb \\\n\t;\n", "RUN set -eux; \\\n\ta \\\n\t\tb \\\n\t; \\\n\tc d\n"),
    ("RUN <<EOF\nset -e\na;\nEOF\n", "RUN <<EOF\nset -e\na;\nc d\nEOF\n"),
    // No separator shows how.
    ("RUN a \\\n    b \\\n      c\nUSER x\n", "RUN a \\\n    b \\\n      c \\\n    && c d\nUSER x\n"),
    ("RUN u && a b \\\n  -x\\\n  c", "RUN u && a b \\\n  -x\\\n  c\\\n  && c d"),
    // Aligned escape characters.
    (
      "RUN a          \\\n    && bcd     \\\n    && e\n",
      "RUN a          \\\n    && bcd     \\\n    && e       \\\n    && c d\n"
    ),
    (
      "RUN a &&       \\\n    bcd &&     \\\n    e\n",
      "RUN a &&       \\\n    bcd &&     \\\n    e &&       \\\n    c d\n"
    ),
    // An end that is open.
    ("RUN a \\\n  # end\n", "RUN a \\\n  # end\n    && c d\n"),
    ("RUN a \\\n  && b \\\n\n  # end", "RUN a \\\n  && b \\\n\n  # end\n  && c d"),
    // Two escape characters do not continue.
    ("RUN a \\\n && b \\\\\nUSER x\n", "RUN a \\\n && b \\\\ \\\n && c d\nUSER x\n"),
    ("RUN a\\\n && b \\\\\nUSER x\n", "RUN a\\\n && b \\\\ \\\n && c d\nUSER x\n"),
    // Here-documents.
    ("RUN <<EOF\na\nb\nEOF\n", "RUN <<EOF\na\nb && c d\nEOF\n"),
    ("RUN <<EOF\nset -e\na\n  b\n# end\nEOF\n", "RUN <<EOF\nset -e\na\n  b\n# end\n  c d\nEOF\n"),
    ("RUN <<-EOF\r\n\tset -e\r\n\tb\r\n\tEOF\r\n", "RUN <<-EOF\r\n\tset -e\r\n\tb\r\n\tc d\r\n\tEOF\r\n"),
    ("RUN <<EOF\na &&\n  b # why\nEOF\n", "RUN <<EOF\na &&\n  b &&\n  c d # why\nEOF\n"),
    ("RUN <<EOF\nset -e\nif a; then\n  b\nfi\nEOF\n", "RUN <<EOF\nset -e\nif a; then\n  b\nfi\nc d\nEOF\n"),
    ("RUN <<EOF\na \\\n  && b\nEOF\n", "RUN <<EOF\na \\\n  && b \\\n  && c d\nEOF\n"),
    ("RUN cat <<EOF > /x\n$a\nEOF\n", "RUN cat <<EOF > /x && c d\n$a\nEOF\n"),
    ("RUN a && bash <<EOF\nb\nEOF\nUSER x\n", "RUN a && bash <<EOF && c d\nb\nEOF\nUSER x\n"),
    ("RUN <<EOF\n#!/bin/bash -e\na\nEOF\n", "RUN <<EOF\n#!/bin/bash -e\na\nc d\nEOF\n"),
  ])
  func appends(_ before: String, _ after: String) {
    #expect(edited(before, [.append("c d")]) == after)
  }

  @Test(arguments: [
    ("RUN a || b", "||"), ("RUN a && b || true", "||"), ("RUN a & b", "background"), ("RUN a &", "background"),
    ("RUN a;", "`;`"), ("RUN set -e; a; \\\n", "`;`"), ("RUN a; \\\n", "`;`"), ("RUN a # b", "comment"),
    ("RUN a && exec b", "end before"),
    ("RUN a && exit", "end before"), ("RUN if a; then exit 0; fi; b", "end before"), ("RUN a && (b", "understood"),
    ("RUN a '", "understood"), ("RUN [\"a\", \"b\"]", "without a shell"), ("RUN a &&", "understood"),
    ("RUN set -e && { a; b; }", "set -e"), ("RUN set -e; { a && b; }", "set -e"), ("RUN (set -e; a; b)", "set -e"),
    ("RUN if a; then set -e; fi; { b; }", "set -e"), ("RUN set -e; f() { a; b; }; f", "set -e"),
    ("RUN <<EOF\n# nothing\nEOF\n", "nothing"),
  ])
  func refusesToAppend(_ run: String, _ reason: String) {
    let result = edited(run, [.append("c d")])
    #expect(isRefused(result) && result.contains(reason), "\(result)")
  }

  @Test(arguments: ["", "a; b", "a || b", "a &", "a # b", "a\nb", "a \\", "! a", "cat <<EOF", "a 'b", " a"])
  func refusesToAppendWhatIsNotPlain(_ command: String) {
    #expect(isRefused(edited("RUN x\n", [.append(command)])))
  }

  @Test func appendsWithABacktick() {
    #expect(
      edited("RUN a `\n  && b\n", [.append("c")], head: "# escape=`\nFROM debian\n")
        == "RUN a `\n  && b `\n  && c\n")
  }

  @Test func appendsWithAShellThatStopsAtErrors() {
    let head = "FROM debian\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\n"
    #expect(edited("RUN a; b\n", [.append("c")], head: head) == "RUN a; b; c\n")
    #expect(edited("RUN a && b\n", [.append("c")], head: head) == "RUN a && b && c\n")
    #expect(isRefused(edited("RUN a && { b; d; }\n", [.append("c")], head: head)))
  }

  // MARK: Flags

  @Test(arguments: [
    ("RUN pip install x\n", "RUN pip install --f x\n"),
    ("RUN pip install", "RUN pip install --f"),
    ("RUN python3 -m pip install \\\n  x\n", "RUN python3 -m pip install --f \\\n  x\n"),
    ("RUN pip inst\\\nall\\\n x\n", "RUN pip inst\\\nall --f\\\n x\n"),
    ("RUN pip \\\n  # why\n  install x\r\n", "RUN pip \\\n  # why\n  install --f x\r\n"),
    ("RUN sudo -H pip install x > y\n", "RUN sudo -H pip install --f x > y\n"),
    ("RUN pip 'install' x\n", "RUN pip 'install' --f x\n"),
    ("RUN [\"pip\", \"install\", \"x\"]\n", "RUN [\"pip\", \"install\", \"--f\", \"x\"]\n"),
    ("RUN [\"pip\",\"install\",\"x\"]\n", "RUN [\"pip\",\"install\",\"--f\",\"x\"]\n"),
    ("RUN [\"pip\",\"install\"]\n", "RUN [\"pip\",\"install\",\"--f\"]\n"),
    ("RUN [ \"pip\", \"install\" , \\\n \"x\" ]\n", "RUN [ \"pip\", \"install\", \"--f\" , \\\n \"x\" ]\n"),
    ("RUN [\"sh\", \"-c\", \"pip install x\"]\n", "RUN [\"sh\", \"-c\", \"pip install --f x\"]\n"),
    ("RUN sh -c \"pip install x\"\n", "RUN sh -c \"pip install --f x\"\n"),
    ("RUN poetry run sh -c 'pip install x'\n", "RUN poetry run sh -c 'pip install --f x'\n"),
    ("RUN cat r | xargs pip install\n", "RUN cat r | xargs pip install --f\n"),
    ("RUN echo \"$(pip install x)\"\n", "RUN echo \"$(pip install --f x)\"\n"),
    ("RUN for p in a b; do pip install $p; done\n", "RUN for p in a b; do pip install --f $p; done\n"),
    ("RUN f() { pip install $1; }; f a; f b\n", "RUN f() { pip install --f $1; }; f a; f b\n"),
    ("ONBUILD RUN pip install x\n", "ONBUILD RUN pip install --f x\n"),
    ("RUN <<EOF\npip install \\\n  x\nEOF\n", "RUN <<EOF\npip install --f \\\n  x\nEOF\n"),
    ("RUN bash <<EOF\npip install x\nEOF\n", "RUN bash <<EOF\npip install --f x\nEOF\n"),
    ("RUN pip install>x\n", "RUN pip install --f>x\n"),
    (
      "RUN pip install x      \\\n          y            \\\n  z\n",
      "RUN pip install --f x  \\\n          y            \\\n  z\n"
    ),
    ("RUN pip install x \\\n          \\\n  z\n", "RUN pip install --f x \\\n          \\\n  z\n"),
  ])
  func addsAFlag(_ before: String, _ after: String) {
    let file = Dockerfile(Array(("FROM debian\n" + before).utf8))
    let commands = CacheEffects(file).instructions.first?.commands ?? []
    let number = commands.firstIndex { $0.name == "pip" } ?? 99
    #expect(edited(before, [.addFlag("--f", command: number, after: 1)]) == after)
  }

  @Test func addsFlagsAtSeveralPlaces() {
    #expect(
      edited(
        "RUN pip install a && apk add b \\\n && pip install\n",
        [
          .append("c"), .addFlag("-q", command: 0, after: 0), .addFlag("--n --m", command: 1, after: 1),
          .addFlag("--f", command: 2, after: 1), .addFlag("-g", command: 2, after: 1),
          .addCacheMount(target: "/x", isLocked: true), .addCacheMount(target: "/y", isLocked: false),
        ])
        == "RUN --mount=type=cache,target=/x,sharing=locked --mount=type=cache,target=/y pip -q install a"
        + " && apk add --n --m b \\\n && pip install --f -g \\\n && c\n")
  }

  @Test func addsAFlagOnceToALoop() {
    #expect(
      edited(
        "RUN for p in a b; do pip install $p; done\n",
        [.addFlag("--f", command: 0, after: 1), .addFlag("--f", command: 1, after: 1)])
        == "RUN for p in a b; do pip install --f $p; done\n")
  }

  @Test(arguments: [
    ("RUN X='install a'; pip $X\n", "--f"), ("RUN sh -c \"pip \\\"install\\\" x\"\n", "--f"),
    ("RUN pip install --f x\n", "--f"), ("RUN pip install x\n", "--f=\"a\""), ("RUN pip install x\n", "f"),
    ("RUN pip install x\n", "--f\n"), ("RUN [\"sh\", \"-c\", \"pip \\u0069nstall x\"]\n", "--f"),
    ("RUN eval pip install x\n", "--f"), ("RUN pip\n", "--f"),
  ])
  func refusesAFlag(_ run: String, _ flag: String) {
    let file = Dockerfile(Array(("FROM debian\n" + run).utf8))
    let commands = CacheEffects(file).instructions.first?.commands ?? []
    let number = commands.firstIndex { $0.name == "pip" } ?? 99
    #expect(number < 99)
    #expect(isRefused(edited(run, [.addFlag(flag, command: number, after: 1)])))
  }

  @Test(arguments: [
    ("RUN pip install --f x\n", "RUN pip install x\n"),
    ("RUN pip install --f=3 x\n", "RUN pip install x\n"),
    ("RUN pip install x  --f\n", "RUN pip install x\n"),
    ("RUN pip install x --f;y\n", "RUN pip install x;y\n"),
    ("RUN pip install --f a --f b\n", "RUN pip install a b\n"),
    ("RUN pip install \\\n    --f \\\n    x\n", "RUN pip install \\\n    x\n"),
    ("RUN pip install \\\n    --f x\n", "RUN pip install \\\n    x\n"),
    ("RUN pip install \\\n    x \\\n    --f\nUSER x\n", "RUN pip install \\\n    x\nUSER x\n"),
    ("RUN pip install \\\r\n    x \\\r\n    --f", "RUN pip install \\\r\n    x"),
    ("RUN pip install \\\n    x \\\n # why\n    --f\nUSER x\n", "RUN pip install \\\n    x\n # why\nUSER x\n"),
    ("RUN pip install x --f \\\n && y\n", "RUN pip install x \\\n && y\n"),
    (
      "RUN pip install --f x   \\\n           y            \\\n  && y\n",
      "RUN pip install x       \\\n           y            \\\n  && y\n"
    ),
    ("RUN [\"pip\", \"install\", \"--f\", \"x\"]\n", "RUN [\"pip\", \"install\", \"x\"]\n"),
    ("RUN [\"pip\", \"install\", \"--f\"]\n", "RUN [\"pip\", \"install\"]\n"),
    ("RUN [\"pip\", \\\n \"install\", \\\n  \"--f\", \"x\"]\n", "RUN [\"pip\", \\\n \"install\", \"x\"]\n"),
    ("RUN sh -c 'pip install --f x'\n", "RUN sh -c 'pip install x'\n"),
    ("RUN <<EOF\npip install x \\\n  --f\nEOF\n", "RUN <<EOF\npip install x\nEOF\n"),
    ("RUN <<EOF\npip install \\\n  --f \\\n x\nEOF\n", "RUN <<EOF\npip install \\\n x\nEOF\n"),
  ])
  func removesAFlag(_ before: String, _ after: String) {
    #expect(edited(before, [.removeFlag("--f", command: 0)]) == after)
  }

  @Test func removesAFlagWithItsValue() {
    #expect(edited("RUN pip install --d /x y\n", [.removeFlag("--d /x", command: 0)]) == "RUN pip install y\n")
    #expect(
      edited("RUN pip install \\\n  --d \\\n  /x \\\n  y\n", [.removeFlag("--d /x", command: 0)])
        == "RUN pip install \\\n  y\n")
  }

  @Test(arguments: ["RUN pip install x\n", "RUN X=--f; pip install $X x\n", "RUN pip install 1 --f>x\n"])
  func refusesToRemoveAFlag(_ run: String) {
    #expect(isRefused(edited(run, [.removeFlag("--f", command: 0)])))
  }

  // MARK: Commands

  @Test(arguments: [
    ("RUN u && a\n", "RUN a\n"),
    ("RUN a && u\n", "RUN a\n"),
    ("RUN a && u && b\n", "RUN a && b\n"),
    ("RUN u; a\n", "RUN a\n"),
    ("RUN a; u; b\n", "RUN a; b\n"),
    ("RUN u \\\n  && a\n", "RUN a\n"),
    ("RUN u && \\\n    a\n", "RUN a\n"),
    ("RUN a \\\n  && u \\\n  && b\n", "RUN a \\\n  && b\n"),
    ("RUN a && \\\n  u && \\\n  b\n", "RUN a && \\\n  b\n"),
    ("RUN a \\\n  # why\n  && u \\\n  && b\n", "RUN a \\\n  # why\n  && b\n"),
    ("RUN a \\\n  && u\nUSER x\n", "RUN a\nUSER x\n"),
    ("RUN set -e; \\\n  u; \\\n  # b\n  b\n", "RUN set -e; \\\n  # b\n  b\n"),
    ("RUN a \\\r\n && u -x \\\r\n  y \\\r\n && b", "RUN a \\\r\n && b"),
    ("RUN a \\\n  && u && b\n", "RUN a \\\n  && b\n"),
    ("RUN <<EOF\nu\na\nEOF\n", "RUN <<EOF\na\nEOF\n"),
    ("RUN <<EOF\na\nu\n# b\nb\nEOF\n", "RUN <<EOF\na\n# b\nb\nEOF\n"),
    ("RUN <<EOF\na &&\n  u &&\n  b\nEOF\n", "RUN <<EOF\na &&\n  b\nEOF\n"),
  ])
  func removesACommand(_ before: String, _ after: String) {
    let file = Dockerfile(Array(("FROM debian\n" + before).utf8))
    let commands = CacheEffects(file).instructions.first?.commands ?? []
    let number = commands.firstIndex { $0.name == "u" } ?? 99
    #expect(edited(before, [.removeCommand(number)]) == after)
  }

  @Test(arguments: [
    "RUN u\n", "RUN u || a\n", "RUN u | a\n", "RUN u > x && a\n", "RUN (u) && a\n", "RUN ! u && a\n",
    "RUN sh -c 'u && a'\n",
    "RUN if u; then a; fi\n", "RUN [\"u\"]\n",
  ])
  func refusesToRemoveACommand(_ run: String) {
    #expect(isRefused(edited(run, [.removeCommand(0)])))
  }

  @Test func removesAnUpdateAndAddsAFlag() {
    #expect(
      edited("RUN apk update \\\n && apk add x\n", [.removeCommand(0), .addFlag("--no-cache", command: 1, after: 1)])
        == "RUN apk add --no-cache x\n")
  }

  // MARK: Mounts

  @Test(arguments: [
    ("RUN a\n", "RUN --mount=type=cache,target=/x a\n"),
    ("run\ta\n", "run --mount=type=cache,target=/x\ta\n"),
    ("RUN --network=none -- a\n", "RUN --network=none --mount=type=cache,target=/x -- a\n"),
    ("RUN --network=none \\\n  a\n", "RUN --network=none --mount=type=cache,target=/x \\\n  a\n"),
    ("RUN \\\n  a\n", "RUN --mount=type=cache,target=/x \\\n  a\n"),
    ("RUN <<EOF\na\nEOF\n", "RUN --mount=type=cache,target=/x <<EOF\na\nEOF\n"),
    ("RUN [\"a\"]\n", "RUN --mount=type=cache,target=/x [\"a\"]\n"),
    ("ONBUILD RUN a\n", "ONBUILD RUN --mount=type=cache,target=/x a\n"),
  ])
  func mounts(_ before: String, _ after: String) {
    #expect(edited(before, [.addCacheMount(target: "/x", isLocked: false)]) == after)
  }

  @Test func refusesAMount() {
    for target in ["x", "/a b", "/a,b", "/$x", ""] {
      #expect(isRefused(edited("RUN a\n", [.addCacheMount(target: target, isLocked: false)])))
    }
    let there = edited("RUN --mount=type=cache,target=/x a\n", [.addCacheMount(target: "/x", isLocked: true)])
    #expect(isRefused(there))
  }
}
