import CacheEffects
import Caches
import Dockerfiles
import JSON
import SourceText
import TestSupport
import Testing

/// What a Dockerfile's RUNs leave, by line: the kinds that stay, and those that are kept out with how.
private func effects(_ text: String) -> [String] {
  let file = Dockerfile(Array(text.utf8))
  let effects = CacheEffects(file)
  return effects.instructions.flatMap { run in
    run.writes.map { write in
      let place = write.place.map { String(decoding: $0.path, as: UTF8.self) + ($0.isCertain ? "" : "?") } ?? "-"
      let fate = write.keptOut.map(\.name) ?? write.refused ?? "stays"
      return
        "\(file.instructions[run.instruction].startLine) \(write.kind.id) \(place) \(write.isCertain ? "" : "perhaps ")\(fate)"
    }
  }
}

@Suite struct CacheEffectsTests {
  @Test(arguments: [
    ("FROM python:3.12\nRUN pip install a", ["2 python.pip /root/.cache/pip stays"]),
    ("FROM python:3.12\nRUN pip install --no-cache-dir a", ["2 python.pip /root/.cache/pip no-cache"]),
    ("FROM python:3.12\nENV PIP_NO_CACHE_DIR=2\nRUN pip install a", ["3 python.pip /root/.cache/pip PIP_NO_CACHE_DIR"]),
    ("FROM python:3.12\nUSER app\nRUN pip install a", ["3 python.pip /home/app/.cache/pip? stays"]),
    // pip takes the beginning of an option for the option.
    ("FROM python:3.12\nRUN pip install --no-cache a", ["2 python.pip /root/.cache/pip no-cache"]),
    ("FROM python:3.12\nRUN python3 -m pip --no-cache install a", ["2 python.pip /root/.cache/pip no-cache"]),
    (
      "FROM python:3.12\nUSER app\nRUN --mount=type=cache,target=/root/.cache/pip pip install a",
      ["3 python.pip /home/app/.cache/pip? stays"]
    ),
    (
      "FROM python:3.12\nUSER app\nRUN --mount=type=cache,target=/srv/app/.cache/pip pip install a",
      ["3 python.pip /home/app/.cache/pip? cache-mount"]
    ),
    // A wildcard in quotes is a name.
    ("FROM python:3.12\nRUN pip install a && rm -rf \"/root/.cache/*\"", ["2 python.pip /root/.cache/pip stays"]),
    ("FROM python:3.12\nRUN pip install a && rm -rf \"/root/.cache\"/*", ["2 python.pip /root/.cache/pip clean"]),
    ("FROM python:3.12\nRUN D='/root/.cache/*'; pip install a && rm -rf $D", ["2 python.pip /root/.cache/pip clean"]),
    // Braces are for bash, which `sh` is in images of the RPM world.
    (
      "FROM fedora:42\nRUN dnf install -y a && rm -rf /var/cache/{dnf,libdnf5}/*", ["2 os.dnf /var/cache/libdnf5 clean"]
    ),
    (
      "FROM python:3.12\nRUN pip install a && rm -rf /root/{.cache,.npm}/*", ["2 python.pip /root/.cache/pip stays"]
    ),
    (
      "FROM python:3.12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN pip install a && rm -rf /root/{.cache,.npm}/*",
      ["3 python.pip /root/.cache/pip clean"]
    ),
    // Shells behind a program that starts them.
    (
      "FROM python:3.12\nSHELL [\"conda\", \"run\", \"-n\", \"a\", \"/bin/bash\", \"-c\"]\nRUN pip install a",
      ["3 python.pip /root/.cache/pip stays"]
    ),
    ("FROM mambaorg/micromamba:2.0\nRUN micromamba install -y a", ["2 python.micromamba /opt/conda/pkgs stays"]),
    // What commands print.
    (
      "FROM ruby:3.3\nRUN gem install a && rm -rf \"$(gem env gemdir)/cache\"",
      ["2 ruby.gem-cache /usr/local/bundle/cache clean"]
    ),
    (
      "FROM ruby:3.3\nRUN gem install a && rm -rf \"$(gem env gemdir)/doc\"",
      ["2 ruby.gem-cache /usr/local/bundle/cache stays"]
    ),
    ("FROM python:3.12\nRUN pip install --cache-dir=/tmp/c a && rm -r /tmp/c", ["2 python.pip /tmp/c clean"]),
    ("FROM python:3.12\nRUN [ -f r ] && pip install a; true", ["2 python.pip /root/.cache/pip perhaps stays"]),
    (
      "FROM python:3.12\nRUN pip install a; rm -rf ~/.cache; pip install b",
      ["2 python.pip /root/.cache/pip clean", "2 python.pip /root/.cache/pip stays"]
    ),
    (
      "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install a",
      ["2 python.pip /root/.cache/pip cache-mount"]
    ),
    (
      "FROM python:3.12\nRUN pip install a && (rm -rf $(pip cache dir) || true)",
      ["2 python.pip /root/.cache/pip clean"]
    ),
    (
      "FROM python:3.12\nRUN if x; then pip install a && rm -rf ~/.cache; fi",
      ["2 python.pip /root/.cache/pip perhaps clean"]
    ),
    ("FROM python:3.12\nRUN pip install a && if x; then rm -rf ~/.cache; fi", ["2 python.pip /root/.cache/pip stays"]),
    ("FROM node:22\nUSER node\nRUN npm ci", ["3 js.npm /home/node/.npm/_cacache stays"]),
    (
      "FROM debian:12\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*",
      [
        "2 deb.apt-lists /var/lib/apt/lists clean", "2 deb.apt-archives /var/cache/apt base",
        "2 deb.apt-archives /var/cache/apt base",
      ]
    ),
  ])
  func whatStays(_ text: String, _ expected: [String]) {
    #expect(effects(text) == expected)
  }
}
