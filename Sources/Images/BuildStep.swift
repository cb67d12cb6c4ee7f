/// A step of an image's history, brought into the form of an instruction of a Dockerfile.
///
/// The forms are those of Docker's classic builder (`/bin/sh -c #(nop) CMD …`, `/bin/sh -c COMMAND`, with arguments
/// `|2 A=b C=d /bin/sh -c COMMAND`), of BuildKit (`RUN /bin/sh -c COMMAND # buildkit`), and of buildah, which writes as
/// the classic one does. Texts may hold line ends and control characters.
public struct BuildStep: Sendable, Hashable {
  /// The instruction, such as `RUN`; nil where the step is not one of a Dockerfile.
  public let keyword: String?
  /// What the instruction was given; of a RUN the command without its shell.
  public let text: String
  /// The shell of a RUN, such as `/bin/sh -c`; nil where there is none.
  public let shell: String?
  /// The build arguments that a RUN could see, each as `NAME=VALUE`; as one text where they cannot be told apart.
  public let arguments: [String]

  /// Reads what a builder wrote into the history.
  public init(createdBy: String) {
    var text = Self.trimmed(Substring(createdBy))
    if text.hasSuffix(Self.buildKitMark) { text = Self.trimmed(text.dropLast(Self.buildKitMark.count)) }
    if text.hasPrefix(Self.classicMark) {
      text = Self.trimmed(text.dropFirst(Self.classicMark.count))
      let (keyword, rest) = Self.instruction(text)
      self.init(keyword: keyword, text: String(rest), shell: nil, arguments: [])
      return
    }
    let (keyword, rest) = Self.instruction(text)
    let isCommand = keyword == "RUN" || keyword == nil && (text.hasPrefix("|") || Self.shellLength(text) != nil)
    guard isCommand else {
      self.init(keyword: keyword, text: String(rest), shell: nil, arguments: [])
      return
    }
    let (arguments, command) = Self.arguments(rest)
    let shell = Self.shellLength(command).map { command.prefix($0) }
    let plain = shell == nil ? command : command.dropFirst(shell?.count ?? 0)
    self.init(
      keyword: keyword == nil && shell == nil ? nil : "RUN", text: String(Self.trimmed(plain)),
      shell: shell.map { String(Self.trimmed($0)) }, arguments: arguments)
  }

  private init(keyword: String?, text: String, shell: String?, arguments: [String]) {
    self.keyword = keyword
    self.text = text
    self.shell = shell
    self.arguments = arguments
  }

  /// The variables that an ENV sets or that a RUN could see beside them, each as `NAME=VALUE`.
  public var variables: [String] {
    guard keyword == "ENV" else { return arguments }
    return text.isEmpty ? [] : Self.assignments(text[...])
  }

  private static let buildKitMark = "# buildkit"
  private static let classicMark = "/bin/sh -c #(nop)"
  private static let keywords: Set<Substring> = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
  ]
  private static let shells: Set<Substring> = ["sh", "ash", "bash", "dash", "ksh", "zsh"]
  /// How many words a shell with its flags may have.
  private static let shellWords = 8

  /// The keyword at the start and what follows it; all of it where there is none.
  private static func instruction(_ text: Substring) -> (keyword: String?, rest: Substring) {
    let word = text.prefix { !isBlank($0) }
    guard keywords.contains(word) else { return (nil, text) }
    return (String(word), trimmed(text.dropFirst(word.count)))
  }

  /// How many characters the shell with its flags takes, up to the blank after `-c`; nil where there is none.
  private static func shellLength(_ text: Substring) -> Int? {
    var words: [Substring] = []
    var rest = text
    while words.count < shellWords {
      let word = rest.prefix { !isBlank($0) }
      rest = rest.dropFirst(word.count)
      if word.isEmpty || rest.isEmpty { return nil }
      if words.isEmpty {
        guard word.first == "/", shells.contains(word.split(separator: "/").last ?? "") else { return nil }
      } else if word.first != "-" {
        // Only a flag like -o takes a word of its own.
        guard let last = words.last, last.first == "-", last.last == "o" else { return nil }
      } else if word.last == "c" {
        return text.count - rest.count + 1
      }
      words.append(word)
      rest = rest.dropFirst()
    }
    return nil
  }

  /// The build arguments at the start, and the command after them.
  private static func arguments(_ text: Substring) -> (arguments: [String], command: Substring) {
    guard text.first == "|" else { return ([], text) }
    let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), count <= 1000 else { return ([], text) }
    let rest = trimmed(text.dropFirst(digits.count + 1))
    guard let start = commandStart(rest) else { return ([], text) }
    let command = rest[start...]
    let list = trimmed(rest[..<start])
    if count == 0, list.isEmpty { return ([], command) }
    let arguments = assignments(list)
    return (arguments.count == count ? arguments : [String(list)], command)
  }

  /// The texts `NAME=VALUE` of a list, whose values may have blanks.
  private static func assignments(_ list: Substring) -> [String] {
    var assignments: [String] = []
    for word in list.split(separator: " ", omittingEmptySubsequences: false) {
      if isAssignment(word) || assignments.isEmpty {
        assignments.append(String(word))
      } else {
        assignments[assignments.count - 1] += " " + word
      }
    }
    return assignments
  }

  /// Where the first word stands that is a shell.
  private static func commandStart(_ text: Substring) -> Substring.Index? {
    var isWordStart = true
    for index in text.indices {
      if isWordStart, text[index] == "/", shellLength(text[index...]) != nil { return index }
      isWordStart = isBlank(text[index])
    }
    return nil
  }

  private static func isAssignment(_ word: Substring) -> Bool {
    guard let equals = word.firstIndex(of: "="), let first = word.first, first.isLetter || first == "_" else {
      return false
    }
    return word[..<equals].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
