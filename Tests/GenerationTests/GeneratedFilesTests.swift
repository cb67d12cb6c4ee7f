internal import Caches
internal import Foundation
internal import Generation
internal import Testing
internal import YAML

/// What is checked in is what the sources give.
@Suite struct GeneratedFilesTests {
  private let root = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")

  @Test func everyGeneratedFileEqualsItsSource() throws {
    let files = PackageFiles(root: root)
    let wanted = try files.generated()
    let present = try files.present()
    #expect(wanted.map(\.path).sorted() == present.map(\.path).sorted())
    for file in wanted {
      // Not inside #expect, which would print all the bytes.
      let isCurrent = present.contains(file)
      #expect(isCurrent, "\(file.path) is old: run `make generate`")
    }
  }

  @Test func aKeyThatMeansNothingIsAnError() {
    let text =
      "ecosystem: x\ncaches:\n  - {id: x.y, tool: t, what: w, kind: build, regenerates: fully, \("evidence: read"), source: s, colour: red}\n"
    let file = TextFile(path: "policies/caches/x.yaml", bytes: Array(text.utf8))
    #expect(throws: GenerationError.self) { try generateCatalogue([file]) }
  }

  @Test func everyGrammarIsWrittenDown() throws {
    let path = root + "/policies/caches/_grammars.yaml"
    let document = Document(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(document.errors.isEmpty)
    let names = document.root?["value_grammars"]?.entries?.map(\.name) ?? []
    #expect(Set(names) == Set(SwitchGrammar.allCases.map(\.rawValue)))
  }

  @Test func theBlocksOfVariablesAreReadable() throws {
    let path = root + "/policies/caches/_environments.yaml"
    let document = Document(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(document.errors.isEmpty)
    let environments = try #require(document.root?["environments"])
    #expect(environments.entries?.map(\.name) == ["production", "development"])
    for profile in environments.entries ?? [] {
      for block in profile.value.entries ?? [] {
        #expect(block.value.entries != nil, "\(profile.name): \(block.name)")
      }
    }
  }

  @Test func aDocCommentBecomesAPage() throws {
    let source = """
      internal import Findings

      /// A cache is committed.
      ///
      /// ## What it does
      /// Reports it.
      public enum CommittedCache: Rule {
      }
      """
    let file = TextFile(path: "Sources/Rules/Repository/CommittedCache.swift", bytes: Array(source.utf8))
    let other = TextFile(path: "Sources/Rules/Repository/Helper.swift", bytes: Array("struct Helper {}".utf8))
    let text = String(decoding: try generateRulePages([file, other]).bytes, as: UTF8.self)
    #expect(text.contains("    A cache is committed.\n\n    ## What it does\n    Reports it.\n"))
    #expect(!text.contains("Helper"))
  }

  @Test func aPolicyIsEmbeddedAsItStands() throws {
    let file = TextFile(path: "policies/base-image.yaml", bytes: Array("version: 1\n# \\ \"\"\"#\n".utf8))
    let text = String(decoding: try generateBuiltinPolicies([file]).bytes, as: UTF8.self)
    #expect(text.contains("case \"base-image\": text = baseImage\n"))
    #expect(text.contains("##\"\"\"\n    version: 1\n    # \\ \"\"\"#\n"))
  }
}
