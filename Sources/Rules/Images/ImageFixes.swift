internal import CacheEffects
internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// How a cache is kept out of a layer, in words: nothing in an image can be edited.
///
/// What the step has already, by its own text, is no advice; why it has not helped is told as far as that is known.
struct ImageFixes {
  private let found: ImageCase
  private let writer: WriterStep
  /// Who runs the step that wrote it.
  private let owner: StepOwner
  /// Whether there is more to be said than what to look at.
  private let isAdvised: Bool

  init(_ found: ImageCase, _ steps: WriterSteps) {
    self.found = found
    isAdvised = !found.isBase && !found.ship.grounds.isManual && found.kind.regenerates != .never
    writer = isAdvised ? WriterStep(found, steps) : WriterStep()
    owner = isAdvised ? steps.owner(of: found.writer, in: found.image) : .root
  }

  /// The longest path and instruction that a ready line is made of, in bytes.
  private static let lineLimit = 160

  /// What a person does first.
  var fix: Fix {
    let shown = shownPath(found.places[0].path)
    if found.ship.grounds.isManual, found.ship.value == .deny {
      return Fix(manual: "see whether the image needs \(shown); if not, name `\(found.kind.id)` in the policy")
    }
    if found.kind.regenerates == .never {
      return Fix(manual: "see what of \(shown) is needed, and keep the rest out of the image by hand")
    }
    if found.isBase { return Fix(manual: "take another base image, or repair this one where it is built") }
    let last =
      writer.isAllTold || writer.cleanUp != nil
      ? "find out which program of that RUN writes it all the same, or when"
      : "write it elsewhere, or remove it in the step that writes it"
    return Fix(manual: advice.first ?? last)
  }

  /// What else would do, after why that has not helped which the step does already.
  var alternatives: [String] {
    guard isAdvised else { return [] }
    return reasons + advice.dropFirst().map { "or: \($0)" }
  }

  /// Whether the step is told already by this variable.
  func isTold(by variable: String) -> Bool { writer.isAllTold && writer.told == variable }

  private var reasons: [String] {
    var reasons: [String] = []
    if writer.isAllTold, let told = writer.told {
      reasons.append("`\(told)` is in force there already: what wrote this does not follow it")
    }
    switch writer.cleanUp {
    case .ofPlace(let words)?:
      reasons.append("that RUN removes it already (`\(words)`): it failed, or this was written after it")
    case .ofOther(let words)?: reasons.append("that RUN removes `\(words)`, and this lies elsewhere")
    case .perhaps?, nil: break
    }
    if case .unknown(let name) = owner, step?.keyword == "RUN", found.ways.contains(.cacheMount), mountTarget != nil {
      reasons.append(
        "no cache mount is shown: it belongs to root unless it has `uid=`, and which number `\(cut(printable(name)))` "
          + "has is not known")
    }
    return reasons
  }

  private var step: BuildStep? {
    found.image.layers.indices.contains(found.writer) ? found.image.layers[found.writer].step : nil
  }

  /// What would do, in the order that the policy prefers.
  private var advice: [String] {
    if let keyword = step?.keyword, keyword == "COPY" || keyword == "ADD" {
      let lines = found.kind.dockerignore.map { "`\($0)`" }.joined(separator: " and ")
      if lines.isEmpty { return ["leave it out of what the \(keyword) takes"] }
      return ["leave it out of what the \(keyword) takes: add \(lines) to .dockerignore"]
    }
    return found.ways.compactMap { way in
      switch way {
      case .noCache: noCache
      case .clean: clean
      case .cacheMount: mount
      }
    }
  }

  private var clean: String? {
    switch writer.cleanUp {
    case .ofPlace?, .perhaps?: nil
    case .ofOther?: removal
    case nil:
      found.kind.layer?.clean.flatMap { command in
        if !reaches(command) { return removal }
        return takesMore ? "end that RUN with `&& \(command)`" : "let that RUN do `\(command)` at its end"
      }
    }
  }

  /// Whether a command may be put behind the text of the RUN: not behind a here-document, of which a history keeps the
  /// beginning alone, the exec form, a comment, or an operator at the end.
  private var takesMore: Bool {
    guard let text = step?.text else { return true }
    let end = text.last { !$0.isWhitespace }
    return !text.contains("<<") && !text.contains("#") && !text.hasPrefix("[")
      && !(end.map { ";&|\\".contains($0) } ?? false)
  }

  /// How many places a removal names.
  private static let namedPlaces = 3

  private var removal: String? {
    let plain = found.places.prefix(Self.namedPlaces).compactMap { Self.plain($0.path) }
    guard plain.count == min(found.placeCount, Self.namedPlaces) else { return nil }
    let more = found.placeCount - plain.count
    let words = plain.map { "`\($0)`" }.joined(separator: " and ") + (more > 0 ? " and \(more) more" : "")
    return "let that RUN remove \(words) at its end"
  }

