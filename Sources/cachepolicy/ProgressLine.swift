internal import SourceText
internal import Synchronization

/// A line on a terminal that tells how far long work is, and that is gone when the work is done.
final class ProgressLine: Sendable {
  /// How much has to be read before the line is worth showing, in bytes.
  private static let threshold = 64 << 20
  private static let width = 24

  private let terminal: Terminal
  private let isShown = Mutex(false)

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  /// Shows that so many bytes of so many have been read; may be called from any thread.
  func show(_ read: Int, of total: Int) {
    guard total >= Self.threshold else { return }
    let share = Double(min(read, total)) / Double(total)
    let full = Int(share * Double(Self.width))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: Self.width - full)
    isShown.withLock { shown in
      shown = true
      terminal.write("\r\u{1B}[2Kreading [\(bar)] \(Int(share * 100)) % of \(byteCount(total))")
    }
  }

  /// Takes the line away.
  func end() {
    isShown.withLock { shown in
      if shown { terminal.write("\r\u{1B}[2K") }
      shown = false
    }
  }
}
