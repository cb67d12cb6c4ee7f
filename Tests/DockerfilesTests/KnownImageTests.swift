import Dockerfiles
import SourceText
import TestSupport
import Testing
import Versions

private func text(_ bytes: [UInt8]?) -> String? {
  bytes.map { String(decoding: $0, as: UTF8.self) }
}

@Suite("Well-known images")
struct KnownImageTests {
  /// The folders of the corpus with the Dockerfiles of images of the table.
  private static let folders = [
    "docker-library-golang/": "golang", "docker-library-php/": "php", "docker-library-postgres/": "postgres",
    "docker-library-python/": "python", "docker-library-ruby/": "ruby", "nodejs-docker-node/": "node",
  ]

  /// The tag that an image built from a file would have, as far as it tells something.
  private func tag(_ file: Dockerfile, _ environments: StageEnvironments) -> String {
    let last = environments.graph.stages.count - 1
    let base = environments.graph.image(of: last) ?? ""
    if base.contains("nanoserver") { return "nanoserver" }
    if base.contains("servercore") { return "windowsservercore" }
    var words = base.hasPrefix("alpine") ? ["alpine"] : []
    if environments.final[last].variables["APACHE_CONFDIR"] != nil { words.append("apache") }
    let commands = file.instructions.filter { $0.keyword == .cmd }.map {
      String(decoding: $0.text.bytes, as: UTF8.self)
    }
    if commands.contains(where: { $0.contains("php-fpm") }) { words.append("fpm") }
    return words.joined(separator: "-")
  }

  @Test(
    "the table says what the images' own Dockerfiles say",
    .enabled(if: !DockerfileCorpus.files.isEmpty, "no shared folder"))
  func corpus() throws {
    var count = 0
    for sample in DockerfileCorpus.files {
      guard let image = Self.folders.first(where: { sample.name.hasPrefix($0.key) })?.value else { continue }
      let file = Dockerfile(sample.bytes)
      let environments = StageEnvironments(file)
      let last = environments.graph.stages.count - 1
      let final = environments.final[last]
      let base = try #require(KnownBase.builtin("\(image):\(tag(file, environments))"))
      count += 1
      #expect(base.source == .read)
      let isWindows = environments.graph.image(of: last)?.contains("windows/") ?? false
      #expect(base.isWindows == isWindows)
      if isWindows { continue }
      for (name, variable) in final.variables {
        let told = base.environment[name].map { VariableValue.value($0) }
        #expect(told == variable.value || base.otherVariables.contains(name), "\(sample.name): \(name)")
      }
      for (name, value) in base.environment {
        #expect(final[name] == .value(value), "\(sample.name): \(name)")
      }
      #expect(base.user.map { .value($0) } == final.user, "\(sample.name)")
      #expect(base.workingDirectory == final.workingDirectory, "\(sample.name)")
      #expect(base.dockerClean == environments.bases[last]?.dockerClean, "\(sample.name)")
      #expect(base.distribution == environments.bases[last]?.distribution, "\(sample.name)")
    }
    #expect(count >= 100)
  }

  @Test(
    "the tag tells the packages, and those whether apt keeps what it downloads",
    arguments: [
      ("debian:bookworm-slim", .debian, true), ("ubuntu:24.04", .ubuntu, true), ("alpine:3.20", .alpine, false),
      ("python:3.12", .debian, true), ("python:3.12-alpine3.20", .alpine, false), ("node:22-slim", .debian, true),
      ("docker.io/library/golang:1.23-alpine", .alpine, false), ("arm64v8/ruby:3", .debian, true),
      ("fedora:41", .redHat, false), ("scratch", .bare, false), ("eclipse-temurin:21", .ubuntu, true),
      ("eclipse-temurin:21-jre-ubi9-minimal", .redHat, false), ("openjdk:17-slim-bullseye", .debian, true),
      ("openjdk:17", nil, nil), ("maven:3.9-eclipse-temurin-21-alpine", .alpine, false),
      ("mcr.microsoft.com/dotnet/sdk:8.0", .debian, true), ("mcr.microsoft.com/dotnet/sdk:10.0", .ubuntu, true),
      ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", .bare, false),
      ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", .ubuntu, true), ("nvidia/cuda:12.4.1-base-ubi8", .redHat, false),
      ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", .debian, true), ("ghcr.io/astral-sh/uv:0.9", .bare, false),
      ("gcr.io/distroless/python3-debian12", .bare, false), ("condaforge/miniforge3:latest", .ubuntu, true),
    ] as [(String, KnownBase.Distribution?, Bool?)])
  func packages(_ image: String, _ distribution: KnownBase.Distribution?, _ dockerClean: Bool?) throws {
    let base = try #require(KnownBase.builtin(image))
    #expect(base.distribution == distribution && base.dockerClean == dockerClean)
  }

