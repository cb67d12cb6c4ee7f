/// The first line of a script, by which Linux tells what runs it (`load_script` in `fs/binfmt_script.c`).
public struct ScriptLine: Sendable, Hashable {
  /// How many bytes of a program Linux looks at: `BINPRM_BUF_SIZE` in `include/uapi/linux/binfmts.h`, which is 256 from
  /// Linux 5.1 on.
  public static let readSize = 256
  /// How many interpreters of a script may be scripts themselves (`exec_binprm` in `fs/exec.c`).
  public static let nestingLimit = 4
  /// What a script begins with.
  public static let mark: [UInt8] = [UInt8(ascii: "#"), UInt8(ascii: "!")]

  /// The program that runs the script, by its path.
  public let interpreter: [UInt8]
  /// The one argument that the program gets before the script's path: all that follows its name, blanks within it too.
  public let argument: [UInt8]?

  /// Reads the line; nil where the file is no script, or one that Linux does not run.
  ///
  /// - Parameter head: the first bytes of the file: ``readSize`` of them, or all up to the end of the line or the file.
  public init?(_ head: [UInt8]) {
    guard head.starts(with: Self.mark) else { return nil }
    var line = head.prefix(Self.readSize).dropFirst(2)
    let isWhole: Bool
    if let end = line.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == 0 }) {
      line = line[..<end]
      isWhole = true
    } else {
      isWhole = head.count < Self.readSize
      // The last byte of the buffer ends the text in it.
      line = line.prefix(Self.readSize - 1 - Self.mark.count)
    }
    line = line.drop(while: Self.isBlank)
    let name = line.prefix { !Self.isBlank($0) }
    // A name that reaches the end of the buffer may go on behind it.
    guard !name.isEmpty, isWhole || name.endIndex < line.endIndex else { return nil }
    interpreter = Array(name)
    var rest = line[name.endIndex...].drop(while: Self.isBlank)
    while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
    argument = rest.isEmpty ? nil : Array(rest)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
