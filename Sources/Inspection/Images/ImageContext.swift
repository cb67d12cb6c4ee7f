internal import Dockerfiles
internal import Facts
internal import Findings
internal import Reports
internal import SourceText

extension Inspection {
  /// Gives the findings about an image what its Dockerfile and an older image tell.
  ///
  /// - Parameter judged: the images, as they are by themselves.
  /// - Returns: the images with the lines that made their layers, and without what was there before.
  /// - Throws: ``UsageError`` where the Dockerfile or the older image cannot be examined.
  func inContext(_ judged: [JudgedWorkspace]) throws -> [JudgedWorkspace] {
    var judged = judged
    if let file = settings.images.dockerfile { judged = try withLines(of: file, judged) }
    if let old = settings.images.compare { judged = try withoutOld(old, judged) }
    return judged
  }

  // MARK: The Dockerfile

  private func withLines(of file: String, _ judged: [JudgedWorkspace]) throws -> [JudgedWorkspace] {
    var errors: [RunError] = []
    guard let workspace = workspaces([file], &errors).first else {
      throw UsageError("--dockerfile \(printable(file)): \(errors.first?.message ?? "cannot be read")")
    }
    let built = try judge(workspace, Overlay())
    guard let path = workspace.files.first, let dockerfile = built.facts.dockerfiles.first(where: { $0.path == path })
    else { throw UsageError("--dockerfile \(printable(file)): this is no Dockerfile") }
    let lines = LineTable(dockerfile.file.bytes)
    return judged.map { image in
      guard let document = image.facts.image?.image, let product = dockerfile.products.last else { return image }
      let instructions = LayerInstructions(document, dockerfile, stage: product.stage)
      var image = image
      if instructions.byLayer.isEmpty {
        image.imageNotes.append("no layer is shown to be made by \(printable(file)): its steps and the history differ")
      }
      image.findings = image.findings.map { finding in
        guard case .entry(let entry) = finding.place, let layer = entry.layer,
          let number = instructions.byLayer[layer]
        else { return finding }
        let instruction = dockerfile.file.instructions[number]
        let line = instruction.startLine
        // What the rules about Dockerfiles say of this very line is the cause.
        let cause = built.findings.first { other in
          guard let range = other.place.range, other.cache == finding.cache, other.place.path == path else {
            return false
          }
          let first = lines.line(of: range.lower)
          return first >= line && first <= instruction.endLine
        }
        var notes = ["\(file):\(line): \(instruction.keyword?.rawValue.uppercased() ?? "it") makes layer \(layer)"]
        if let cause { notes.append("\(cause.rule.code) there: \(cause.message)") }
        var changed = finding.adding(notes: notes)
        if let fix = cause?.fix {
          changed.fix = Fix(
            manual: "\(file):\(line): \(fix.title)",
            commands: fix.safety == .manual
              ? fix.commands
              : ["cachepolicy fix\(fix.safety == .unsafe ? " --unsafe" : "") --diff \(shellArgument(file))"])
        }
        return changed
      }
      return image
    }
  }

  // MARK: An older image

  private func withoutOld(_ name: String, _ judged: [JudgedWorkspace]) throws -> [JudgedWorkspace] {
    let old: [JudgedWorkspace]
    do throws(InputError) {
      guard let target = try imageTarget(name) else { throw InputError("is no image") }
      do {
        old = try judge(target, named: name, at: 0)
      } catch let error as InputError {
        throw error
      } catch {
        throw InputError("cannot be judged")
      }
    } catch {
      throw UsageError("--compare \(printable(name)): \(error.message)")
    }
    if let error = old.flatMap(\.errors).first {
      throw UsageError("--compare \(printable(name)): \(error.message)")
    }
    var known: [ComparisonKey: Int] = [:]
    for finding in old.flatMap(\.findings) { known[ComparisonKey(finding), default: 0] += Self.bytes(of: finding) }
    return judged.map { image in
      var image = image
      let before = image.findings.count
      image.findings = image.findings.compactMap { finding in
        guard let bytes = known[ComparisonKey(finding)] else { return finding }
        let now = Self.bytes(of: finding)
        guard now > bytes else { return nil }
        return finding.adding(notes: ["\(byteCount(now - bytes)) more than in \(name)"])
      }
      let left = before - image.findings.count
      if left > 0 {
        image.imageNotes.append("\(left) finding\(left == 1 ? "" : "s") as in \(printable(name)), not judged anew")
      }
      return image
    }
  }

  /// What tells whether two images have the same finding: neither layers nor sizes.
  private struct ComparisonKey: Hashable {
    let rule: RuleID
    let place: String
    let cache: String?

    init(_ finding: Finding) {
      rule = finding.rule
      cache = finding.cache
      place =
        switch finding.place {
        case .entry(let entry): "\(entry.path)"
        case .configuration(let key): "=" + key
        case .file(let path, _): "\(path)"
        case .target: ""
        }
    }
  }

  private static func bytes(of finding: Finding) -> Int {
    finding.evidence.first { $0.key == "bytes" }.flatMap { Int($0.value) } ?? 0
  }
}
