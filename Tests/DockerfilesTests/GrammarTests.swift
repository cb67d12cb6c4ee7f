import Dockerfiles
import SourceText
import TestSupport
import Testing

/// A file, and what BuildKit's parser made of it when it was asked.
struct GrammarCase: Sendable, CustomTestStringConvertible {
  var testDescription: String { text }
  let text: String
  /// The instructions as `KEYWORD first-last`, flags and count of here-documents behind them.
  let instructions: [String]
  var fileProblem: String?
  var instructionProblem: String?

  init(
    _ text: String, _ instructions: [String], fileProblem: String? = nil, instructionProblem: String? = nil
  ) {
    self.text = text
    self.instructions = instructions
    self.fileProblem = fileProblem
    self.instructionProblem = instructionProblem
  }
}

private let cases: [GrammarCase] = [
  GrammarCase(
    "FROM a\nRUN x\\\\\nRUN y\\\\\\\nRUN z", ["FROM 1-1", "RUN 2-2 x\\\\", "RUN 3-3 y\\\\\\", "RUN 4-4 z"]),
  GrammarCase("FROM a\nRUN a \\\n\nRUN b", ["FROM 1-1", "RUN 2-4 a RUN b"]),
  GrammarCase("\\\nFROM a\nRUN b", ["FROM 1-2", "RUN 3-3 b"]),
  GrammarCase("FROM a\nENV D=5 x", ["FROM 1-1", "ENV 2-2 D=5"], fileProblem: "can't find = in \"x\""),
  GrammarCase(
    "FROM a\nRUN cat <<EOF\nEOF \nEOF\nRUN y", ["FROM 1-1", "RUN 2-4 cat <<EOF <EOF>", "RUN 5-5 y"]),
  GrammarCase("FROM a\nRUN --mount=type=cache,target=/x -- z", ["FROM 1-1", "RUN 2-2 --mount=type=cache,target=/x z"]),
  GrammarCase("FROM a\nRUN -- --x y", ["FROM 1-1", "RUN 2-2 --x y"]),
  GrammarCase(
    "#!/x\n# escape=`\nFROM a\nRUN a `\nb", ["FROM 3-3", "RUN 4-4 a `", "b 5-5"],
    instructionProblem: "unknown instruction: b"),
  GrammarCase(
    "FROM a\nRUN [\"a\", 1]", ["FROM 1-1", "RUN 2-2"], fileProblem: "arrays must be comprised of strings only"),
  GrammarCase("FROM a\nRUN ['a']\nRUN [\"a\"] x", ["FROM 1-1", "RUN 2-2 ['a']", "RUN 3-3 [\"a\"] x"]),
  GrammarCase("FROM a\nRUN [\"a\\u0062\", \"c\"]", ["FROM 1-1", "RUN 2-2 json ab c"]),
  GrammarCase(
    "FROM a\nRUN cat <<EOF\nx", ["FROM 1-1", "RUN 2-3 cat <<EOF <EOF>"], fileProblem: "unterminated heredoc"),
  GrammarCase(
    "FROM a\nRUN echo 'a \\\n# not comment\nb'", ["FROM 1-1", "RUN 2-4 echo 'a b'"]),
  GrammarCase("FROM a b", ["FROM 1-1"], instructionProblem: "FROM requires either one or three arguments"),
  GrammarCase(
    "FROM a\nRUN cat <<EOF <<-\"X Y\" 3<<Z\n1\nEOF\n\t2\n\tX Y\nZ",
    ["FROM 1-1", "RUN 2-7 cat <<EOF <<-\"X Y\" 3<<Z <EOF> <X Y> <Z>"]),
  GrammarCase("FROM a\nONBUILD RUN <<E\nx\nE", ["FROM 1-1", "ONBUILD 2-4 <E>"]),
  GrammarCase("FROM a\nONBUILD ONBUILD RUN x", ["FROM 1-1", "ONBUILD 2-2"], instructionProblem: "Chaining ONBUILD"),
  GrammarCase("FROM a\nRUN --mount=type=cache x", ["FROM 1-1", "RUN 2-2 --mount=type=cache x"]),
  GrammarCase(
    "FROM a\nRUN --network=foo y", ["FROM 1-1", "RUN 2-2 --network=foo y"], instructionProblem: "invalid network mode"),
  GrammarCase("FROM a\nENV A=1 \\\n  # c\n  B=2 \\\n\n  C=3", ["FROM 1-1", "ENV 2-6 A=1 B=2 C=3"]),
  GrammarCase("FROM a\nEXPOSE 80:80", ["FROM 1-1", "EXPOSE 2-2 80:80"]),
  GrammarCase("FROM a\nENV D = 5", ["FROM 1-1", "ENV 2-2 D== 5"]),
  GrammarCase("FROM a\nENV D", ["FROM 1-1", "ENV 2-2"], fileProblem: "ENV must have two arguments"),
  GrammarCase("FROM a\nENV =x", ["FROM 1-1", "ENV 2-2 =x"], instructionProblem: "ENV names can not be blank"),
  GrammarCase("FROM a\nENV A=1 # x", ["FROM 1-1", "ENV 2-2 A=1"], fileProblem: "can't find = in \"#\""),
  GrammarCase("FROM a\nENV --x A=1", ["FROM 1-1", "ENV 2-2 --x A=1"], instructionProblem: "unknown flag: --x"),
  GrammarCase(
    "FROM a\nENV A=\"x y\" B=x\\ y C='\\' D=\"\\\"\"", ["FROM 1-1", "ENV 2-2 A=\"x y\" B=x\\ y C='\\' D=\"\\\"\""]),
  GrammarCase(
    "FROM a\nRUN cat<<EOF\nRUN a <<< x\nRUN \"<<EOF\"",
    ["FROM 1-1", "RUN 2-2 cat<<EOF", "RUN 3-3 a <<< x", "RUN 4-4 \"<<EOF\""]),
  GrammarCase("FROM a\nRUN x << EOF\ny\nEOF", ["FROM 1-1", "RUN 2-4 x << EOF <EOF>"]),
  GrammarCase("FROM a\nRUN a \\ # c\nUSER b", ["FROM 1-1", "RUN 2-2 a \\ # c", "USER 3-3 b"]),
  GrammarCase("FROM a\n# c \\\nRUN x \\", ["FROM 1-1", "RUN 3-3 x"]),
  GrammarCase("FROM a\r\nRUN x \\\r\n  y\r\n", ["FROM 1-1", "RUN 2-3 x   y"]),
  GrammarCase("\u{FEFF}# escape=`\nFROM a\nRUN x `\ny", ["FROM 2-2", "RUN 3-4 x y"]),
  GrammarCase("# syntax=a\n# escape=`\n\n# escape=x\nFROM a\nRUN x `\ny", ["FROM 5-5", "RUN 6-7 x y"]),
  GrammarCase("# escape=x\nFROM a", ["FROM 2-2"], fileProblem: "invalid escape"),
  GrammarCase("# syntax=a\n# Syntax=b\nFROM a", ["FROM 3-3"], fileProblem: "only one syntax"),
  GrammarCase("", [], fileProblem: "no instructions"),
  GrammarCase("# c\n\n", [], fileProblem: "no instructions"),
  GrammarCase("RUN x", ["RUN 1-1 x"], instructionProblem: "no build stage"),
  GrammarCase("FROM a AS 1b", ["FROM 1-1"], instructionProblem: "invalid name for build stage"),
  GrammarCase("FROM a\nCOPY x", ["FROM 1-1", "COPY 2-2 x"], instructionProblem: "at least two arguments"),
  GrammarCase(
    "FROM a\nCOPY --link=maybe x y", ["FROM 1-1", "COPY 2-2 --link=maybe x y"], instructionProblem: "boolean"),
  GrammarCase(
    "FROM a\nCOPY --from=a --from=b x y", ["FROM 1-1", "COPY 2-2 --from=a --from=b x y"],
    instructionProblem: "duplicate flag"),
  GrammarCase("FROM a\nSHELL sh", ["FROM 1-1", "SHELL 2-2 sh"], instructionProblem: "JSON"),
  GrammarCase("FROM a\nCOPY [\"a b\", \"c\"]", ["FROM 1-1", "COPY 2-2 json a b c"]),
  GrammarCase("FROM a\nHEALTHCHECK NONE x", ["FROM 1-1", "HEALTHCHECK 2-2"], instructionProblem: "takes no arguments"),
  GrammarCase("FROM a\nHEALTHCHECK --interval=5m CMD x", ["FROM 1-1", "HEALTHCHECK 2-2 --interval=5m"]),
  GrammarCase("FROM a\nRUN \u{0}\u{1}x", ["FROM 1-1", "RUN 2-2 \u{0}\u{1}x"]),
  GrammarCase("ARG A", ["ARG 1-1 A"]),
  GrammarCase("FROM a\nCOPY --chown=a\\ \"b c\" x y", ["FROM 1-1", "COPY 2-2 --chown=a b c x y"]),
  GrammarCase(
    "# escape=`\nFROM a\nCOPY --chown=a\\b` c x y", ["FROM 2-2", "COPY 3-3 --chown=a\\b c x y"]),
  GrammarCase("FROM a\nRUN ${a[@]} <<EOF", ["FROM 1-1", "RUN 2-2 ${a[@]} <<EOF"]),
  GrammarCase("FROM a\nRUN x <<$E\n$E", ["FROM 1-1", "RUN 2-3 x <<$E <$E>"]),
  GrammarCase("FROM a\nRUN 'x <<E\nUSER b", ["FROM 1-1", "RUN 2-2 'x <<E", "USER 3-3 b"]),
]

