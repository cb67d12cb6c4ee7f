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
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], data: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    exclude: data, swiftSettings: strict)
}

let package = Package(
  name: "cachepolicy",
  targets: [
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(name: "CSystem"),

    module("SourceText"),
    module("Spelling"),
    module("Findings", ["SourceText"]),
    module("Caches", ["SourceText"]),
    module("Digests", ["CCrypto"]),
    module("Files", ["CSystem", "SourceText"]),
    module("Repositories", ["Caches", "Digests", "Files", "SourceText"]),
    module("YAML", ["CYAML", "SourceText"]),
    module("Policies", ["YAML", "Caches", "Findings", "Spelling", "SourceText"]),
    module("Reports", ["SourceText", "Findings"]),

    // What `make generate` runs; no part of the product.
    module("Generation", ["SourceText", "YAML", "Caches"]),
    .executableTarget(name: "generate", dependencies: ["Generation"], swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("SourceText"),
    tests("Digests"),
    tests("Files", ["SourceText"]),
    tests("Repositories", ["Caches", "Digests", "Files", "SourceText"], data: ["repositories.jsonl"]),
    tests("YAML", ["SourceText"]),
    tests("Policies", ["Caches", "Findings", "SourceText", "YAML"]),
    tests("Caches", ["SourceText"]),
    tests("Generation", ["Caches", "YAML"]),
  ],
  swiftLanguageModes: [.v6]
)
