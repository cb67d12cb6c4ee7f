internal import Synchronization

/// A value that is worked out when it is first asked for, and kept.
final class Once<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  /// The value; `make` is called the first time alone.
  func callAsFunction(_ make: () -> Value) -> Value {
    value.withLock { known in
      if let known { return known }
      let made = make()
      known = made
      return made
    }
  }
}
