internal import Foundation

/// A case in Markdown: prose, and fenced blocks that say what is there and what is expected.
///
/// A block begins with three backquotes, a word and perhaps a path: `file PATH`, `untracked PATH`, `bytecode PATH`,
/// `untracked-bytecode PATH`, `exclude`, `select`, `interpreters`, `findings`, `fixed PATH`, `unsafely-fixed PATH`,
/// `commands`.
public struct CaseFile: Sendable, CustomStringConvertible {
  /// A fenced block.
  public struct Block: Sendable {
    /// What it is, such as `file`.
    public let kind: String
    /// The path behind it; empty where there is none.
    public let path: String
    /// What stands in it, with its last line end.
    public let text: String
  }

  /// The name of the case's file.
  public let name: String
  /// The blocks in the order of the file.
  public let blocks: [Block]

  /// The name of the case.
  public var description: String { name }

  /// The blocks of one kind.
  public func blocks(_ kind: String) -> [Block] { blocks.filter { $0.kind == kind } }

  /// The lines of the one block of a kind; nil where there is none.
  public func lines(_ kind: String) -> [String]? {
    blocks(kind).first.map { $0.text.split(separator: "\n").map(String.init) }
  }

  /// All cases in the folder beside a test's source.
  public static func all(in folder: String, source: String = #filePath) -> [CaseFile] {
    let place = source[..<(source.lastIndex(of: "/") ?? source.startIndex)] + "/" + folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: String(place))) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().compactMap { name in
      guard let text = try? String(contentsOfFile: place + "/" + name, encoding: .utf8) else { return nil }
      return CaseFile(name: String(name.dropLast(3)), blocks: parse(text))
    }
  }

  private static func parse(_ text: String) -> [Block] {
    var blocks: [Block] = []
    var open: (kind: String, path: String)?
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        lines.append(line)
        continue
      }
      if let block = open {
        blocks.append(
          Block(kind: block.kind, path: block.path, text: lines.map { $0 + "\n" }.joined()))
        open = nil
      } else {
        let words = line.dropFirst(3).split(separator: " ", maxSplits: 1)
        open = (String(words.first ?? ""), words.count > 1 ? String(words[1]) : "")
      }
      lines = []
    }
    return blocks
  }
}
