// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// A library module of the package; it may use only modules that stand above it.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "cachepolicy",
  products: [.executable(name: "cachepolicy", targets: ["cachepolicy"])],
  dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
  targets: [
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CLZMA", pkgConfig: "liblzma",
      providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
    // Debian's libbz2 tells pkg-config nothing, and stands where compilers look.
    .systemLibrary(
      name: "CBZip2",
      providers: [.apt(["libbz2-dev"]), .brew(["bzip2"])]),
    .systemLibrary(name: "CSystem"),
    .systemLibrary(name: "CInstructions"),

    module("SourceText"),
    module("Spelling"),
    module("Versions"),
    module("Digests", ["CCrypto", "CInstructions"]),
    module("Bytecode", ["SourceText", "Versions"]),
    module("Findings", ["SourceText"]),
    module("Files", ["CSystem", "SourceText"]),
    module("Archives", ["CBZip2", "CLZMA", "CZstd", "Digests", "Files", "SourceText"]),
    module("YAML", ["CYAML", "SourceText"]),
    module("JSON", ["SourceText"]),
    module("IgnoreFiles", ["SourceText"]),
    module("Caches", ["SourceText", "Versions"]),
    module("Shell", ["SourceText"]),
    module("Dockerfiles", ["SourceText", "Versions"]),
    module("CacheEffects", ["Caches", "Dockerfiles", "Shell", "SourceText", "Versions"]),
    module("Editors", ["CacheEffects", "Dockerfiles", "Shell", "SourceText", "Versions"]),
    module("Images", ["Caches", "Digests", "JSON", "SourceText"]),
    module("Repositories", ["Caches", "Digests", "Files", "IgnoreFiles", "SourceText"]),
    module("Policies", ["YAML", "Caches", "Findings", "IgnoreFiles", "Spelling", "SourceText"]),
    module(
      "Facts",
      [
        "Bytecode", "CacheEffects", "Caches", "Dockerfiles", "IgnoreFiles", "Images", "Policies", "Shell",
        "SourceText", "Versions",
      ]),
    module("BytecodeReading", ["Bytecode", "Facts", "Files", "SourceText"]),
    module(
      "ImageReading",
      ["Archives", "Bytecode", "CSystem", "Caches", "Digests", "Facts", "Files", "Images", "JSON", "SourceText"]),
    module(
      "Rules",
      [
        "Bytecode", "CacheEffects", "Caches", "Dockerfiles", "Editors", "Facts", "Findings", "IgnoreFiles", "Images",
        "Policies", "Shell", "SourceText", "Spelling", "Versions",
      ]),
    module("Reports", ["SourceText", "Findings", "JSON"]),
    module(
      "Inspection",
      [
        "Archives", "Bytecode", "BytecodeReading", "CacheEffects", "Caches", "Digests", "Dockerfiles", "Editors",
        "Facts", "Files", "Findings", "IgnoreFiles", "ImageReading", "Images", "JSON", "Policies", "Reports",
        "Repositories", "Rules", "Shell", "SourceText", "Spelling", "Versions", "YAML",
      ]),
    .executableTarget(
      name: "cachepolicy",
      dependencies: [
        "CSystem", "Files", "Findings", "Inspection", "Policies", "Reports", "SourceText", "Spelling",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // What `make generate` runs; no part of the product.
    module("Generation", ["SourceText", "YAML", "Caches", "Versions"]),
    .executableTarget(name: "generate", dependencies: ["Generation"], swiftSettings: strict),

    .target(name: "TestSupport", dependencies: ["JSON"], path: "Tests/TestSupport", swiftSettings: strict),
    tests("SourceText"),
    tests("Digests"),
    tests("Files", ["SourceText"]),
    tests(
      "Bytecode", ["Digests", "JSON", "SourceText", "Versions"],
      exclude: ["Imports", "bytecode.jsonl", "bytecode.tar", "pyc-magics.json"]),
    tests("BytecodeReading", ["Bytecode", "Facts", "Files", "SourceText"]),
    tests("Archives", ["Digests", "Files", "SourceText"], exclude: ["Judges"]),
    tests("YAML", ["SourceText"]),
    tests("JSON", ["SourceText"]),
    tests("IgnoreFiles", ["SourceText"], exclude: ["Vectors"]),
    tests("Caches", ["SourceText", "Versions"]),
    tests("Shell", ["SourceText"]),
    tests("Dockerfiles", ["Editors", "SourceText", "Versions"], exclude: ["dockerfile-traps.jsonl"]),
    tests("CacheEffects", ["Caches", "Dockerfiles", "SourceText", "Versions"]),
    tests("Editors", ["CacheEffects", "Dockerfiles", "Shell", "SourceText"]),
    tests("Images", ["Caches", "Digests", "JSON", "SourceText"]),
    tests(
      "ImageReading",
      ["Archives", "Bytecode", "Caches", "Digests", "Facts", "Files", "Images", "JSON", "SourceText"]),
    tests(
      "Repositories", ["Caches", "Digests", "Files", "IgnoreFiles", "SourceText"], exclude: ["repositories.jsonl"]),
    tests("Policies", ["Caches", "Findings", "SourceText", "YAML"]),
    tests("Reports", ["Findings", "JSON", "SourceText"], exclude: ["Snapshots"]),
    tests("Generation", ["Caches"]),
    tests(
      "Rules", ["Bytecode", "CacheEffects", "Caches", "Facts", "Findings", "Images", "JSON", "Policies", "SourceText"]),
    tests(
      "Inspection",
      [
        "Bytecode", "CacheEffects", "Caches", "Dockerfiles", "Facts", "Findings", "Images", "JSON", "Policies",
        "Reports", "Rules", "SourceText", "Versions",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "CommandTests", dependencies: ["JSON", "TestSupport", "cachepolicy"], swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests", dependencies: ["Digests", "JSON", "TestSupport"], exclude: ["report.schema.json"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// What `make fuzz` runs; it can be linked with `--sanitize fuzzer` alone, so no other build knows of it.
if Context.environment["CACHEPOLICY_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(
      name: "CZlib", path: "Tests/Fuzz/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Archives", "Bytecode", "CZlib", "Caches", "Digests", "Dockerfiles", "Facts", "ImageReading", "Images", "JSON",
        "Shell", "SourceText", "Versions",
      ],
      path: "Tests/Fuzz", exclude: ["CZlib", "Seeds", "run"], swiftSettings: strict),
  ]
}

// What `make bench-layers` measures.
if Context.environment["CACHEPOLICY_BENCHMARKS"] != nil {
  package.targets += [
    .executableTarget(
      name: "read-layer", dependencies: ["Archives", "Digests", "Files", "SourceText"],
      path: "Benchmarks/Sources/read-layer", swiftSettings: strict)
  ]
}
