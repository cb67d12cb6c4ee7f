internal import Caches
internal import JSON

/// A cache kind as `caches --format json` prints it.
enum CacheDocument {
  static func value(_ kind: CacheKind) -> JSONValue {
    [
      "id": .string(kind.id), "aliases": strings(kind.aliases), "ecosystem": .string(kind.ecosystem),
      "tool": .string(kind.tool), "what": .string(kind.what), "kind": .string(kind.group.rawValue),
      "repository": ["directories": strings(kind.repositoryDirectories), "files": strings(kind.repositoryFiles)],
      "image": [
        "root": strings(kind.image.root), "user": strings(kind.image.user), "follows_xdg": .bool(kind.image.followsXDG),
      ],
      "proof": strings(kind.proof), "supersedes": strings(kind.supersedes), "trap": .optional(kind.trap),
      "used_when": .array(kind.usedWhen.map { ["name": .string($0.name), "text": .optional($0.text)] }),
      "samples": strings(kind.samples), "ignores_itself": .bool(kind.ignoresItself),
      "written_by": .array(kind.writtenBy.map(command)), "layer": kind.layer.map(layer) ?? .null,
      "regenerates": .string(kind.regenerates.rawValue), "secrets": .string(kind.secrets.rawValue),
      "may_be_payload": .bool(kind.mayBePayload), "commit_ok": .bool(kind.commitOK),
      "disable": switches(kind.disable), "relocate": switches(kind.relocate), "clean": strings(kind.clean),
      "mounts": .array(kind.mounts.map { ["target": .string($0.target), "sharing": .string($0.sharing)] }),
      "gitignore": strings(kind.gitignore), "dockerignore": strings(kind.dockerignore),
      "evidence": .string(kind.evidence.rawValue), "source": .string(kind.source), "note": .optional(kind.note),
    ]
  }

  private static func command(_ form: CommandForm) -> JSONValue {
    [
      "command": .string(form.command), "subcommands": strings(form.subcommands), "flags": strings(form.flags),
      "unless": strings(form.unless),
    ]
  }

  private static func layer(_ layer: LayerTraces) -> JSONValue {
    [
      "places": .array(
        layer.places.map { place in
          [
            "variable": .optional(place.variable), "below": .string(place.below), "path": .string(place.path),
            "root": .bool(place.isForRoot),
          ]
        }),
      "parts": strings(layer.parts), "clean": .optional(layer.clean), "cleaners": .array(layer.cleaners.map(command)),
      "printed_by": .array(layer.printers.map { ["run": .string($0.command), "below": .string($0.below)] }),
      "mount": .optional(layer.mount), "locked": .bool(layer.isLocked), "small": .bool(layer.isSmall),
      "files": strings(layer.files), "evidence": .string(layer.evidence.rawValue),
    ]
  }

  private static func switches(_ switches: Switches) -> JSONValue {
    [
      "environment": .array(
        switches.environment.map { entry in
          [
            "name": .string(entry.name), "value": .string(entry.value), "grammar": .string(entry.grammar.rawValue),
            "effect": .string(entry.effect.rawValue), "note": .optional(entry.note),
          ]
        }),
      "flags": .array(
        switches.flags.map { flag in
          ["command": .string(flag.command), "flag": .string(flag.flag), "text": .string(flag.text)]
        }),
      "configuration": strings(switches.configuration),
    ]
  }

  private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