  /// Whether a command that names the usual place, if it names any, is of use for the place where the cache was found.
  private func reaches(_ command: String) -> Bool {
    // Where the RUN is at its end is not known, nor where it was when a tool wrote into its directory.
    let named = command.split(separator: " ").filter { $0.hasPrefix("/") || $0.hasPrefix("~/") }
    if command.hasPrefix("rm "), named.isEmpty { return false }
    let place = found.places[0].path
    let bytes = [UInt8(ascii: "/")] + place.bytes
    return named.isEmpty
      || named.contains { word in
        let homes = word.first == "~" ? homes(above: place) : [[]]
        return homes.contains { home in
          let path =
            home.reduce(into: [UInt8]()) { $0 += [UInt8(ascii: "/")] + $1 } + word.utf8.drop { $0 == UInt8(ascii: "~") }
          return covers(path, bytes) || covers(bytes, path)
        }
      }
  }

  /// The directories that `~` may be for the step: its user's home, or any above the place where that is not known.
  private func homes(above place: Path) -> [ArraySlice<ArraySlice<UInt8>>] {
    let layers = found.image.layers
    if layers.indices.contains(found.writer), let home = layers[found.writer].user?.home {
      return [home.components[...]]
    }
    return place.components.indices.map { place.components[..<$0] }
  }

  private var noCache: String? {
    if writer.isAllTold { return nil }
    let flags = found.kind.disable.flags.filter { $0.action == .add && $0.value == nil }
    let words = Set(
      (step?.text ?? "").split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_") })
    if let flag = flags.first(where: { words.contains(Substring($0.command)) }) ?? flags.first {
      return "use `\(flag.text)` in \(writer.told == nil ? "that RUN" : "each such command of that RUN")"
    }
    guard let variable = found.kind.disable.environment.first(where: { $0.effect == .full && $0.only == nil }) else {
      return nil
    }
    return "set `\(variable.name)=\(variable.value)` for that RUN"
  }

  private var mount: String? {
    guard let target = mountTarget else { return nil }
    // A mount belongs to root, and others may not write to it, unless it says otherwise.
    var user = ""
    switch owner {
    case .root: break
    case .other(let number, let group): user = ",uid=\(number)" + (group.map { ",gid=\($0)" } ?? "")
    case .unknown: return nil
    }
    let sharing = found.kind.layer?.isLocked == true ? ",sharing=locked" : ""
    var command = "…"
    if let step, step.keyword == "RUN", let line = step.line, line.utf8.count <= Self.lineLimit,
      !step.text.contains(where: \.isNewline), !step.text.contains("<<")
    {
      command = String(line.dropFirst("RUN ".count))
    }
    let mount = "mount it: `RUN --mount=type=cache,target=\(target)\(user)\(sharing)"
    // What the RUN removes at its end would be the mount itself, or leave nothing for the next build.
    switch writer.cleanUp {
    case .ofPlace?, .perhaps?: return "\(mount) …`, and leave the clean-up out of that RUN"
    case .ofOther?, nil: return "\(mount) \(command)`"
    }
  }

  /// Where a mount takes what is written: the usual place where that is it, else the place itself.
  private var mountTarget: String? {
    guard found.kind.layer != nil, found.placeCount == 1 || found.kind.layer?.mount != nil else { return nil }
    let place = found.places[0].path
    if let usual = found.kind.layer?.mount ?? found.kind.mounts.first?.target {
      let target = usual.hasPrefix("~") ? home(of: place).map { $0 + usual.dropFirst() } : usual
      if let target, place.isWithin(Path(target.utf8.dropFirst())) { return target }
    }
    return plainPlace
  }

  /// The place as a word that no shell takes for more; nil where it is none, or long.
  private var plainPlace: String? { Self.plain(found.places[0].path) }

  private static func plain(_ place: Path) -> String? {
    let isPlain = place.bytes.allSatisfy { isAlphanumeric($0) || "_-./+@:".utf8.contains($0) }
    return isPlain && place.bytes.count <= Self.lineLimit ? "/\(place)" : nil
  }

  /// The home that a place lies in, by the names that homes have; nil where it lies in none of these.
  private func home(of place: Path) -> String? {
    let parts = place.components
    if parts.first?.elementsEqual("root".utf8) ?? false { return "/root" }
    guard parts.count > 2, parts[0].elementsEqual("home".utf8) else { return nil }
    guard parts[1].allSatisfy({ isAlphanumeric($0) || "_-.".utf8.contains($0) }) else { return nil }
    return "/home/\(Path(parts[1]))"
  }
}
