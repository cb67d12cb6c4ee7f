import SourceText
import Testing

@Suite("Sets of words")
struct WordSetTests {
  @Test("a word is in the set or not, whatever tells it")
  func membership() {
    let words = ["a", "cd", "export", "überall", String(repeating: "x", count: 80)]
    let set = WordSet(words)
    for word in words {
      #expect(set.contains(word) && set.contains(Array(word.utf8)[...]))
      for other in [word + "s", String(word.dropLast()), "z" + word.dropFirst(), word.uppercased()] {
        #expect(set.contains(other) == words.contains(other))
        #expect(set.contains(Array(other.utf8)[...]) == words.contains(other))
      }
    }
    #expect(!set.contains("") && !set.contains(String(repeating: "x", count: 81)))
    let empty: WordSet = []
    #expect(!empty.contains("") && !empty.contains("a"))
  }
}
