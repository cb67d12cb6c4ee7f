internal import Caches
internal import SourceText

/// The names of files that tools keep credentials in, and where such names mean nothing.
enum SecretNames {
  /// How surely a file of this name holds a secret.
  enum Certainty: Sendable {
    /// That is what the file is for.
    case always
    /// The file may hold one beside settings; whoever deletes it in a later layer mostly means the secret.
    case often
    /// The file is part of many images and holds none; it is told only where a later layer deletes it.
    case seldom
  }

  /// A name, with what the file holds.
  struct Entry: Sendable {
    /// The end of the path, its last names.
    let end: [String]
    let what: String
    let certainty: Certainty

    init(_ end: String, _ what: String, _ certainty: Certainty = .always) {
      self.end = end.split(separator: "/").map(String.init)
      self.what = what
      self.certainty = certainty
    }
  }

  /// Files of credentials, by the last names of their paths.
  ///
  /// The places are those of the tools' own documentation.
  static let entries: [Entry] = [
    Entry(".netrc", "passwords for hosts"),
    Entry("_netrc", "passwords for hosts"),
    Entry(".git-credentials", "passwords for git"),
    Entry(".config/git/credentials", "passwords for git"),
    Entry(".config/gh/hosts.yml", "tokens for GitHub"),
    Entry(".pypirc", "passwords for package indexes"),
    Entry(".docker/config.json", "passwords for registries"),
    Entry(".dockercfg", "passwords for registries"),
    Entry(".config/containers/auth.json", "passwords for registries"),
    Entry(".aws/credentials", "keys for AWS"),
    Entry(".config/gcloud/application_default_credentials.json", "keys for Google Cloud"),
    Entry(".config/gcloud/credentials.db", "keys for Google Cloud"),
    Entry(".azure/msal_token_cache.json", "tokens for Azure"),
    Entry(".azure/accessTokens.json", "tokens for Azure"),
    Entry(".kube/config", "keys for Kubernetes"),
    Entry(".vault-token", "a token for Vault"),
    Entry(".terraform.d/credentials.tfrc.json", "tokens for Terraform"),
    Entry(".s3cfg", "keys for S3"),
    Entry(".pgpass", "passwords for PostgreSQL"),
    Entry(".ssh/id_rsa", "a private key"),
    Entry(".ssh/id_dsa", "a private key"),
    Entry(".ssh/id_ecdsa", "a private key"),
    Entry(".ssh/id_ed25519", "a private key"),
    Entry(".cargo/credentials", "tokens for crate registries"),
    Entry(".cargo/credentials.toml", "tokens for crate registries"),
    Entry("cargo/credentials.toml", "tokens for crate registries"),
    Entry(".gem/credentials", "keys for gem servers"),
    Entry(".composer/auth.json", "passwords for Composer repositories"),
    Entry(".config/composer/auth.json", "passwords for Composer repositories"),
    Entry("composer/auth.json", "passwords for Composer repositories"),
    Entry(".m2/settings-security.xml", "the master password of Maven"),
    Entry(".ivy2/.credentials", "passwords for Ivy repositories"),
    Entry(".sbt/.credentials", "passwords for sbt"),
    Entry(".cache/huggingface/token", "a token for Hugging Face"),
    // Settings, among which a secret may be.
    Entry(".npmrc", "tokens for npm registries", .often),
    Entry(".pip/pip.conf", "passwords for package indexes", .often),
    Entry(".config/pip/pip.conf", "passwords for package indexes", .often),
    Entry(".config/uv/uv.toml", "passwords for package indexes", .often),
    Entry(".config/pypoetry/auth.toml", "passwords for package indexes", .often),
    Entry(".m2/settings.xml", "passwords for Maven repositories", .often),
    Entry(".gradle/gradle.properties", "passwords for repositories", .often),
    Entry(".bundle/config", "passwords for gem servers", .often),
    Entry(".my.cnf", "passwords for MySQL", .often),
    Entry("id_rsa", "a private key", .often),
    Entry("id_ed25519", "a private key", .often),
    // Distributions and tools write these by themselves.
    Entry("etc/pip.conf", "passwords for package indexes", .seldom),
    Entry("NuGet/NuGet.Config", "passwords for NuGet feeds", .seldom),
    Entry(".condarc", "tokens for conda channels", .seldom),
  ]

