internal import CacheEffects
internal import Caches
internal import Facts
internal import Images
internal import Shell
internal import SourceText

/// What the step that wrote a cache does against it by its own text, so that nobody is told to do it once more.
struct WriterStep {
  /// A clean-up at the end of the step.
  enum CleanUp: Hashable {
    /// It is for the place where the cache is; the words tell what does it.
    case ofPlace(String)
    /// It is for the place where the step's commands should have written it, which is another one.
    case ofOther(String)
    /// There may be one: what it is for follows from a home that is not known.
    case perhaps
  }

  /// The flag, or the variable in its script, with which a command of the step is told not to write the cache; nil
  /// where none is.
  private(set) var told: String?
  /// Whether that holds for all of its commands that write such a cache.
  private(set) var isAllTold = false
  /// The clean-up; nil where none is known.
  private(set) var cleanUp: CleanUp?

  /// What is known of a step that is not looked at.
  init() {}

  init(_ found: ImageCase, _ steps: WriterSteps) {
    guard let effects = steps.effects(of: found.writer, in: found.image) else { return }
    let writes = effects.writes.filter { $0.kind.id == found.kind.id }
    let switches = writes.map { $0.keptOut.flatMap(Self.words) }
    told = switches.compactMap(\.self).first
    isAllTold = told != nil && switches.allSatisfy { $0 != nil }
    cleanUp = Self.cleanUp(found, effects, writes, isHomeKnown: steps.knowsHome(of: found.writer, in: found.image))
  }

  /// The switch in words; nil for what keeps a cache out in another way.
  private static func words(_ way: KeptOut) -> String? {
    switch way {
    case .flag(let flag): flag
    case .variable(let name, _), .setting(let name, _): name
    case .mount, .removal, .base, .outside: nil
    }
  }

  private static func cleanUp(
    _ found: ImageCase, _ effects: InstructionEffects, _ writes: [CacheWrite], isHomeKnown: Bool
  ) -> CleanUp? {
    let last = writes.map(\.command).max() ?? -1
    let place = [UInt8(ascii: "/")] + found.places[0].path.bytes
    var other: CleanUp?
    for removal in effects.removals where removal.command > last {
      let command = effects.commands[removal.command]
      if command.invocation.isPerhaps { continue }
      if removal.kinds.contains(where: { $0.id == found.kind.id }) { return .ofPlace(command.title) }
      guard let path = removal.path else { continue }
      let words = shownPath(Path(path.dropFirst()))
      if covers(path, place) { return .ofPlace(words) }
      let covered = writes.compactMap(\.place).filter { covers(path, $0.path) }
      if covered.contains(where: \.isCertain) { other = .ofOther(words) } else if !covered.isEmpty { other = .perhaps }
    }
    if other == nil, !isHomeKnown {
      let mayRemove = effects.commands.indices.contains { number in
        number > last && effects.commands[number].arguments.contains { $0.isHome || $0.value == nil }
      }
      if mayRemove { other = .perhaps }
    }
    return other
  }
}

/// Who runs a step of a build.
enum StepOwner: Hashable {
  case root
  /// Somebody else, with the number of the user and of the group, where that is known.
  case other(UInt32, group: UInt32?)
  /// Somebody whose number is not known.
  case unknown(String)
}

/// The steps that wrote the layers of an image, each read once, and only so many bytes that hostile ones cost little time.
final class WriterSteps {
  /// How many bytes of steps are read; of further ones nothing is known.
  static let byteLimit = 64 << 10

  private var known: [Int: InstructionEffects?] = [:]
  private var bytesLeft = byteLimit
  /// What holds for each layer's step, by the one pass over the history that is made for all of them.
  private var contexts: [StepContext?]?

  /// What the step that made a layer does; nil where that is not known.
  func effects(of layer: Int, in image: ImageFacts) -> InstructionEffects? {
    if let effects = known[layer] { return effects }
    let effects = read(layer, image)
    known[layer] = .some(effects)
    return effects
  }

  /// Whether it is known where the home of the step's user is.
  func knowsHome(of layer: Int, in image: ImageFacts) -> Bool {
    Self.home(of: layer, in: image, context(of: layer, in: image)) != nil
  }

  /// Who a mount for the step has to belong to; root where nothing says otherwise.
  func owner(of layer: Int, in image: ImageFacts) -> StepOwner {
    let words = UserWords(context(of: layer, in: image).user ?? "")
    if Self.isRoot(words) { return .root }
    if image.layers.indices.contains(layer), let user = image.layers[layer].user {
      return user.number == 0 ? .root : .other(user.number, group: user.group)
    }
    guard let number = UserWords.number(words.user.utf8) else { return .unknown(String(words.user)) }
    return .other(number, group: words.group.flatMap { UserWords.number($0.utf8) })
  }

  private static func isRoot(_ words: UserWords) -> Bool {
    words.user.isEmpty || words.user == "root" || UserWords.number(words.user.utf8) == 0
  }

  private func read(_ layer: Int, _ image: ImageFacts) -> InstructionEffects? {
    guard image.layers.indices.contains(layer), let step = image.layers[layer].step, step.keyword == "RUN",
      step.text.utf8.count <= bytesLeft
    else { return nil }
    bytesLeft -= step.text.utf8.count
    let context = context(of: layer, in: image)
    return InstructionEffects.of(
      step: step.text, variables: context.variables + step.arguments, user: context.user,
      home: Self.home(of: layer, in: image, context), directory: context.directory)
  }

  private func context(of layer: Int, in image: ImageFacts) -> StepContext {
    if contexts == nil {
      contexts = image.image?.history.contexts(variableLimit: InstructionEffects.stepVariables) ?? []
    }
    guard let contexts, contexts.indices.contains(layer) else { return StepContext() }
    return contexts[layer] ?? StepContext()
  }

  /// The home by the HOME that is set, else by the users of the image; root has a usual one.
  private static func home(of layer: Int, in image: ImageFacts, _ context: StepContext) -> String? {
    if let home = context.home, !home.isEmpty { return home.hasPrefix("/") && !home.contains("$") ? home : nil }
    if image.layers.indices.contains(layer), let home = image.layers[layer].user?.home {
      return String(validating: [UInt8(ascii: "/")] + home.bytes, as: UTF8.self)
    }
    return isRoot(UserWords(context.user ?? "")) ? "/root" : nil
  }
}
