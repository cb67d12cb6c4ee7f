internal import Foundation
internal import SourceText
internal import TestSupport
internal import Testing

@testable import Bytecode

@Suite("The corpus of bytecode files that interpreters wrote and imported")
struct CorpusTests {
  /// The corpus, unpacked with every nanosecond of its times.
  private static let corpus = Result { () throws -> TemporaryDirectory in
    let directory = try TemporaryDirectory()
    let archive = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "bytecode.tar").path
    // GNU tar warns of times before 1970 and in the future.
    let result = try run(["tar", "-xpf", archive, "-C", directory.path], in: directory.path)
    #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
    return directory
  }

  private static let labels = Result { try vectors("bytecode.jsonl") }

  private func installed() throws -> Interpreters {
    let header = try #require(try Self.labels.get().first)
    return Interpreters(header["installed"].elements.compactMap { CacheTag(($0.text ?? "").utf8) })
  }

  private func files() throws -> ArraySlice<VectorValue> {
    let labels = try Self.labels.get()
    #expect(labels.count == (labels[0]["files"].number ?? 0) + 1)
    return labels.dropFirst()
  }

  private func examine(_ label: VectorValue, step: Int) throws -> BytecodeFile {
    let path = try Self.corpus.get().path + "/tree/" + #require(label["path"].text)
    return try #require(try ExaminedFile(path, step: step)).file
  }

  @Test("each file has the verdict, and each import the outcome, that was measured", arguments: [1, 5, 4096])
  func verdicts(step: Int) throws {
    let installed = try installed()
    for label in try files() {
      let file = try examine(label, step: step)
      let judgement = try BytecodeJudgement(file, installed)
      let path = try #require(label["path"].text)
      #expect(judgement.verdict.rawValue == label["verdict"].text, "\(path)")
      #expect(judgement.intrinsic.rawValue == label["intrinsic"].text, "\(path)")
      #expect(judgement.isLoaded == label["loaded"].isTrue, "\(path)")
      #expect(judgement.importRaises == label["import_raises"].isTrue, "\(path)")
    }
  }

  @Test("each name leads to the source and the tag on record")
  func names() throws {
    for label in try files() {
      let path = try #require(label["path"].text)
      let name = try #require(BytecodeName(Path(path.utf8)))
      if let source = label["source"].text { #expect(name.source == Path(source.utf8), "\(path)") }
      if let tag = name.tag { #expect(tag.description == label["tag"].text, "\(path)") }
      if case .cached(_, let optimisation) = name.form { #expect(optimisation == label["opt"].number, "\(path)") }
    }
  }

  @Test("each header is kept to its sixteenth byte")
  func headers() throws {
    for label in try files() {
      let file = try examine(label, step: 3)
      let hexadecimal = file.header.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(hexadecimal == label["header"].text)
    }
  }

  @Test("with no known interpreter no known tag is foreign, and nothing is said of imports")
  func unknownInterpreters() throws {
    for label in try files() {
      let judgement = try BytecodeJudgement(try examine(label, step: 64), Interpreters())
      #expect(judgement.isLoaded == nil)
      #expect(judgement.importRaises == nil)
      #expect(judgement.verdict != .foreign)
      if label["verdict"].text == "foreign" { #expect(judgement.verdict.rawValue == label["intrinsic"].text) }
    }
  }

  @Test("what is imported is rewritten where a rule says that it is compiled anew")
  func rewritten() throws {
    for label in try files() where label["rewritten_on_import"].isTrue {
      let verdict = try #require(label["verdict"].text.flatMap(BytecodeVerdict.init))
      #expect(verdict.code == "CP501")
    }
  }

  @Test("evidence is asked for only where it decides")
  func evidence() throws {
    let installed = try installed()
    for label in try files() {
      var file = try examine(label, step: 64)
      let whole = try BytecodeJudgement(file, installed)
      let (body, hashes) = (file.body, file.source?.hashes ?? [:])
      file.body = nil
      file.source?.hashes = [:]
      var asked: [MissingEvidence] = []
      while asked.count < 3 {
        do throws(MissingEvidence) {
          let judgement = try BytecodeJudgement(file, installed)
          #expect(judgement == whole)
          break
        } catch {
          asked.append(error)
          switch error {
          case .body: file.body = body
          case .sourceHash(let key): file.source?.hashes[key] = hashes[key]
          }
        }
      }
      #expect(asked.count < 3)
      if ["stale-mtime", "stale-size", "orphan", "corrupt-header"].contains(whole.intrinsic.rawValue) {
        #expect(asked.isEmpty, "\(whole.intrinsic)")
      }
      if whole.intrinsic == .freshCheckedHash { #expect(asked.count == 2) }
    }
  }
}
