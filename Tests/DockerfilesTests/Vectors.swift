import Foundation
import Testing

/// What BuildKit's parser says of a file.
struct ParseFacts: Decodable {
  struct Instruction: Decodable {
    let keyword: String
    let start_line: Int
    let end_line: Int
    let flags: [String]
    let heredocs: Heredocs
    let args: [Argument]?
  }

  /// An argument: text, or the instruction inside of ONBUILD.
  enum Argument: Decodable, Equatable {
    case text(String)
    case inner(keyword: String, args: [String])

    private struct Inner: Decodable {
      let keyword: String
      let args: [String]
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        let inner = try container.decode(Inner.self)
        self = .inner(keyword: inner.keyword, args: inner.args)
      }
    }
  }

  struct Heredoc: Decodable, Equatable {
    let name: String
    let strip_tabs: Bool
    let expand: Bool
    let content: String
  }

  enum Heredocs: Decodable {
    case count(Int)
    case list([Heredoc])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let count = try? container.decode(Int.self) {
        self = .count(count)
      } else {
        self = .list(try container.decode([Heredoc].self))
      }
    }
  }

  let file: String?
  let escape: String?
  let parse_error: String?
  let instruction_error: String?
  let stages: Int
  let instructions: [Instruction]?
}

/// A small file on which other tools go wrong.
struct Trap: Decodable, CustomTestStringConvertible {
  let name: String
  let dockerfile: String
  let parse: ParseFacts

  var testDescription: String { name }
}

enum Vectors {
  /// How many seeds the random tests use; more on demand.
  static let seeds = ProcessInfo.processInfo.environment["CACHEPOLICY_SEEDS"].flatMap { UInt64($0) } ?? 40

  static let traps: [Trap] = lines(
    URL(filePath: #filePath).deletingLastPathComponent().path + "/dockerfile-traps.jsonl"
  )
  .compactMap { try? JSONDecoder().decode(Trap.self, from: $0) }

  static func lines(_ path: String) -> [Data] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return data.split(separator: 0x0A).map { Data($0) }
  }
}
