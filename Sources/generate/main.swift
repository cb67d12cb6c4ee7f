internal import Foundation
internal import Generation

// Writes what the program has built in: the catalogue, the built-in policies, the pages of the rules.
do {
  for path in try PackageFiles(root: ".").generate() { print(path) }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
