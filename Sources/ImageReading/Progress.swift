internal import Synchronization

/// Counts what the threads have read, and tells of it now and then.
final class ProgressCounter: Sendable {
  private let read = Atomic<Int>(0)
  private let layers: Int
  private let total: Int
  private let tell: (@Sendable (ReadingProgress) -> Void)?

  init(layers: Int, total: Int, tell: (@Sendable (ReadingProgress) -> Void)?) {
    self.layers = layers
    self.total = total
    self.tell = tell
  }

  /// What a layer's reader calls with the number of bytes that it has used so far.
  func reporter(forLayer layer: Int) -> (Int) -> Void {
    guard let tell else { return { _ in } }
    var last = 0
    return { [self] position in
      let count = position - last
      guard count >= ReadingProgress.step else { return }
      last = position
      let sum = read.add(count, ordering: .relaxed).newValue
      tell(ReadingProgress(layer: layer, layers: layers, bytesRead: min(sum, total), bytesTotal: total))
    }
  }
}
