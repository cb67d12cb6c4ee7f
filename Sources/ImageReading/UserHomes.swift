internal import Facts
internal import Images
internal import SourceText

/// The users of an image and of each of its layers, and where their homes are.
struct UserHomes {
  /// The users that a container has.
  let users: UserTable
  /// As whom it runs; nil where that is not known.
  let identity: UserTable.Identity?
  /// Those who ran the steps, by the layers that these made.
  private(set) var ofStep: [Int: StepUser] = [:]
  /// The homes that are looked at for caches: who runs the image has the first, and the users of the highest layers come
  /// before those of lower ones.
  private(set) var homes: [Path] = []
  /// The layers whose lists name homes beyond the limit.
  private var fullLayers: Set<Int> = []
  private let files: UserFiles
  private let limits: ReadingLimits

  /// Reads each list of users once.
  ///
  /// - Parameters:
  ///   - union: the layers.
  ///   - files: their lists.
  ///   - image: the image; nil where there is none.
  ///   - named: homes that something else names.
  ///   - limits: how the layers were read.
  init(_ union: LayerUnion, _ files: UserFiles, _ image: Image?, named: [Path], limits: ReadingLimits) {
    self.files = files
    self.limits = limits
    let merged = union.layerCount > 0 ? union.merged : nil
    let texts = UserFile.allCases.map { file in merged.flatMap { Self.find(file, $0, files)?.text } ?? [] }
    let users = UserTable(passwd: texts[0], group: texts[1])
    self.users = users
    identity = image.flatMap { users.identity($0.configuration.user) }
    var seen: Set<Path> = []
    for home in [identity?.home].compactMap(\.self) + named where homes.count < ReadingLimits.homes {
      if seen.insert(home).inserted { homes.append(home) }
    }
    // What lies in the home of a user that a later layer removes is shipped all the same.
    let contexts = image?.history.contexts(variableLimit: 0) ?? []
    var last: EntryNumber?
    var table: UserTable?
    var known: [String: StepUser?] = [:]
    for layer in (0..<union.layerCount).reversed() {
      guard let (file, text) = Self.find(.passwd, union.view(after: layer), files) else { continue }
      if file != last {
        last = file
        known = [:]
        table = text.map { UserTable(passwd: $0, group: []) }
        for home in table?.homes ?? [] where !seen.contains(home) {
          guard homes.count < ReadingLimits.homes else {
            fullLayers.insert(file.layer)
            break
          }
          guard home.bytes.count <= ReadingLimits.homeLength else {
            fullLayers.insert(file.layer)
            continue
          }
          seen.insert(home)
          homes.append(home)
        }
      }
      // The next layer's step began with these.
      guard let table, contexts.indices.contains(layer + 1), let context = contexts[layer + 1] else { continue }
      let name = context.user ?? ""
      let user = known[name] ?? Self.user(name, table)
      known[name] = .some(user)
      if let user { ofStep[layer + 1] = user }
    }
  }

  /// Who a USER means; the name of a group beside it is not looked up.
  private static func user(_ text: String, _ table: UserTable) -> StepUser? {
    if let user = table.identity(text) { return StepUser(number: user.user, group: user.groups.first, home: user.home) }
    return table.identity(String(UserWords(text).user)).map {
      StepUser(number: $0.user, group: nil, home: $0.home)
    }
  }

  /// What of the lists of a layer is not used, in words that are safe to print.
  func remarks(ofLayer layer: Int) -> [String] {
    var remarks: [String] = []
    if files.dropped.contains(layer) {
      remarks.append(
        "its lists of users and groups are not used, since those of all layers have more than "
          + "\(ReadingLimits.userFileBytes) bytes, the limit; it cannot be raised")
    }
    if files.tooLong.contains(layer) {
      remarks.append(
        "its list of users or of groups is not used, since it has more than \(limits.userFileSize) bytes, the limit; "
          + LimitName.userFileSize.advice(at: limits.userFileSize))
    }
    if fullLayers.contains(layer) {
      remarks.append(
        "there are more homes of users than \(ReadingLimits.homes), the limit, or one has more than "
          + "\(ReadingLimits.homeLength) bytes: caches in those of its other users are not looked for by their places; "
          + "it cannot be raised")
    }
    return remarks
  }

  /// A list in a view, and what it says; nil where that is not known.
  private static func find(
    _ file: UserFile, _ view: LayerView, _ files: UserFiles
  ) -> (entry: EntryNumber, text: [UInt8]?)? {
    guard let item = view.item(at: Path("etc/\(file.name)".utf8)), let entry = view.entry(of: item) else { return nil }
    return (entry, files.text(of: file, layer: entry.layer, entry: entry.entry))
  }
}
