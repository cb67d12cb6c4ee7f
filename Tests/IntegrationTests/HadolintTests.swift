import Foundation
import TestSupport
import Testing

@Suite("What is said of hadolint, against hadolint itself", .enabled(if: isIntegration))
struct HadolintTests {
  /// What hadolint reports of a Dockerfile.
  private func reported(_ text: String) throws -> [(code: String, line: Int)] {
    struct Finding: Decodable {
      let code: String
      let line: Int
    }
    let directory = try TemporaryDirectory()
    let result = try run(
      ["hadolint", "--no-fail", "--format", "json", "-"], in: directory.path, input: Array(text.utf8))
    return try JSONDecoder().decode([Finding].self, from: Data(result.output)).map { ($0.code, $0.line) }
  }

  @Test("its comments are read as recorded", arguments: PragmaSample.all)
  func comments(sample: PragmaSample) throws {
    #expect(try reported(sample.text).filter { $0.code == "DL3042" }.map(\.line) == sample.reported)
  }

  @Test("what differs is as the table says", arguments: DifferenceSample.all)
  func differences(sample: DifferenceSample) throws {
    #expect(try reported(sample.text).contains { $0.code == sample.code } == sample.isReportedByHadolint)
  }
}
