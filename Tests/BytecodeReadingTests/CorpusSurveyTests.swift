internal import Bytecode
internal import BytecodeReading
internal import Facts
internal import Foundation
internal import SourceText
internal import TestSupport
internal import Testing

@Suite("The corpus of bytecode, judged as a tree on disk")
struct CorpusSurveyTests {
  /// The corpus, unpacked with every nanosecond of its times.
  private static let corpus = Result { () throws -> TemporaryDirectory in
    let directory = try TemporaryDirectory()
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let archive = tests.appending(path: "BytecodeTests/bytecode.tar").path
    // GNU tar warns of times before 1970 and in the future.
    let result = try run(["tar", "-xpf", archive, "-C", directory.path], in: directory.path)
    #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
    return directory
  }

  private static let labels = Result { try vectors("../BytecodeTests/bytecode.jsonl") }

  private func survey(_ links: FileTree.Links) throws -> BytecodeSurvey {
    let labels = try Self.labels.get()
    let installed = Interpreters(labels[0]["installed"].elements.compactMap { CacheTag(($0.text ?? "").utf8) })
    #expect(installed.tags.map(\.description) == ["cpython-38", "cpython-311", "cpython-313"])
    let tree = FileTree(root: Path((try Self.corpus.get().path + "/tree").utf8), links: links)
    let files = try labels.dropFirst().map { Path(try #require($0["path"].text).utf8) }
    return BytecodeSurvey(of: files, in: tree, interpreters: installed)
  }

  @Test(
    "each file has the verdict, and is loaded or not, as the labels say",
    arguments: [FileTree.Links.asTheyStand, .withinRoot])
  func verdicts(links: FileTree.Links) throws {
    let survey = try survey(links)
    #expect(survey.errors.isEmpty && survey.missingHashes.isEmpty)
    let facts = Dictionary(uniqueKeysWithValues: survey.facts.map { ($0.path, $0) })
    let labels = try Self.labels.get().dropFirst()
    #expect(facts.count == labels.count)
    for label in labels {
      let path = try #require(label["path"].text)
      let fact = try #require(facts[Path(path.utf8)], "\(path)")
      #expect(fact.judgement.verdict.rawValue == label["verdict"].text, "\(path)")
      if label["verdict"].text != "foreign" {
        #expect(fact.judgement.intrinsic.rawValue == label["intrinsic"].text, "\(path)")
      }
      #expect(fact.isLoaded == label["loaded"].isTrue, "\(path)")
      #expect(fact.judgement.importRaises == label["import_raises"].isTrue, "\(path)")
      #expect(fact.bytes == label["bytes"].number, "\(path)")
      #expect(fact.isUnreadable == nil && !fact.isTracked && fact.layer == nil)
    }
  }

  @Test("facts come in the order of their paths")
  func order() throws {
    let paths = try survey(.asTheyStand).facts.map(\.path)
    #expect(paths == paths.sorted())
  }
}
