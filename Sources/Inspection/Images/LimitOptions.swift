internal import ImageReading
internal import Policies
internal import SourceText
internal import Spelling

extension ReadingLimits {
  /// The limits that a person sets, each as `NAME=VALUE`; the last of a name counts.
  ///
  /// - Parameter texts: what was written.
  /// - Throws: ``UsageError`` for a limit that there is none of, and for a value that is none.
  init(_ texts: [String]) throws(UsageError) {
    self.init()
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let known = LimitName.allCases.map(\.rawValue)
      guard let name = LimitName(rawValue: parts[0]) else {
        let near = suggestion(for: parts[0], among: known).map { "; did you mean \($0)?" } ?? ""
        throw UsageError(
          "--limit: there is no limit '\(printable(parts[0]))'\(near) (there are \(known.joined(separator: ", ")))")
      }
      let form = name.isSize ? "a size such as 64MiB, 1.5GB or 4096" : "a whole number"
      let value = parts.count == 1 ? nil : name.isSize ? byteSize(parts[1]) : Self.count(parts[1])
      guard let value, value > 0 else {
        throw UsageError("--limit \(printable(text)): write \(name.rawValue)= and \(form), above 0")
      }
      guard value <= name.maximum else {
        let most = name.isSize ? byteCount(name.maximum) : "\(name.maximum)"
        throw UsageError("--limit \(printable(text)): \(name.rawValue) can be \(most) at most")
      }
      set(name, to: value)
    }
  }

  /// A number in digits alone.
  private static func count(_ text: String) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}

extension ImageSettings {
  /// The names of the limits that can be set.
  public static var limitNames: [String] { LimitName.allCases.map(\.rawValue) }
}
