import Dockerfiles
import Foundation
import SourceText
import TestSupport
import Testing

/// What differs between our reading and BuildKit's.
func differences(_ file: Dockerfile, _ facts: ParseFacts) -> [String] {
  var differences: [String] = []
  func compare<Value: Equatable>(_ what: String, _ ours: Value, _ theirs: Value) {
    if ours != theirs { differences.append("\(what): \(ours), not \(theirs)") }
  }
  compare("parse error", file.fileProblem != nil, facts.parse_error != nil)
  if facts.parse_error != nil { return differences }
  compare("instruction error", file.instructionProblem != nil, facts.instruction_error != nil)
  if let escape = facts.escape { compare("escape", String(Unicode.Scalar(file.escape)), escape) }
  if facts.instruction_error == nil {
    compare("stages", file.instructions.count { $0.keyword == .from }, facts.stages)
  }
  let theirs = facts.instructions ?? []
  compare("count", file.instructions.count, theirs.count)
  for (ours, theirs) in zip(file.instructions, theirs) {
    compare("keyword", String(decoding: ours.keywordText, as: UTF8.self), theirs.keyword)
    compare("\(theirs.keyword) start", ours.startLine, theirs.start_line)
    compare("\(theirs.keyword) end", ours.endLine, theirs.end_line)
    compare("flags", ours.flags.map { String(decoding: $0.text, as: UTF8.self) }, theirs.flags)
    if let args = theirs.args { compare("arguments", arguments(ours.arguments, ours.keyword, ours.text), args) }
    switch theirs.heredocs {
    case .count(let count): compare("heredocs", ours.heredocs.count, count)
    case .list(let list):
      let found = ours.heredocs.map {
        ParseFacts.Heredoc(
          name: String(decoding: $0.name, as: UTF8.self), strip_tabs: $0.stripsTabs, expand: $0.expands,
          content: String(decoding: file.bytes[$0.body.indices], as: UTF8.self))
      }
      compare("heredocs", found, list)
    }
  }
  return differences
}

/// The arguments as BuildKit's tree lists them: name, value and `=` in turn for ENV.
func arguments(_ arguments: Arguments, _ keyword: Keyword?, _ text: LogicalText) -> [ParseFacts.Argument] {
  func string(_ range: ByteRange) -> String { String(decoding: text[range], as: UTF8.self) }
  let found: [String]
  switch arguments {
  case .none: found = keyword == nil ? [""] : []
  case .pairs(let pairs, let isLegacy):
    found = pairs.flatMap { [string($0.key), $0.value.map(string) ?? "", isLegacy ? "" : "="] }
  case .declarations(let pairs): found = pairs.map { string($0.range) }
  case .words(let words): found = words.map(string)
  case .json(let strings): found = strings.map { String(decoding: $0.text, as: UTF8.self) }
  case .shell(let range), .text(let range): found = [string(range)]
  case .healthcheck(let kind, let command):
    let rest = DockerfilesTests.arguments(command, .cmd, text)
    return [.text(string(kind))] + rest
  case .onbuild(let inner):
    let args = DockerfilesTests.arguments(inner.arguments, inner.keyword, text).compactMap { argument in
      if case .text(let text) = argument { text } else { nil }
    }
    return [.inner(keyword: string(inner.keywordRange), args: args)]
  }
  return found.map { .text($0) }
}

/// Whether the pieces follow each other from the first byte to the last.
func isLossless(_ file: Dockerfile) -> Bool {
  var offset = 0
  for piece in file.pieces {
    if piece.range.lower != offset { return false }
    offset = piece.range.upper
  }
  return offset == file.bytes.count && file.printed == file.bytes
}

@Suite("Dockerfile syntax")
struct SyntaxTests {
  @Test("traps are read as BuildKit reads them", arguments: Vectors.traps)
  func traps(_ trap: Trap) {
    let file = Dockerfile(Array(trap.dockerfile.utf8))
    #expect(differences(file, trap.parse) == [])
    #expect(isLossless(file))
  }

  @Test("there are traps")
  func trapCount() {
    #expect(Vectors.traps.count == 33)
  }

  @Test(
    "real files are read as BuildKit reads them", .enabled(if: !DockerfileCorpus.files.isEmpty, "no shared folder"))
  func corpus() throws {
    #expect(DockerfileCorpus.files.count == 415)
    for sample in DockerfileCorpus.files {
      let file = Dockerfile(sample.bytes)
      let facts = try JSONDecoder().decode(ParseFacts.self, from: Data(sample.facts))
      #expect(differences(file, facts) == [], "\(sample.name)")
      #expect(isLossless(file), "\(sample.name)")
    }
  }
}
