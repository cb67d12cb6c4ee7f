/// The goals and whether they are met.
struct Goals {
  private(set) var missed = 0

  /// Prints one goal with what was measured.
  mutating func check(_ goal: String, _ measured: Double?, atMost limit: Double?, _ unit: String) {
    guard let measured, let limit else {
      print("  skipped  \(goal): a program is missing")
      return
    }
    let isMet = measured <= limit
    if !isMet { missed += 1 }
    print("  \(isMet ? "met    " : "MISSED ")  \(goal): \(rounded(measured)) of \(rounded(limit)) \(unit)")
  }

  /// Prints a demand that is not a number.
  mutating func check(_ goal: String, _ isMet: Bool) {
    if !isMet { missed += 1 }
    print("  \(isMet ? "met    " : "MISSED ")  \(goal)")
  }
}

/// A number with two digits after the point.
func rounded(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  let rest = String(hundredths % 100)
  return "\(hundredths / 100)." + (rest.utf8.count == 1 ? "0" : "") + rest
}

/// Prints what a contest measured, each against the first.
func printTable(_ title: String, _ contest: Contest) {
  print("\n\(title)")
  let first = contest.names.first.flatMap { contest.time($0) } ?? 0
  let width = contest.names.map(\.utf8.count).max() ?? 0
  for name in contest.names {
    let time = contest.time(name) ?? 0
    let blank = String(repeating: " ", count: width - name.utf8.count)
    let ratio = time > 0 ? rounded(first / time) : "-"
    let memory = rounded(Double(contest.memory(name)) / 1_000_000)
    let statuses = contest.statuses(name).sorted().map(String.init).joined(separator: ",")
    print("  \(name)\(blank)  \(rounded(time)) ms CPU  first/this \(ratio)  \(memory) MB  exit \(statuses)")
  }
}
