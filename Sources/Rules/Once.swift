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

/// Values that are worked out when they are first asked for, each by its key, and kept.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let values = Mutex<[Key: Value]>([:])

  /// The value of a key; `make` is called the first time alone.
  func callAsFunction(_ key: Key, _ make: () -> Value) -> Value {
    values.withLock { known in
      if let value = known[key] { return value }
      let made = make()
      known[key] = made
      return made
    }
  }
}
