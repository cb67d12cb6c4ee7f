public import Shell
internal import SourceText
public import Versions

/// How a command starts the Python interpreter.
public struct PythonCall: Sendable {
  /// What the interpreter runs.
  public enum Program: Hashable, Sendable {
    /// The file or directory of this name, by its number among the words.
    case script(word: Int)
    /// The module of this name; its number is that of the word that the name ends.
    case module(String, word: Int)
    /// The text after `-c`.
    case text
    /// What it reads from standard input, or nothing.
    case none
    /// That is not known.
    case unknown
  }

  /// The letters of its flags, without those that take a value.
  public let flags: Set<UInt8>
  /// What it runs.
  public let program: Program
  /// How often it is asked to optimise, as with `-OO`; bytecode is kept for each level apart.
  public let optimization: Int
  /// The prefix for bytecode that `-X pycache_prefix` says; nil where the option is not given.
  ///
  /// It goes before PYTHONPYCACHEPREFIX, and an empty one takes that away. Of several the first counts [measured: 3.8 to
  /// 3.13].
  public let cachePrefix: [UInt8]?

  /// Whether it is started with -E or -I, and so looks at no PYTHON variable.
  public var ignoresEnvironment: Bool { flags.contains(UInt8(ascii: "E")) || flags.contains(UInt8(ascii: "I")) }

  /// Whether it is started with -B, and so writes no bytecode when it imports.
  public var writesNoBytecode: Bool { flags.contains(UInt8(ascii: "B")) }

  /// Reads the command line as CPython's own reader does; nil where the program is no interpreter of Python.
  public init?(_ invocation: ShellInvocation) {
    guard let name = invocation.name, Self.isInterpreter(name) else { return nil }
    var flags: Set<UInt8> = []
    var optimization = 0
    var cachePrefix: [UInt8]?
    var program = Program.none
    var index = 1
    let words = invocation.words
    reading: while index < words.count {
      guard let text = words[index].value else {
        program = .unknown
        break
      }
      guard text.first == UInt8(ascii: "-") else {
        program = .script(word: index)
        break
      }
      // A dash alone is standard input.
      if text.count == 1 { break }
      if text.elementsEqual("--".utf8) {
        if index + 1 < words.count { program = .script(word: index + 1) }
        break
      }
      if text[1] == UInt8(ascii: "-") {
        index += text.elementsEqual("--check-hash-based-pycs".utf8) ? 2 : 1
        continue
      }
      for (position, letter) in text.enumerated().dropFirst() {
        let rest = text[(position + 1)...]
        switch letter {
        case UInt8(ascii: "c"):
          program = .text
          break reading
        case UInt8(ascii: "m"):
          if !rest.isEmpty {
            program = .module(String(decoding: rest, as: UTF8.self), word: index)
          } else if index + 1 < words.count {
            program =
              words[index + 1].value.map { .module(String(decoding: $0, as: UTF8.self), word: index + 1) } ?? .unknown
          }
          break reading
        case UInt8(ascii: "X"), UInt8(ascii: "W"), UInt8(ascii: "Q"):
          // The value is the rest of the word, or the next one.
          let value = rest.isEmpty ? words.indices.contains(index + 1) ? words[index + 1].value : nil : Array(rest)
          if letter == UInt8(ascii: "X"), cachePrefix == nil { cachePrefix = value.flatMap { Self.cachePrefix($0) } }
          index += rest.isEmpty ? 2 : 1
          continue reading
        case UInt8(ascii: "O"):
          flags.insert(letter)
          optimization += 1
        default: flags.insert(letter)
        }
      }
      index += 1
    }
    self.flags = flags
    self.program = program
    self.optimization = optimization
    self.cachePrefix = cachePrefix
  }

  /// The value of the option `pycache_prefix`; nil where the text is another option.
  private static func cachePrefix(_ option: [UInt8]) -> [UInt8]? {
    guard option.starts(with: "pycache_prefix".utf8) else { return nil }
    let rest = option.dropFirst("pycache_prefix".utf8.count)
    if rest.isEmpty { return [] }
    return rest.first == UInt8(ascii: "=") ? Array(rest.dropFirst()) : nil
  }

  /// The level of optimisation that a value of PYTHONOPTIMIZE stands for.
  ///
  /// Measured with CPython 2.7, 3.6, 3.7 and 3.13, and PyPy 3.9: from 3.7 on CPython takes any text that is no number,
  /// and any number below 0, for 1. Before, the digits at the start count; PyPy reads the number as Python's `int` does;
  /// and for both what is below 1 is 1.
  ///
  /// - Parameters:
  ///   - value: the value, as the environment has it.
  ///   - python: the version that reads it; nil where that is not known, which is taken for a recent one.
  /// - Returns: the level; 0 where it does not optimise.
  public static func optimization(_ value: String, python: PythonVersion?) -> Int {
    if value.isEmpty { return 0 }
    let text = value.drop { " \t\n\u{B}\u{C}\r".contains($0) }
    if python?.implementation == .pypy { return max(1, Int(text.filter { $0 != "_" }) ?? 1) }
    if let python, !python.isAtLeast(3, 7) {
      let digits = text.dropFirst(text.first == "+" ? 1 : 0).prefix { $0.isASCII && $0.isNumber }
      // What does not fit is cut, as the C function does.
      return digits.isEmpty ? 1 : max(1, Int(Int32(truncatingIfNeeded: Int(digits) ?? .max)))
    }
    guard let level = Int32(text), level >= 0 else { return 1 }
    return Int(level)
  }

  /// Whether the name is that of an interpreter, such as `python3.12`, `python3.13t` or `pypy3`.
  static func isInterpreter(_ name: ArraySlice<UInt8>) -> Bool {
    for prefix in ["python", "pypy"] where name.starts(with: prefix.utf8) {
      var rest = name.dropFirst(prefix.utf8.count)
      // Builds without a global lock and for debugging have a letter behind the number.
      if rest.count > 1, rest.last == UInt8(ascii: "t") || rest.last == UInt8(ascii: "d") { rest = rest.dropLast() }
      return rest.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }
    }
    return false
  }
}
