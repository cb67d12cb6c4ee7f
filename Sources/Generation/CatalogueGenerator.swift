internal import Caches
internal import YAML

/// Turns `policies/caches/*.yaml` into the Swift files of the catalogue.
///
/// Files whose name begins with `_` hold what is no kind; they are checked with the rest.
public func generateCatalogue(_ sources: [TextFile]) throws(GenerationError) -> [TextFile] {
  var ecosystems: [Ecosystem] = []
  var places: TextFile?
  var programs: TextFile?
  for source in sources.sorted(by: { $0.path < $1.path }) {
    switch source.stem.first {
    case "_":
      if source.stem == "_places" { places = source }
      if source.stem == "_programs" { programs = source }
    default: ecosystems.append(try Ecosystem(source))
    }
  }
  try checkNames(ecosystems)
  var files = ecosystems.map(\.generated)
  files.append(catalogueIndex(ecosystems))
  if let places { files.append(try generatePlaces(places)) }
  if let programs { files.append(try generatePrograms(programs)) }
  return files.sorted { $0.path < $1.path }
}

/// Where the generated files of the catalogue are.
let catalogueDirectory = "Sources/Caches/Generated/"

/// The kinds of one source file.
struct Ecosystem {
  let path: String
  let name: String
  let kinds: [EncodedKind]

  init(_ source: TextFile) throws(GenerationError) {
    var fields = try fields(of: source)
    path = source.path
    name = try fields.needed("ecosystem")
    guard name == source.stem else { throw fields.problem("the file is named after its ecosystem", at: fields.node) }
    var kinds: [EncodedKind] = []
    for kind in try fields.mappings("caches") { kinds.append(try EncodedKind(kind)) }
    try fields.end()
    self.kinds = kinds
  }

  var typeName: String { swiftName(name, isType: true) + "Caches" }

  var generated: TextFile {
    let text = """
      /// The compact form of \(path).
      enum \(typeName) {
        static let text: StaticString = \(rawLiteral(kinds.map(\.lines).joined()))
      }

      """
    return TextFile(path: catalogueDirectory + typeName + ".swift", header + text)
  }
}

/// A pattern of a place, split into the name and the directories that lead to it.
private struct PlacePattern {
  var isDirectory: Bool
  var name: String
  var parents: String

  init(_ pattern: String, isDirectory: Bool) {
    self.isDirectory = isDirectory
    var parts = pattern.split(separator: "/")
    // All files of a directory are that directory.
    if !isDirectory, parts.count > 1, parts.last == "*" {
      parts.removeLast()
      self.isDirectory = true
    }
    name = parts.popLast().map(String.init) ?? ""
    parents = parts.joined(separator: "/")
  }

  func lines(_ number: Int) -> String {
    NameForm.forms(of: name).map { form in
      "\(isDirectory ? "D" : "F")\t\(form.letter)\t\(number)\t\(parents)\t\(form.text)\n"
    }.joined()
  }
}

/// Every id and alias is said once.
private func checkNames(_ ecosystems: [Ecosystem]) throws(GenerationError) {
  var seen: Set<String> = []
  for ecosystem in ecosystems {
    for kind in ecosystem.kinds {
      for name in [kind.id] + kind.aliases where !seen.insert(name).inserted {
        throw GenerationError(path: ecosystem.path, line: nil, message: "`\(name)` names two kinds")
      }
    }
  }
}

/// The index: what a run needs before, or instead of, decoding a kind.
private func catalogueIndex(_ ecosystems: [Ecosystem]) -> TextFile {
  var names = ""
  var patterns = ""
  var markers = ""
  var commands: [String: [Int]] = [:]
  var cleaners: [String: [Int]] = [:]
  var needers: [String: [Int]] = [:]
  var scripts: Set<String> = []
  var variables: [String: [Int]] = [:]
  var proofTexts: Set<String> = []
  var number = 0
  for ecosystem in ecosystems {
    for (position, kind) in ecosystem.kinds.enumerated() {
      names += ([position == 0 ? "*" : "-", kind.id] + kind.aliases).joined(separator: "\t") + "\n"
      for pattern in kind.directories { patterns += PlacePattern(pattern, isDirectory: true).lines(number) }
      for pattern in kind.files { patterns += PlacePattern(pattern, isDirectory: false).lines(number) }
      for term in kind.markers {
        for form in NameForm.forms(of: UseMarker(term).name) {
          markers += "\(form.letter)\t\(number)\t\(term)\t\(form.text)\n"
        }
      }
      for sought in kind.soughtTexts {
        for form in NameForm.forms(of: sought.name) {
          proofTexts.insert("\(form.letter)\t\(form.text)\t\(sought.text)\n")
        }
      }
      for command in kind.commands { commands[command, default: []].append(number) }
      for command in kind.cleaningCommands { cleaners[command, default: []].append(number) }
      scripts.formUnion(kind.scripts)
      for command in kind.needingCommands { needers[command, default: []].append(number) }
      for variable in kind.variables { variables[variable, default: []].append(number) }
      number += 1
    }
  }
  let constants = ecosystems.map { (swiftName($0.name, isType: false), $0) }
  let lets = constants.map {
    "  private static let \($0) = decodeKinds(\($1.typeName).text, ecosystem: \"\($1.name)\")\n"
  }
  let cases = constants.enumerated().map { "    case \($0): \($1.0)\n" }
  let text = """
    /// What a run needs before, or instead of, decoding a kind.
    enum GeneratedCatalogue {
      /// The ecosystems in order.
      static let ecosystems = [\(ecosystems.map { "\"\($0.name)\"" }.joined(separator: ", "))]

      /// The kinds of one ecosystem, decoded once.
      static func kinds(ofEcosystem number: Int) -> [CacheKind] {
        switch number {
    \(cases.joined())    default: []
        }
      }

    \(lets.joined())
      /// Ids with their aliases; a star begins an ecosystem.
      static let names: StaticString = \(rawLiteral(names))

      /// The names of places in a repository: directory or file, form, kind, parents, name.
      static let patterns: StaticString = \(rawLiteral(patterns))

      /// What shows that a tool is used in a directory: form, kind, term, name.
      static let markers: StaticString = \(rawLiteral(markers))

      /// What proofs seek in files: form, name, text.
      static let proofTexts: StaticString = \(rawLiteral(proofTexts.sorted().joined()))

      /// Commands and the kinds that they may write.
      static let commands: StaticString = \(rawLiteral(lines(commands)))

      /// Commands and the kinds that they may remove.
      static let cleaners: StaticString = \(rawLiteral(lines(cleaners)))

      /// Commands and the kinds of which they may need what is left.
      static let needers: StaticString = \(rawLiteral(lines(needers)))

      /// Commands that are scripts, which an interpreter may be given.
      static let scripts: StaticString = \(rawLiteral(scripts.sorted().map { $0 + "\n" }.joined()))

      /// Environment variables and the kinds that they turn off.
      static let variables: StaticString = \(rawLiteral(lines(variables)))
    }

    """
  return TextFile(path: catalogueDirectory + "GeneratedCatalogue.swift", header + text)
}

/// Names with the numbers of their kinds, sorted.
private func lines(_ numbers: [String: [Int]]) -> String {
  numbers.keys.sorted().map { name in
    ([name] + (numbers[name] ?? []).map(String.init)).joined(separator: "\t") + "\n"
  }.joined()
}
