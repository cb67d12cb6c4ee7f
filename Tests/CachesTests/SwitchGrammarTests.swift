internal import Testing

@testable import Caches

/// Values and what they do, by the tables that were measured.
@Suite struct SwitchGrammarTests {
  @Test func placeholder() { #expect(Bool(true)) }
}
