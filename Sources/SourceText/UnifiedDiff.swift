/// A text and its successor as a patch that `git apply` and `patch` read.
public struct UnifiedDiff: Sendable {
  /// The path of the file in the patch, relative to where it will be applied.
  public let path: Path
  /// The bytes before, or nil where the patch makes the file.
  public let old: [UInt8]?
  /// The bytes after.
  public let new: [UInt8]
  /// The permissions of a file that the patch makes.
  public static let newFileMode = "100644"
  /// How many unchanged lines stand round a change.
  public static let context = 3
  /// How many steps the search for the smallest change takes before it settles for a larger one.
  private static let searchLimit = 500

  /// Creates the patch that turns `old` into `new`.
  public init(path: Path, old: [UInt8]?, new: [UInt8]) {
    self.path = path
    self.old = old
    self.new = new
  }

  /// The patch; empty where nothing changes.
  public var bytes: [UInt8] {
    let oldLines = lines(old ?? [])
    let newLines = lines(new)
    let changes = changes(from: oldLines, to: newLines)
    if changes.isEmpty { return [] }
    var result: [UInt8] = []
    let source = quoted(Array("a/".utf8) + path.bytes)
    let target = quoted(Array("b/".utf8) + path.bytes)
    if old == nil {
      result += Array("diff --git ".utf8) + source + Array(" ".utf8) + target + Array("\n".utf8)
      result += Array("new file mode \(Self.newFileMode)\n--- /dev/null\n".utf8)
    } else {
      result += Array("--- ".utf8) + source + nameEnd + Array("\n".utf8)
    }
    result += Array("+++ ".utf8) + target + nameEnd + Array("\n".utf8)
    for hunk in hunks(changes, oldCount: oldLines.count) {
      write(hunk, oldLines, newLines, to: &result)
    }
    return result
  }

  /// A name with a blank in it ends with a tab, so that `patch` knows where it ends.
  private var nameEnd: [UInt8] { path.bytes.contains(UInt8(ascii: " ")) ? [UInt8(ascii: "\t")] : [] }

  /// Lines that differ: `old` goes, `new` comes.
  private struct Change {
    var old: Range<Int>
    var new: Range<Int>
  }

  private func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  /// The changes between two lists of lines, smallest first found (Myers, "An O(ND) Difference
  /// Algorithm and Its Variations"), or one change of all that differs where the search gets long.
  private func changes(from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]) -> [Change] {
    var head = 0
    while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
    var tail = 0
    while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    let oldEnd = old.count - tail
    let newEnd = new.count - tail
    if head == oldEnd && head == newEnd { return [] }
    guard let kept = commonLines(old[head..<oldEnd], new[head..<newEnd]) else {
      return [Change(old: head..<oldEnd, new: head..<newEnd)]
    }
    var changes: [Change] = []
    var position = (old: head, new: head)
    for pair in kept + [(old: oldEnd, new: newEnd)] {
      if pair.old > position.old || pair.new > position.new {
        changes.append(Change(old: position.old..<pair.old, new: position.new..<pair.new))
      }
      position = (old: pair.old + 1, new: pair.new + 1)
    }
    return changes
  }

  private func commonLines(
    _ old: ArraySlice<ArraySlice<UInt8>>, _ new: ArraySlice<ArraySlice<UInt8>>
  ) -> [(old: Int, new: Int)]? {
    let limit = min(old.count + new.count, Self.searchLimit)
    var furthest = [1: 0]
    var trace: [[Int: Int]] = []
    search: for distance in 0...limit {
      trace.append(furthest)
      for diagonal in stride(from: -distance, through: distance, by: 2) {
        let down = furthest[diagonal + 1] ?? -1
        let right = furthest[diagonal - 1] ?? -1
        var x = diagonal == -distance || (diagonal != distance && right < down) ? down : right + 1
        var y = x - diagonal
        while x < old.count, y < new.count, old[old.startIndex + x] == new[new.startIndex + y] {
          x += 1
          y += 1
        }
        furthest[diagonal] = x
        if x >= old.count && y >= new.count { break search }
      }
      if distance == limit { return nil }
    }
    return walkBack(trace, from: (old.count, new.count)).map {
      (old: $0.0 + old.startIndex, new: $0.1 + new.startIndex)
    }
  }

  private func walkBack(_ trace: [[Int: Int]], from end: (Int, Int)) -> [(Int, Int)] {
    var (x, y) = end
    var kept: [(Int, Int)] = []
    for (distance, furthest) in trace.enumerated().reversed() {
      let diagonal = x - y
      let down = furthest[diagonal + 1] ?? -1
      let right = furthest[diagonal - 1] ?? -1
      let isDown = diagonal == -distance || (diagonal != distance && right < down)
      let previousX = isDown ? down : right
      let previousY = previousX - (isDown ? diagonal + 1 : diagonal - 1)
      while x > max(previousX, 0), y > max(previousY, 0), x > (isDown ? previousX : previousX + 1) {
        x -= 1
        y -= 1
        kept.append((x, y))
      }
      if distance == 0 {
        while x > 0, y > 0 {
          x -= 1
          y -= 1
          kept.append((x, y))
        }
      }
      (x, y) = (previousX, previousY)
    }
    return kept.reversed()
  }

  private func hunks(_ changes: [Change], oldCount: Int) -> [[Change]] {
    var hunks: [[Change]] = []
    for change in changes {
      if let last = hunks.last?.last, change.old.lowerBound - last.old.upperBound <= 2 * Self.context {
        hunks[hunks.count - 1].append(change)
      } else {
        hunks.append([change])
      }
    }
    return hunks
  }

  private func write(
    _ hunk: [Change], _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], to result: inout [UInt8]
  ) {
    guard let first = hunk.first, let last = hunk.last else { return }
    let before = min(Self.context, first.old.lowerBound)
    let after = min(Self.context, old.count - last.old.upperBound)
    let oldRange = (first.old.lowerBound - before)..<(last.old.upperBound + after)
    let newRange = (first.new.lowerBound - before)..<(last.new.upperBound + after)
    result += Array("@@ -\(span(oldRange)) +\(span(newRange)) @@\n".utf8)
    var position = oldRange.lowerBound
    for change in hunk {
      for index in position..<change.old.lowerBound { append(" ", old[index], to: &result) }
      for index in change.old { append("-", old[index], to: &result) }
      for index in change.new { append("+", new[index], to: &result) }
      position = change.old.upperBound
    }
    for index in position..<oldRange.upperBound { append(" ", old[index], to: &result) }
  }

  /// Start and count of lines; an empty range names the line before it.
  private func span(_ range: Range<Int>) -> String {
    let start = range.isEmpty ? range.lowerBound : range.lowerBound + 1
    return range.count == 1 ? "\(start)" : "\(start),\(range.count)"
  }

  private func append(_ mark: Unicode.Scalar, _ line: ArraySlice<UInt8>, to result: inout [UInt8]) {
    result.append(UInt8(ascii: mark))
    result += line
    if line.last != UInt8(ascii: "\n") { result += Array("\n\\ No newline at end of file\n".utf8) }
  }
}
