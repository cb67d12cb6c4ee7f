internal import Digests
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import Reports
internal import SourceText

extension Inspection {
  /// The report of judged workspaces; `names` are the targets as the person wrote them.
  func report(_ names: [String], _ judged: [JudgedWorkspace], _ errors: [RunError]) -> Report {
    var reported: [ReportedFinding] = []
    var targets = names.map { ReportedTarget(name: $0, kind: "path", policies: [], remarks: [], files: []) }
    var allErrors = errors
    for workspace in judged {
      reported += findings(of: workspace)
      allErrors += workspace.errors
      var files: [Int: [Path]] = [:]
      for path in workspace.facts.examined {
        if let position = workspace.workspace.position(of: path) { files[position, default: []].append(path) }
      }
      if let image = workspace.facts.image, let entry = workspace.workspace.targets.first {
        add(image, of: workspace, to: &targets[entry.position])
        continue
      }
      for (position, target) in workspace.workspace.targets {
        if workspace.isImage {
          targets[position] = ReportedTarget(
            name: target.name, kind: "image", policies: workspace.policyNames, remarks: [], files: [])
          continue
        }
        let isRepository = workspace.workspace.repository != nil && target.place == workspace.workspace.root
        targets[position] = ReportedTarget(
          name: target.name, kind: target.isDirectory ? (isRepository ? "repository" : "directory") : "file",
          policies: workspace.policyNames,
          remarks: position == workspace.workspace.targets.first?.position ? remarks(workspace) : [],
          files: files[position] ?? [])
      }
    }
    let profile = judged.first?.policies.policy(for: .root).profileForTheRest(
      ProfileInputs(profile: settings.profile, forced: settings.forcedProfile)
    ).profile
    return Report(
      version: settings.version, profile: profile ?? settings.profile ?? "production", targets: targets,
      findings: reported, errors: allErrors)
  }

  /// Adds an image to its target, which holds several where all platforms are examined.
  private func add(_ image: ImageFacts, of workspace: JudgedWorkspace, to target: inout ReportedTarget) {
    let platform = image.image.map { " \($0.platform)" } ?? ""
    var remarks = target.remarks
    for note in workspace.imageNotes + (image.image?.notes.map(\.description) ?? []) where !remarks.contains(note) {
      remarks.append(note)
    }
    for (number, layer) in image.layers.enumerated() {
      for remark in layer.remarks { remarks.append("layer \(number): \(remark)") }
    }
    if !image.isVerified, image.kind == .image {
      remarks.append("the digests were not compared (--no-verify)")
    }
    for remark in self.remarks(workspace) where !remarks.contains(remark) { remarks.append(remark) }
    target = ReportedTarget(
      name: target.name, kind: image.kind.rawValue, policies: workspace.policyNames, remarks: remarks, files: [],
      images: target.images + [ReportedImage(title: image.kind.rawValue + platform, summary: ImageSummary(image))])
  }

  private func findings(of workspace: JudgedWorkspace) -> [ReportedFinding] {
    let findings = workspace.findings
    // A path in an image is none of a file beside it.
    let sources = findings.map { finding -> SourceFile? in
      guard case .file(let path, _) = finding.place else { return nil }
      return workspace.sources[path]
    }
    let inputs = fingerprintInputs(Array(zip(findings, sources)).map { ($0.0, $0.1) })
    return findings.indices.map { index in
      let finding = findings[index]
      let path = finding.place.path
      let position = path.flatMap { workspace.workspace.position(of: $0) } ?? workspace.workspace.targets[0].position
      var edited: [Path: SourceFile] = [:]
      for edit in finding.fix?.edits ?? [] where edit.path != path || sources[index] == nil {
        edited[edit.path] = workspace.sources[edit.path]
      }
      return ReportedFinding(
        target: position, finding: finding,
        shownPath: isOfImage(finding, workspace)
          ? workspace.workspace.targets[0].target.name + (workspace.platform.map { " (\($0))" } ?? "")
          : shown(path, workspace.workspace),
        source: sources[index],
        edited: edited, fingerprint: hexadecimal(digest(.sha256, of: inputs[index])))
    }
  }

  /// Whether a finding speaks of something in an image, and not of a file beside it, such as the policy.
  private func isOfImage(_ finding: Finding, _ workspace: JudgedWorkspace) -> Bool {
    if case .file = finding.place { return false }
    return workspace.facts.image != nil
  }

  /// A path as a person can open it from the working directory.
  func shown(_ path: Path?, _ workspace: Workspace) -> String {
    guard let path else { return "." }
    return loader.shown(Self.absolute(path.bytes, from: workspace.base))
  }

  /// Of how many stages it is told why they ship.
  private static let shownProducts = 8

  /// Lines that tell how a workspace was judged.
  private func remarks(_ workspace: JudgedWorkspace) -> [String] {
    var lines: [String] = []
    let profile = workspace.policies.policy(for: .root).profileForTheRest(
      ProfileInputs(profile: settings.profile, forced: settings.forcedProfile)
    ).profile
    let named = workspace.policyNames.joined(separator: ", ")
    let reasons = workspace.facts.dockerfiles.flatMap { file in
      file.products.map { product in
        let profile = file.products.count > 1 ? " · profile \(product.profile)" : ""
        return workspace.facts.dockerfiles.count == 1
          ? "product: \(product.reason)\(profile)" : "\(file.path): product: \(product.reason)\(profile)"
      }
    }
    if workspace.facts.dockerfiles.count == 1, let reason = reasons.first, reasons.count == 1 {
      lines.append("\(reason) · profile \(profile) · \(named)")
    } else {
      let isShort = reasons.count <= Self.shownProducts
      if isShort { lines += reasons } else { lines.append("\(reasons.count) stages of Dockerfiles ship") }
      lines.append("profile \(profile) · \(named)")
    }
    let plain = workspace.workspace.files.filter {
      SpecialFile($0.name) == nil && !workspace.facts.examined.contains($0)
    }
    if let first = plain.first {
      let count = plain.count == 1 ? "" : " and \(plain.count - 1) more"
      lines.append(
        "\(first)\(count): no Dockerfile and no ignore file by name, so that only the place in the repository counts")
    }
    if !workspace.isImage, workspace.workspace.repository == nil,
      workspace.workspace.targets.contains(where: { $0.target.isDirectory })
    {
      lines.append("not a git repository: no index was examined")
    }
    return lines
  }
}