  @Test(
    "user, home and directory of images",
    arguments: [
      ("golang", "", "root", "/root", "/go"), ("node", "USER node", "node", "/home/node", "/"),
      ("node:alpine", "USER 1000:1000", "1000:1000", "/home/node", "/"),
      ("postgres", "USER postgres", "postgres", "/var/lib/postgresql", "/"),
      ("debian", "USER www-data", "www-data", "/var/www", "/"),
      ("ubuntu", "USER nobody", "nobody", "/nonexistent", "/"),
      ("php:8-fpm", "", "root", "/root", "/var/www/html"), ("php:8-cli", "", "root", "/root", "/"),
      ("mcr.microsoft.com/dotnet/aspnet:9.0", "USER $APP_UID", "1654", "/home/app", "/"),
      ("mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled", "", "1654", "/home/app", "/"),
      ("mcr.microsoft.com/dotnet/aspnet:6.0", "USER $APP_UID", "root", "/root", "/"),
      ("gcr.io/distroless/static-debian12:nonroot", "", "65532", "/home/nonroot", "/home/nonroot"),
      ("gcr.io/distroless/static", "", "root", "/root", "/"),
      ("quay.io/jupyter/base-notebook", "USER root", "root", "/home/jovyan", "/home/jovyan"),
      ("oven/bun:1", "USER bun", "bun", "/home/bun", "/home/bun/app"),
      ("gradle:8-jdk21", "USER gradle", "gradle", "/home/gradle", "/home/gradle"),
    ])
  func situations(_ image: String, _ instruction: String, _ user: String, _ home: String, _ directory: String) {
    let final = StageEnvironments(dockerfile("FROM \(image)\n\(instruction)\n")).final[0]
    #expect(final.user == .value(Array(user.utf8)))
    #expect(text(final.home()?.path) == home && final.home()?.isCertain == true)
    #expect(text(final.workingDirectory) == directory)
  }

  @Test("what an image has no shell for is told by none")
  func shells() {
    func shell(_ image: String) -> [UInt8]? { StageEnvironments(dockerfile("FROM \(image)\n")).final[0].shell?.first }
    #expect(text(shell("quay.io/jupyter/scipy-notebook")) == "/bin/bash")
    #expect(text(shell("alpine")) == "/bin/sh")
    #expect(text(shell("mambaorg/micromamba")) == "/usr/local/bin/_dockerfile_shell.sh")
    for image in ["gcr.io/distroless/base-debian12", "ghcr.io/astral-sh/uv:0.9.2"] {
      #expect(shell(image) == nil)
    }
  }

  @Test("a variable whose value depends on the tag is not known, one that is not set is not set")
  func variables() {
    let final = StageEnvironments(dockerfile("FROM rust:1\nENV A=$RUST_VERSION B=$CARGO_HOME C=$OTHER\n")).final[0]
    #expect(final["A"] == .unknown && final["B"] == .value(Array("/usr/local/cargo".utf8)) && final["C"] == .value([]))
    let path = StageEnvironments(dockerfile("FROM golang\nENV PATH=/x:$PATH\n")).final[0]["PATH"]
    #expect(
      path
        == .value(
          Array("/x:/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".utf8)))
  }

  @Test("images of uv that are named by a Python are there to run it")
  func uv() {
    let base = KnownBase.builtin("ghcr.io/astral-sh/uv:0.9.2-python3.11-alpine")
    #expect(base?.python == PythonVersion(3, 11) && base?.isPython == true)
    let other = KnownBase.builtin("ghcr.io/astral-sh/uv:0.9.2-alpine")
    #expect(other?.python == nil && other?.isPython == false)
  }

  @Test(
    "other images are not known",
    arguments: [
      "acme/debian", "debian/x", "localhost:5000/debian", "ghcr.io/astral-sh/ruff", "distroless/static",
      "gcr.io/distroless", "nvidia/cuda/x", "mcr.microsoft.com/dotnet/framework/sdk", "", "@", ":", "/", "a//",
    ])
  func others(_ image: String) {
    #expect(KnownBase.builtin(image) == nil)
  }
}
