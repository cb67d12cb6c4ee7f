internal import Glibc
internal import Synchronization

/// Runs a body once for each number below `count`, on several threads, and gives the results in the order of the numbers.
///
/// With one job, or one number, no thread is started.
///
/// - Parameters:
///   - count: how often the body runs.
///   - jobs: how many may run at once.
///   - order: the numbers in the order in which they are begun.
///   - body: what runs.
/// - Returns: the results.
func inParallel<Result: Sendable>(
  _ count: Int, jobs: Int, order: [Int], _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  if jobs < 2 || count < 2 { return (0..<count).map(body) }
  let work = Work(order: order, count: count, body: body)
  var threads: [pthread_t] = []
  for _ in 1..<min(jobs, count) {
    guard let thread = startThread({ work.run() }) else { break }
    threads.append(thread)
  }
  // This thread works as well, so that all is done even where none could be started.
  work.run()
  for thread in threads { _ = pthread_join(thread, nil) }
  return work.results
}

/// Numbers that are handed out to threads, and what became of them.
private final class Work<Result: Sendable>: Sendable {
  private struct State {
    var next = 0
    var results: [Result?]
  }

  private let order: [Int]
  private let body: @Sendable (Int) -> Result
  private let state: Mutex<State>

  init(order: [Int], count: Int, body: @escaping @Sendable (Int) -> Result) {
    self.order = order
    self.body = body
    state = Mutex(State(results: Array(repeating: nil, count: count)))
  }

  func run() {
    while let number = take() {
      let result = body(number)
      state.withLock { $0.results[number] = result }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.next < order.count else { return nil }
      defer { state.next += 1 }
      return order[state.next]
    }
  }

  /// The results; every number has one once all threads have ended.
  var results: [Result] { state.withLock { $0.results.compactMap(\.self) } }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}

/// Starts a thread of the system; nil where it has none to give.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  var thread = pthread_t()
  let box = unsafe Unmanaged.passRetained(ThreadBody(body))
  let code = unsafe pthread_create(
    &thread, nil,
    { pointer in
      guard let pointer = unsafe pointer else { return nil }
      unsafe Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run()
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    unsafe box.release()
    return nil
  }
  return thread
}
