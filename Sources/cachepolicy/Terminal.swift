internal import CSystem
internal import Glibc
internal import Synchronization

/// A standard stream.
struct Terminal {
  /// Standard output.
  static let output = Terminal(descriptor: 1)
  /// Standard error.
  static let error = Terminal(descriptor: 2)

  private let descriptor: Int32

  /// Whether a person looks at it.
  var isInteractive: Bool { isatty(descriptor) == 1 }

  /// How many columns it has; nil where it is no terminal, or does not tell.
  var width: Int? {
    let columns = Int(system_terminal_columns(descriptor))
    return columns > 0 ? columns : nil
  }

  /// Whether colours are written, by the person's choice, else by the usual variables, else for a terminal.
  func hasColor(_ choice: ColorChoice, environment: [String: String]) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto:
      if !(environment["NO_COLOR"] ?? "").isEmpty {
        false
      } else if isSet(environment["CLICOLOR_FORCE"]) || isSet(environment["FORCE_COLOR"]) {
        true
      } else {
        isInteractive && environment["TERM"] != "dumb"
      }
    }
  }

  /// Writes text.
  func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// Writes bytes; a reader that has gone away ends the writing quietly, and what else goes wrong is kept for the end.
  func write(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let written = unsafe bytes[offset...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        offset += written
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // Whoever shares the stream may have set it not to wait.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&waiting, 1, -1)
      case EPIPE: return
      case let code:
        if descriptor == Self.output.descriptor { Self.outputFailure.withLock { $0 = $0 ?? code } }
        return
      }
    }
  }

  /// The first number that the system gave for a failed write to standard output.
  private static let outputFailure = Mutex<Int32?>(nil)

  /// The code to end with: that of the run, unless standard output could not be written, which is told then.
  static func status(_ status: Int32) -> Int32 {
    guard let code = outputFailure.withLock({ $0 }) else { return status }
    let reason = unsafe String(cString: strerror(code))
    error.write("cachepolicy: standard output cannot be written: \(reason)\n")
    return ExitStatus.incomplete
  }

  private func isSet(_ value: String?) -> Bool {
    guard let value else { return false }
    return !value.isEmpty && value != "0"
  }
}