  /// Endings of names of private keys, which count in caches of builds and tests alone.
  static let keyEndings = ["-key.pem", "_key.pem", "private.pem", "privkey.pem"]

  /// Directories in which such names mean nothing, wherever they lie.
  static let harmlessDirectories: [(name: String, reason: String)] = [
    ("node_modules", "packages as everybody gets them; npm has an .npmrc of its own"),
    ("site-packages", "packages as everybody gets them"),
    ("dist-packages", "packages as everybody gets them"),
    ("gems", "packages as everybody gets them"),
    ("_cacache", "named by their content"),
    ("test", "data of tests"),
    ("tests", "data of tests"),
    ("__tests__", "data of tests"),
    ("testdata", "data of tests"),
    ("testing", "data of tests"),
    ("fixtures", "data of tests"),
    ("spec", "data of tests"),
    ("examples", "samples"),
    ("example", "samples"),
    ("samples", "samples"),
    ("doc", "documentation"),
    ("docs", "documentation"),
  ]

  /// Places below which such names mean nothing.
  static let harmlessPlaces: [(path: Path, reason: String)] = [
    ("usr/share", "what distributions install"),
    ("usr/lib", "what distributions install"),
    ("usr/libexec", "what distributions install"),
    ("usr/src", "sources that distributions install"),
    ("usr/local/go", "Go's own sources, with keys for its tests"),
    ("go/pkg/mod", "modules as everybody gets them"),
    ("root/go/pkg/mod", "modules as everybody gets them"),
    ("root/.cargo/registry", "crates as everybody gets them"),
    ("usr/local/cargo/registry", "crates as everybody gets them"),
    ("etc/skel", "what new users get"),
  ]
}

/// Finds the names among many paths, most of which are none.
struct SecretNameIndex: Sendable {
  private var byName: [[UInt8]: [SecretNames.Entry]] = [:]
  private var lengths: Set<Int> = []
  private let keyEndings = SecretNames.keyEndings.map { Array($0.utf8) }
  private let harmless = Set(SecretNames.harmlessDirectories.map { Array($0.name.utf8) })

  init() {
    for entry in SecretNames.entries {
      guard let last = entry.end.last else { continue }
      byName[Array(last.utf8), default: []].append(entry)
      lengths.insert(last.utf8.count)
    }
  }

  /// Whether a file of this name may be one.
  func mayHold(_ name: ArraySlice<UInt8>) -> Bool {
    lengths.contains(name.count) && byName[Array(name)] != nil || isKey(name)
  }

  /// What a file holds by its path; nil for nothing that matters.
  ///
  /// - Parameters:
  ///   - path: the path from the root of the image.
  ///   - cache: the kind of the cache that it lies in, where it lies in one.
  /// - Returns: the entry whose end is the longest.
  func entry(for path: Path, cache: CacheKind?) -> SecretNames.Entry? {
    let parts = path.components
    guard let name = parts.last, !isHarmless(path, parts) else { return nil }
    let matching = (byName[Array(name)] ?? []).filter { entry in
      entry.end.count <= parts.count
        && zip(entry.end.reversed(), parts.reversed()).allSatisfy { $0.utf8.elementsEqual($1) }
    }
    if let entry = matching.max(by: { $0.end.count < $1.end.count }) { return entry }
    guard isKey(name), let cache, [.build, .test, .generic].contains(cache.group) else { return nil }
    return SecretNames.Entry("*.pem", "a private key", .often)
  }

  private func isKey(_ name: ArraySlice<UInt8>) -> Bool {
    name.last == UInt8(ascii: "m") && keyEndings.contains { name.suffix($0.count).elementsEqual($0) }
  }

  private func isHarmless(_ path: Path, _ parts: [ArraySlice<UInt8>]) -> Bool {
    parts.dropLast().contains { harmless.contains(Array($0)) }
      || SecretNames.harmlessPlaces.contains { path.isWithin($0.path) }
  }
}
