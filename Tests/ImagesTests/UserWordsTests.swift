import Images
import Testing

@Suite("The words of a USER")
struct UserWordsTests {
  @Test(
    "are parted at the colon that is part of no variable",
    arguments: [
      ("", "", nil), ("app", "app", nil), ("app:", "app", ""), (":8", "", "8"), ("7:8:9", "7", "8:9"),
      ("${U:-app}", "${U:-app}", nil), ("${U:-app}:${G:-8}", "${U:-app}", "${G:-8}"), ("$U:$G", "$U", "$G"),
      ("${U:-${V:+x}}:8", "${U:-${V:+x}}", "8"), ("${U:-app", "${U:-app", nil), ("a}{:8", "a}{", "8"),
    ] as [(String, Substring, Substring?)])
  func words(text: String, user: Substring, group: Substring?) {
    let words = UserWords(text)
    #expect(words.user == user && words.group == group)
  }

  @Test(
    "are numbers by their digits alone",
    arguments: [
      ("0", 0), ("007", 7), ("4294967295", 4_294_967_295), ("4294967296", nil), ("", nil), ("+5", nil), ("-0", nil),
      ("5 ", nil), ("٥", nil), ("0x5", nil),
    ] as [(String, UInt32?)])
  func number(text: String, number: UInt32?) {
    #expect(UserWords.number(text.utf8) == number)
  }
}