private func describe(_ instruction: Instruction) -> String {
  func text(_ range: ByteRange) -> String { String(decoding: instruction.text[range], as: UTF8.self) }
  var words = [
    String(decoding: instruction.keywordText, as: UTF8.self), "\(instruction.startLine)-\(instruction.endLine)",
  ]
  words += instruction.flags.map { String(decoding: $0.text, as: UTF8.self) }
  switch instruction.arguments {
  case .pairs(let pairs, _), .declarations(let pairs):
    words += pairs.map { pair in text(pair.key) + (pair.value.map { "=" + text($0) } ?? "") }
  case .json(let strings): words += ["json"] + strings.map { String(decoding: $0.text, as: UTF8.self) }
  case .words(let ranges) where instruction.keyword != .from: words += ranges.map(text)
  case .shell(let range), .text(let range): words.append(text(range))
  default: break
  }
  words += instruction.heredocs.map { "<" + String(decoding: $0.name, as: UTF8.self) + ">" }
  return words.joined(separator: " ")
}

@Suite("Dockerfile grammar")
struct GrammarTests {
  @Test("files are read as BuildKit reads them", arguments: cases)
  func grammar(_ sample: GrammarCase) {
    let file = dockerfile(sample.text)
    #expect(file.instructions.map(describe) == sample.instructions)
    #expect(isLossless(file))
    for (problem, expected) in [
      (file.fileProblem, sample.fileProblem), (file.instructionProblem, sample.instructionProblem),
    ] {
      guard let expected else {
        if sample.fileProblem == nil { #expect(problem == nil) }
        continue
      }
      #expect(problem?.message.contains(expected) == true, "\(String(describing: problem))")
    }
  }

  @Test("a line has a limit, counted without its end")
  func lineLimit() {
    let fits = "FROM a\nRUN " + String(repeating: "x", count: Dockerfile.lineLimit - 4) + "\n"
    #expect(dockerfile(fits).problems.isEmpty)
    let tooLong = dockerfile(fits.dropLast() + "x\nUSER b\n")
    #expect(tooLong.fileProblem?.message.contains("65535") == true && tooLong.instructions.count == 3)
  }

  @Test("places in the joined text lead to the bytes of the file")
  func places() {
    let text = "FROM a\nRUN one \\\n# c\n\n  two \\\n three\n"
    let file = dockerfile(text)
    let run = file.instructions[1]
    #expect(run.hasBlankContinuation)
    for (offset, byte) in run.text.bytes.enumerated() { #expect(file.bytes[run.text.physical(offset)] == byte) }
    let joined = Array("one   two  three".utf8)
    #expect(Array(run.text.bytes.suffix(joined.count)) == joined)
    #expect(!run.text.isContiguous(run.argumentRange))
  }
}

@Suite("Hostile Dockerfiles")
struct HostileTests {
  /// Pieces that mean something to the reader.
  private static let pieces: [[UInt8]] =
    [
      "\\\n", "\n", "\r\n", "<<EOF", "EOF\n", "<<-'E'\n", "\"", "'", "$", "${", "}", "[\"", "\"]", "#", "# escape=`\n",
      "`",
      "FROM a\n", "FROM a AS b\n", "ENV A=1 ", "ENV A ", "ARG B\n", "RUN ", "ONBUILD ", "COPY --from=", "--", "=", " ",
      "\t",
      "{{", "HEALTHCHECK ", "PYTHONDONTWRITEBYTECODE", "{", ",", "\\u00",
    ].map { Array($0.utf8) } + [[0], [0xFF], [0xC2], [0xC2, 0xA0], [0xE2, 0x80], byteOrderMark]

  private func check(_ bytes: [UInt8]) {
    let file = Dockerfile(bytes)
    #expect(isLossless(file))
    let environments = StageEnvironments(file)
    for product in environments.graph.products() {
      _ = environments.start(in: file, stage: product.stage)
      guard case .success(let after) = edited(bytes, stage: product.stage, set: true) else { continue }
      #expect(edited(after, stage: product.stage, set: true) == .success(after))
      if setsItself(environments, product.stage) { continue }
      #expect(
        edited(after, stage: product.stage, set: false) == .success(bytes), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("any mutation of a file is read, printed and edited without harm", arguments: 0..<Vectors.seeds)
  func mutations(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var samples = Vectors.traps.map { Array($0.dockerfile.utf8) }
    samples += DockerfileCorpus.files.map(\.bytes).filter { $0.count < 4_000 }
    for _ in 0..<25 {
      var bytes = samples.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
        bytes.replaceSubrange(at..<end, with: Self.pieces.randomElement(using: &random) ?? [])
      }
      check(bytes)
    }
  }

  @Test("a file may consist of nothing but special pieces", arguments: 0..<Vectors.seeds)
  func soups(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed + 1_000)
    for _ in 0..<25 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        bytes += Self.pieces.randomElement(using: &random) ?? []
      }
      check(bytes)
    }
  }

  @Test(
    "work grows with the size of the file only",
    arguments: [
      "RUN x \\\n", "ENV A=1 \\\n", "ENV A%=1\n", "FROM a AS s%\n", "ARG A%=$A\n", "RUN cat <<E\nE\n", "ONBUILD ", "[",
      "[\"a\",", "${A:-", "$A ", "<<E ", "COPY --from=s% a b\n", "\"", "# c\n", "RUN $A <<E", "\\\n", " ",
      "LABEL a=\\\n", "RUN a;",
    ])
  func linear(_ piece: String) {
    func bytes(_ size: Int) -> [UInt8] {
      var bytes = Array("FROM a\nRUN ".utf8)
      var number = 0
      while bytes.count < size {
        number += 1
        for byte in piece.utf8 {
          if byte == UInt8(ascii: "%") { bytes += Array(String(number).utf8) } else { bytes.append(byte) }
        }
      }
      return bytes
    }
    let clock = ContinuousClock()
    let small = clock.measure { check(bytes(1 << 17)) }
    let large = clock.measure { check(bytes(1 << 19)) }
    #expect(large < small * 12 + .seconds(1), "\(small), \(large) for four times as much")
  }
}
