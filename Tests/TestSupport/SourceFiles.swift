internal import Foundation

/// The Swift files below a folder, relative to the folder of the test that asks, but for generated ones.
///
/// - Parameters:
///   - folder: the folder.
///   - source: the test's own file.
/// - Returns: the name of each file without its ending, and its text.
/// - Throws: the file system's error where a file cannot be read.
public func swiftFiles(below folder: String, source: String = #filePath) throws -> [(name: String, text: String)] {
  let place = source[..<(source.lastIndex(of: "/") ?? source.startIndex)] + "/" + folder
  let paths = FileManager.default.enumerator(atPath: String(place))?.compactMap { $0 as? String } ?? []
  return try paths.filter { $0.hasSuffix(".swift") && !$0.contains("Generated/") }.sorted().map { path in
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return (String(name.dropLast(6)), try String(contentsOfFile: place + "/" + path, encoding: .utf8))
  }
}
