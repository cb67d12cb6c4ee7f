import Bytecode
import Foundation
import TestSupport
import Testing

/// Writes the bytecode that a block of a case describes in lines.
///
/// `number N` is the magic number (3495 where it is left out); `time fits` and `time N` make it checked by time and size,
/// `size N` gives a size other than the source's; `checked HASH` and `unchecked HASH` make it checked by a hash, which is
/// `fits` or eight bytes in hexadecimal; `code whole`, `code cut` and `code none` say what follows; `header N` cuts the
/// file after so many bytes.
func writeBytecode(_ block: CaseFile.Block, in directory: TemporaryDirectory) throws {
  var values: [String: String] = [:]
  for line in block.text.split(separator: "\n") {
    let words = line.split(separator: " ", maxSplits: 1)
    values[String(words[0])] = words.count > 1 ? String(words[1]) : ""
  }
  let known: Set<String> = ["number", "time", "size", "checked", "unchecked", "code", "header"]
  #expect(Set(values.keys).isSubset(of: known), "\(block.path)")
  let magic = MagicNumber(number: try #require(UInt16(values["number"] ?? "3495")))
  let source = sourcePath(of: block.path)
  let text = try? directory.read(source)
  var bytes = littleEndian(UInt64(magic.word), 4)
  if let hash = values["checked"] ?? values["unchecked"] {
    bytes += [values["checked"] == nil ? 1 : 3, 0, 0, 0]
    if hash == "fits" {
      var sum = SourceHash(try #require(SourceHashKey(magic)))
      sum.update(try #require(text))
      bytes += littleEndian(sum.finish(), 8)
    } else {
      bytes += littleEndian(try #require(UInt64(hash, radix: 16)), 8)
    }
  } else {
    // A whole second, so that no file system rounds it.
    let time = 1_700_000_000
    if text != nil {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: TimeInterval(time))],
        ofItemAtPath: "\(directory.path)/\(source)")
    }
    let recorded = values["time"] == "fits" ? time : try #require(Int(values["time"] ?? "1"))
    let size = try #require(Int(values["size"] ?? String(text?.count ?? 0)))
    bytes += [0, 0, 0, 0] + littleEndian(UInt64(recorded), 4) + littleEndian(UInt64(size), 4)
  }
  // A code object of CPython 3.11: five numbers, eight objects, a number, two objects.
  let code =
    [UInt8(ascii: "c")] + [UInt8](repeating: 0, count: 20) + [UInt8](repeating: UInt8(ascii: "N"), count: 8)
    + [0, 0, 0, 0] + [UInt8](repeating: UInt8(ascii: "N"), count: 2)
  switch values["code"] ?? "whole" {
  case "whole": bytes += code
  case "cut": bytes += code.dropLast()
  default: break
  }
  if let header = values["header"] { bytes = Array(bytes.prefix(try #require(Int(header)))) }
  try directory.write(bytes, to: block.path)
}

/// The source that bytecode at a path belongs to.
private func sourcePath(of path: String) -> String {
  let parts = path.split(separator: "/")
  let name = parts.last?.split(separator: ".").first ?? ""
  let folder = parts.dropLast(parts.dropLast().last == "__pycache__" ? 2 : 1)
  return (folder + ["\(name).py"]).joined(separator: "/")
}

private func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}
