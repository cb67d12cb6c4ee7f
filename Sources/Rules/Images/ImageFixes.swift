internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import SourceText

/// How a cache is kept out of a layer, in words: nothing in an image can be edited.
struct ImageFixes {
  private let found: ImageCase

  init(_ found: ImageCase) {
    self.found = found
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
    return Fix(manual: advice.first ?? "write it elsewhere, or remove it in the step that writes it")
  }

  /// What else would do.
  var alternatives: [String] {
    if found.ship.grounds.isManual || found.kind.regenerates == .never || found.isBase { return [] }
    return advice.dropFirst().map { "or: \($0)" }
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
      case .clean: found.kind.layer?.clean.map { "end that RUN with `&& \($0)`" }
      case .cacheMount: mount
      }
    }
  }

  private var noCache: String? {
    let flags = found.kind.disable.flags.filter { $0.action == .add && $0.value == nil }
    let words = Set(
      (step?.text ?? "").split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_") })
    if let flag = flags.first(where: { words.contains(Substring($0.command)) }) ?? flags.first {
      return "use `\(flag.text)` in that RUN"
    }
    guard let variable = found.kind.disable.environment.first(where: { $0.effect == .full && $0.only == nil }) else {
      return nil
    }
    return "set `\(variable.name)=\(variable.value)` for that RUN"
  }

  private var mount: String? {
    guard let target = mountTarget else { return nil }
    let sharing = found.kind.layer?.isLocked == true ? ",sharing=locked" : ""
    var command = "…"
    if let step, step.keyword == "RUN", let line = step.line, line.utf8.count <= Self.lineLimit,
      !step.text.contains(where: \.isNewline)
    {
      command = String(line.dropFirst("RUN ".count))
    }
    return "mount it: `RUN --mount=type=cache,target=\(target)\(sharing) \(command)`"
  }

  /// Where a mount takes what is written: the usual place where that is it, else the place itself.
  private var mountTarget: String? {
    guard found.kind.layer != nil, found.placeCount == 1 || found.kind.layer?.mount != nil else { return nil }
    let place = found.places[0].path
    if let usual = found.kind.layer?.mount ?? found.kind.mounts.first?.target {
      let target = usual.hasPrefix("~") ? home(of: place).map { $0 + usual.dropFirst() } : usual
      if let target, place.isWithin(Path(target.utf8.dropFirst())) { return target }
    }
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
