import Glibc

/// What one run of a program cost.
struct Cost {
  /// Processor time of the program and what it waited for, user and system, in milliseconds.
  let milliseconds: Double
  /// The time that passed from its start to its end, in milliseconds.
  var wall = 0.0
  /// The largest memory that was resident, in bytes.
  let memory: Int
  /// The exit code, or 128 and the signal.
  let status: Int
}

/// Runs a program with its output thrown away, and measures it.
///
/// The measure is `wait4`'s own, so nothing else is counted.
func measure(_ arguments: [String], in directory: String) -> Cost {
  let here = open(".", O_RDONLY | O_DIRECTORY)
  guard here >= 0, chdir(directory) == 0 else { return Cost(milliseconds: 0, memory: 0, status: 127) }
  defer {
    _ = fchdir(here)
    close(here)
  }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
  words.append(nil)
  defer { for word in words { free(word) } }
  var process = pid_t()
  let start = now()
  let failure = posix_spawnp(&process, arguments[0], &actions, nil, words, environ)
  guard failure == 0 else { return Cost(milliseconds: 0, memory: 0, status: 127) }
  var status: Int32 = 0
  var usage = rusage()
  while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
  let signal = status & 0x7F
  return Cost(
    milliseconds: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), wall: now() - start,
    memory: usage.ru_maxrss * 1024,
    status: Int(signal == 0 ? status >> 8 & 0xFF : 128 + signal))
}

private func milliseconds(_ time: timeval) -> Double {
  Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
}

private func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

/// Whether a program of this name is on PATH.
func isInstalled(_ program: String) -> Bool {
  let path = getenv("PATH").map { String(cString: $0) } ?? ""
  return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}

/// Several programs, measured in turns so that a slow moment of the machine hits all of them.
struct Contest {
  private(set) var names: [String] = []
  private var commands: [[String]] = []
  private var isOnce: [Bool] = []
  private var costs: [[Cost]] = []

  /// Adds a program under a name for the table.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - command: the program and its arguments.
  ///   - once: whether it takes so long that only the first round runs it.
  mutating func add(_ name: String, _ command: [String], once: Bool = false) {
    names.append(name)
    isOnce.append(once)
    commands.append(command)
    costs.append([])
  }

  /// Runs all of them in turns; the first round only warms the machine's caches.
  mutating func run(rounds: Int, in directory: String) {
    for round in 0...rounds {
      for index in commands.indices where round == 0 || !isOnce[index] {
        let cost = measure(commands[index], in: directory)
        if round > 0 || isOnce[index] { costs[index].append(cost) }
      }
    }
  }

  /// The middle processor time of a program, in milliseconds, or nil where it was not measured.
  func time(_ name: String) -> Double? {
    guard let index = names.firstIndex(of: name) else { return nil }
    let times = costs[index].map(\.milliseconds).sorted()
    return times.isEmpty ? nil : times[times.count / 2]
  }

  /// The least processor time of a program, in milliseconds, or nil where it was not measured.
  func least(_ name: String) -> Double? {
    names.firstIndex(of: name).flatMap { costs[$0].map(\.milliseconds).min() }
  }

  /// The least time that passed while a program ran, in milliseconds, or nil where it was not measured.
  func leastWall(_ name: String) -> Double? {
    names.firstIndex(of: name).flatMap { costs[$0].map(\.wall).min() }
  }

  /// The largest memory of a program, in bytes.
  func memory(_ name: String) -> Int {
    names.firstIndex(of: name).map { costs[$0].map(\.memory).max() ?? 0 } ?? 0
  }

  /// The exit codes of a program.
  func statuses(_ name: String) -> Set<Int> {
    names.firstIndex(of: name).map { Set(costs[$0].map(\.status)) } ?? []
  }
}
