internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import Reports
internal import SourceText

extension Inspection {
  /// Gives the findings about an image what its Dockerfile and an older image tell.
  ///
  /// - Parameters:
  ///   - judged: the images, as they are by themselves.
  ///   - repaired: the edits that findings carry already, so that none is told, and made, twice.
  /// - Returns: the images with the lines that made their layers, and without what was there before.
  /// - Throws: ``InputError`` where the Dockerfile or the older image cannot be examined.
  func inContext(_ judged: [JudgedWorkspace], repaired: inout Set<[FileEdit]>) throws -> [JudgedWorkspace] {
    var judged = judged
    // What goes takes no edit with it.
    if let old = settings.images.compare { judged = try withoutOld(old, judged) }
    if let file = settings.images.dockerfile { judged = try withLines(of: file, judged, &repaired) }
    return judged
  }

  // MARK: The Dockerfile

  private func withLines(
    of file: String, _ judged: [JudgedWorkspace], _ repaired: inout Set<[FileEdit]>
  ) throws -> [JudgedWorkspace] {
    let place = Self.absolute(file, from: settings.currentDirectory)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try readFile(at: place, limit: Dockerfile.sizeLimit)
    } catch {
      throw InputError("--dockerfile \(printable(file)): \(error.explanation)")
    }
    // `docker build --file` takes any name; its directory tells the context.
    let isUsual = SpecialFile(place.name) == .dockerfile
    let name = isUsual ? place.name : ArraySlice("Dockerfile".utf8)
    var errors: [RunError] = []
    let directory = loader.shown(place.parent)
    guard let surroundings = workspaces([directory.isEmpty ? "." : directory], &errors).first,
      let path = (try? resolvedPath(place.parent))?.appending(name).relative(to: surroundings.root)
    else { throw InputError("--dockerfile \(printable(file)): \(errors.first?.message ?? "cannot be read")") }
    var overlay = Overlay()
    overlay.texts[path] = bytes
    let target = Target(name: file, place: surroundings.root.appending(path.bytes), isDirectory: false)
    let built = try judge(
      Workspace(root: surroundings.root, repository: surroundings.repository, target: target), overlay)
    guard let dockerfile = built.facts.dockerfiles.first(where: { $0.path == path }) else {
      throw InputError("--dockerfile \(printable(file)): the policy leaves this file out")
    }
    let lines = LineTable(dockerfile.file.bytes)
    var result: [JudgedWorkspace] = []
    for image in judged {
      guard let document = image.facts.image?.image, let product = dockerfile.products.last else {
        result.append(image)
        continue
      }
      let instructions = LayerInstructions(document, dockerfile, stage: product.stage)
      var image = image
      if instructions.byLayer.isEmpty {
        image.imageNotes.append("no layer is shown to be made by \(printable(file)): its steps and the history differ")
      }
      // Of several findings with one cause, the gravest that nobody accepts carries the edits.
      let order = image.findings.indices.sorted { left, right in
        let (left, right) = (image.findings[left], image.findings[right])
        if (left.suppressed == nil) != (right.suppressed == nil) { return left.suppressed == nil }
        return left.severity > right.severity
      }
      for index in order {
        let finding = image.findings[index]
        guard case .entry(let entry) = finding.place, let layer = entry.layer,
          let number = instructions.byLayer[layer]
        else { continue }
        let instruction = dockerfile.file.instructions[number]
        let line = instruction.startLine
        let cause = cause(of: finding, in: built.findings, path, line...max(line, instruction.endLine), lines)
        var notes = ["\(file):\(line): \(instruction.keyword?.rawValue.uppercased() ?? "it") makes layer \(layer)"]
        if let cause { notes.append("\(cause.rule.code) there: \(cause.message)") }
        var changed = finding.adding(notes: notes)
        if let cause, let fix = cause.fix {
          let title = "\(file):\(line): \(fix.title)"
          changed.fix = Fix(
            manual: title,
            commands: fix.safety == .manual || !isUsual
              ? fix.commands
              : ["cachepolicy fix\(fix.safety == .unsafe ? " --unsafe" : "") --diff \(shellArgument(file))"])
          // `fix` takes a file by its name, and what is accepted there stays.
          if isUsual, cause.suppressed == nil, !fix.edits.isEmpty {
            let edits = fix.edits.map { edit in
              FileEdit(Path(loader.shown(surroundings.root.appending(edit.path.bytes)).utf8), edit.edit)
            }
            if repaired.insert(edits).inserted {
              changed.fix = Fix(fix.safety, title, edits: edits)
              for (edit, own) in zip(edits, fix.edits) { image.sources[edit.path] = built.sources[own.path] }
            }
          }
        }
        image.findings[index] = changed
      }
      result.append(image)
    }
    return result
  }

  /// What the rules about Dockerfiles say of the very lines that made a layer; first what they can repair.
  private func cause(
    of finding: Finding, in findings: [Finding], _ path: Path, _ instruction: ClosedRange<Int>, _ lines: LineTable
  ) -> Finding? {
    let causes = findings.filter { other in
      guard let range = other.place.range, other.cache == finding.cache, other.place.path == path else { return false }
      return instruction.contains(lines.line(of: range.lower))
    }
    return causes.first { $0.suppressed == nil && !($0.fix?.edits.isEmpty ?? true) } ?? causes.first
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
      throw InputError("--compare \(printable(name)): \(error.message)")
    }
    if let error = old.flatMap(\.errors).first {
      throw InputError("--compare \(printable(name)): \(error.message)")
    }
    return ImageComparison(with: old, named: name, for: judged).newIn(judged)
  }
}
