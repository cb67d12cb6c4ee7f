// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the default build does not know of it.
let package = Package(
  name: "benchmarks",
  targets: [
    .executableTarget(name: "bench", swiftSettings: [.treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
