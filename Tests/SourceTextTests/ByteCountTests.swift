import SourceText
import Testing

@Suite("Bytes in words")
struct ByteCountTests {
  @Test(
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1075, "1.0 KiB"), (1076, "1.1 KiB"),
      (1_048_524, "1023.9 KiB"), (1_048_525, "1.0 MiB"), (73_400_320, "70.0 MiB"), (1 << 30, "1.0 GiB"),
      (.max, "8.0 EiB"), (-5, "-5 bytes"),
    ])
  func words(bytes: Int, text: String) {
    #expect(byteCount(bytes) == text)
  }
}
