/// What holds where a step of an image begins, by the steps of its history before that one.
public struct StepContext: Sendable, Hashable {
  /// The last variables that an ENV has set, each as `NAME=VALUE`, in order.
  public internal(set) var variables: [String] = []
  /// The last HOME that an ENV has set; nil where none has, or where no variables are asked for.
  public internal(set) var home: String?
  /// The last USER as it stands there; nil where there is none, which is root.
  public internal(set) var user: String?
  /// The working directory; nil where the history does not tell it.
  public internal(set) var directory: String? = "/"

  /// What holds where nothing comes before.
  public init() {}
}

extension BuildHistory {
  /// What holds where each layer's step begins, in one pass over the history.
  ///
  /// - Parameter variableLimit: How many variables are kept of each, the last ones.
  /// - Returns: What holds for each layer; nil where its step is not known.
  public func contexts(variableLimit: Int) -> [StepContext?] {
    var contexts = [StepContext?](repeating: nil, count: stepOfLayer.count)
    var context = StepContext()
    var layer = 0
    for (number, step) in steps.enumerated() {
      while layer < stepOfLayer.count, stepOfLayer[layer].map({ $0 <= number }) ?? true {
        if stepOfLayer[layer] == number { contexts[layer] = context }
        layer += 1
      }
      context.take(step, variableLimit)
    }
    return contexts
  }
}

extension StepContext {
  fileprivate mutating func take(_ step: BuildStep, _ variableLimit: Int) {
    switch step.keyword {
    case "ENV" where variableLimit > 0:
      let set = step.variables
      for variable in set where variable.hasPrefix("HOME=") { home = String(variable.dropFirst("HOME=".count)) }
      let all = variables + set.suffix(variableLimit)
      var bytes = 0
      let start = all.lastIndex { variable in
        bytes += variable.utf8.count
        return bytes > Self.variableBytes
      }
      variables = Array(all[(start.map { $0 + 1 } ?? 0)...].suffix(variableLimit))
    case "USER": user = step.text
    case "WORKDIR": directory = Self.directory(step.text, in: directory)
    default: break
    }
  }

  /// The working directory after a WORKDIR; builders mostly write an absolute path into the history.
  private static func directory(_ text: String, in directory: String?) -> String? {
    guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || "$\\\"'".utf8.contains($0) }) else { return nil }
    if text.hasPrefix("/") { return text.utf8.count <= ImageLimits.pathLength ? text : nil }
    // Names that are put together again and again grow.
    guard let directory, directory.utf8.count + text.utf8.count < Self.joinedLength else { return nil }
    return (directory.hasSuffix("/") ? directory : directory + "/") + text
  }

  /// How many bytes the variables have at most that are kept of each, the last ones.
  private static let variableBytes = 32 << 10

  /// How long a path may be that is put together of several, in bytes: what Linux takes (`PATH_MAX`).
  private static let joinedLength = 4096
}
