internal import Caches
internal import Dockerfiles
internal import Facts
internal import Files
internal import Findings
internal import Policies
public import Reports
internal import SourceText

extension Inspection {
  /// Examines the file that standard input holds, under the name that the person gives it.
  public func check(standardInputNamed name: String) throws -> Report {
    let bytes: [UInt8]
    do {
      bytes = try Self.readStandardInput()
    } catch {
      return Report(
        version: settings.version, profile: settings.profile ?? "production", targets: [], findings: [],
        errors: [RunError("-", error.message)])
    }
    let place = Self.absolute(name, from: settings.currentDirectory)
    guard SpecialFile(place.name) != nil else {
      throw UsageError("--stdin-filename \(printable(name)): this name is no Dockerfile and no ignore file")
    }
    var errors: [RunError] = []
    // The name need not exist; its directory tells the context.
    guard let surroundings = workspaces([loader.shown(place.parent)], &errors).first else {
      return report([name], [], errors)
    }
    let file = (try? resolvedPath(place.parent).appending(place.name)) ?? place
    let workspace = Workspace(
      root: surroundings.root, repository: surroundings.repository,
      target: Target(name: name, place: file, isDirectory: false))
    guard let path = file.relative(to: workspace.root) else { return report([name], [], errors) }
    var overlay = Overlay()
    overlay.texts[path] = bytes
    return report([name], [try judge(workspace, overlay)], errors)
  }
}
