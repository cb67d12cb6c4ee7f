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
    module("Caches"),
    module("Digests", ["CCrypto"]),
    module("Files", ["CSystem", "SourceText"]),
    module("Repositories", ["Digests", "Files", "SourceText"]),
    module("Reports", ["SourceText", "Findings"]),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("SourceText"),
    tests("Digests"),
    tests("Files", ["SourceText"]),
    tests("Repositories", ["Digests", "Files", "SourceText"], data: ["repositories.jsonl"]),
  ],
  swiftLanguageModes: [.v6]
)
