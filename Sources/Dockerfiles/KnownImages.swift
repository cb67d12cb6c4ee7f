internal import Versions

extension KnownBase {
  /// What the tool knows of an image by its name; nil for most images.
  ///
  /// None of these images sets a variable that switches a cache off, but for those that the table tells.
  public static func builtin(_ image: String) -> KnownBase? {
    let name = ImageName(image)
    guard let row = KnownImage.row(of: name.name) else { return nil }
    return row.base(name, isWindows: isWindows(image))
  }
}

/// A row of the table of images that many others stand on.
private struct KnownImage: Sendable {
  /// How the rest of the row is known.
  let source: KnownBase.Source
  /// The shortest names of the images; one that ends in a slash stands for all below it.
  let names: [String]
  /// The packages of tags that do not tell; nil where such tags may have any.
  var distribution: KnownBase.Distribution?
  /// What the images put before the usual PATH; nil where that is not known.
  var path: String? = ""
  /// What else they set.
  var environment: [(String, String)] = []
  /// Variables whose values depend on the tag.
  var others: [String] = []
  /// Their user; nil where that is not known.
  var user: String? = "root"
  /// Their working directory; nil where it depends on the tag.
  var directory: String? = "/"
  /// The home directories of their users other than root and those of the distribution.
  var homes: [(String, String)]? = []
  /// What reads the text of RUN, nil where there is nothing that could.
  var shell: [String]? = ["/bin/sh", "-c"]
  /// Whether they are there to run Python.
  var isPython = false
  /// The bytecode of the Python in them.
  var bytecode: KnownBase.Bytecode?
  /// Links that lead from a usual place of a cache to another.
  var links: [String: String] = [:]
}

extension KnownImage {
  /// The table.
  ///
  /// Rows that were read are from the Dockerfiles of docker-library (python, golang, ruby, php, postgres), of
  /// nodejs/docker-node, dotnet/dotnet-docker, jupyter/docker-stacks, rust-lang/docker-rust, adoptium/containers,
  /// carlossg/docker-maven, composer/docker, oven-sh/bun, denoland/deno_docker, conda-forge/miniforge-images and
  /// ContinuumIO/docker-images, the rules of GoogleContainerTools/distroless, the history of the gradle images in
  /// docker-library/repo-info, and uv's guide to its images.
  private static let table: [KnownImage] = [
    KnownImage(source: .recalled, names: ["scratch"], distribution: .bare, homes: nil),
    KnownImage(source: .recalled, names: ["alpine"], distribution: .alpine),
    KnownImage(source: .recalled, names: ["debian", "buildpack-deps", "gcc"], distribution: .debian),
    KnownImage(source: .recalled, names: ["perl"], distribution: .debian, directory: nil),
    KnownImage(source: .recalled, names: ["ubuntu"], distribution: .ubuntu),
    KnownImage(source: .recalled, names: ["busybox"], distribution: .bare),
    KnownImage(
      source: .recalled, names: ["almalinux", "amazonlinux", "centos", "fedora", "rockylinux"], distribution: .redHat,
      path: nil),
    KnownImage(
      source: .recalled, names: ["nginx"], distribution: .debian,
      others: ["NGINX_VERSION", "NJS_VERSION", "NJS_RELEASE", "ACME_VERSION", "PKG_RELEASE", "DYNPKG_RELEASE"]),
    KnownImage(
      source: .recalled, names: ["redis"], distribution: .debian,
      others: ["GOSU_VERSION", "REDIS_VERSION", "REDIS_DOWNLOAD_URL", "REDIS_DOWNLOAD_SHA"], directory: "/data"),
    KnownImage(
      source: .read, names: ["postgres"], distribution: .debian, path: nil,
      others: [
        "DOCKER_PG_LLVM_DEPS", "GOSU_VERSION", "LANG", "PATH", "PGDATA", "PG_MAJOR", "PG_SHA256", "PG_VERSION",
      ], homes: [("postgres", "/var/lib/postgresql")]),

    KnownImage(
      source: .read, names: ["python"], distribution: .debian, path: "/usr/local/bin",
      others: [
        "GPG_KEY", "LANG", "PYTHON_PIP_VERSION", "PYTHON_SETUPTOOLS_VERSION", "PYTHON_SHA256", "PYTHON_VERSION",
      ],
      // Their Dockerfiles delete every file of it.
      isPython: true, bytecode: .absent),
    KnownImage(
      source: .recalled, names: ["pypy"], distribution: .debian, path: "/opt/pypy/bin",
      others: ["LANG", "PYPY_VERSION"], isPython: true),
    KnownImage(
      source: .read, names: ["ghcr.io/astral-sh/uv"], distribution: .bare, path: nil,
      others: ["GPG_KEY", "LANG", "PATH", "PYTHON_SHA256", "PYTHON_VERSION", "UV_TOOL_BIN_DIR"]),
    KnownImage(
      source: .read, names: ["condaforge/miniforge3", "quay.io/condaforge/miniforge3"], distribution: .ubuntu,
      path: "/opt/conda/bin", environment: [("CONDA_DIR", "/opt/conda"), ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")]),
    KnownImage(
      source: .read, names: ["continuumio/miniconda3"], distribution: .debian, path: "/opt/conda/bin",
      environment: [("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")]),
    KnownImage(
      source: .recalled, names: ["mambaorg/micromamba"], distribution: .debian,
      environment: [
        ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("MAMBA_EXE", "/bin/micromamba"),
        ("MAMBA_ROOT_PREFIX", "/opt/conda"),
        ("MAMBA_USER", "mambauser"),
      ], others: ["ENV_NAME", "MAMBA_USER_GID", "MAMBA_USER_ID"], user: "mambauser", directory: "/tmp",
      homes: [("mambauser", "/home/mambauser")], shell: ["/usr/local/bin/_dockerfile_shell.sh"]),
    KnownImage(
      source: .read,
      names: [
        "base-notebook", "minimal-notebook", "scipy-notebook", "datascience-notebook", "pyspark-notebook",
        "tensorflow-notebook", "pytorch-notebook", "all-spark-notebook", "r-notebook", "julia-notebook",
        "docker-stacks-foundation",
      ].flatMap { ["jupyter/\($0)", "quay.io/jupyter/\($0)"] }, distribution: .ubuntu, path: nil,
      environment: [
        ("CONDA_DIR", "/opt/conda"), ("DEBIAN_FRONTEND", "noninteractive"), ("HOME", "/home/jovyan"),
        ("LANG", "C.UTF-8"),
        ("LANGUAGE", "C.UTF-8"), ("LC_ALL", "C.UTF-8"), ("NB_GID", "100"), ("NB_UID", "1000"), ("NB_USER", "jovyan"),
        ("SHELL", "/bin/bash"),
      ],
      others: [
        "JULIA_DEPOT_PATH", "JULIA_PKGDIR", "JUPYTER_PORT", "LD_LIBRARY_PATH", "NVIDIA_DRIVER_CAPABILITIES",
        "NVIDIA_VISIBLE_DEVICES", "PATH", "R_LIBS_USER", "SPARK_HOME", "SPARK_OPTS",
      ], user: "1000", directory: "/home/jovyan", homes: [("jovyan", "/home/jovyan"), ("1000", "/home/jovyan")],
      shell: ["/bin/bash", "-o", "pipefail", "-c"]),

    KnownImage(
      source: .read, names: ["golang"], distribution: .debian, path: "/go/bin:/usr/local/go/bin",
      environment: [("GOPATH", "/go"), ("GOTOOLCHAIN", "local")], others: ["GOLANG_VERSION"], directory: "/go"),
    KnownImage(
      source: .read, names: ["rust"], distribution: .debian, path: "/usr/local/cargo/bin",
      environment: [("CARGO_HOME", "/usr/local/cargo"), ("RUSTUP_HOME", "/usr/local/rustup")], others: ["RUST_VERSION"]),
    KnownImage(
      source: .read, names: ["ruby"], distribution: .debian, path: "/usr/local/bundle/bin",
      environment: [
        ("BUNDLE_APP_CONFIG", "/usr/local/bundle"), ("BUNDLE_SILENCE_ROOT_WARNING", "1"),
        ("GEM_HOME", "/usr/local/bundle"),
        ("LANG", "C.UTF-8"),
      ], others: ["RUBY_DOWNLOAD_SHA256", "RUBY_DOWNLOAD_URL", "RUBY_VERSION"]),
    KnownImage(
      source: .read, names: ["node"], distribution: .debian, others: ["NODE_VERSION", "YARN_VERSION"],
      homes: [("node", "/home/node"), ("1000", "/home/node")]),
    KnownImage(
      source: .read, names: ["oven/bun"], distribution: .debian,
      environment: [("BUN_INSTALL_BIN", "/usr/local/bin"), ("BUN_RUNTIME_TRANSPILER_CACHE_PATH", "0")],
      directory: "/home/bun/app", homes: [("bun", "/home/bun"), ("1000", "/home/bun")]),
    KnownImage(
      source: .read, names: ["denoland/deno"], distribution: .debian, path: nil,
      environment: [("DENO_DIR", "/deno-dir/")],
      others: ["DEBIAN_FRONTEND", "DENO_INSTALL_ROOT", "DENO_VERSION", "PATH"]),
    KnownImage(
      source: .read, names: ["php"], distribution: .debian, environment: [("PHP_INI_DIR", "/usr/local/etc/php")],
      others: phpVariables),
    KnownImage(
      source: .read, names: ["composer", "composer/composer"], distribution: .alpine,
      environment: [
        ("COMPOSER_ALLOW_SUPERUSER", "1"), ("COMPOSER_HOME", "/tmp"), ("PHP_INI_DIR", "/usr/local/etc/php"),
      ], others: ["COMPOSER_VERSION"] + phpVariables, directory: "/app"),

    KnownImage(
      source: .read, names: ["eclipse-temurin"], distribution: .ubuntu, path: "/opt/java/openjdk/bin",
      environment: [("JAVA_HOME", "/opt/java/openjdk")], others: javaVariables),
    KnownImage(
      source: .recalled, names: ["openjdk"], path: nil,
      others: ["JAVA_HOME", "JAVA_URL_VERSION", "PATH"] + javaVariables),
    KnownImage(
      source: .read, names: ["maven"], path: nil,
      environment: [("MAVEN_CONFIG", "/root/.m2"), ("MAVEN_HOME", "/usr/share/maven")],
      others: ["JAVA_HOME", "PATH"] + javaVariables),
    KnownImage(
      source: .read, names: ["gradle"], path: nil, environment: [("GRADLE_HOME", "/opt/gradle")],
      others: ["GRADLE_VERSION", "JAVA_HOME", "PATH"] + javaVariables, directory: "/home/gradle",
      homes: [("gradle", "/home/gradle")], links: ["/root/.gradle": "/home/gradle/.gradle"]),

    KnownImage(
      source: .read,
      names: ["sdk", "aspnet", "runtime", "runtime-deps"].map { "mcr.microsoft.com/dotnet/\($0)" },
      environment: [("DOTNET_RUNNING_IN_CONTAINER", "true")],
      others: [
        "ASPNETCORE_URLS", "ASPNET_VERSION", "DOTNET_SDK_VERSION", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
        "DOTNET_VERSION", "LANG", "LC_ALL", "POWERSHELL_DISTRIBUTION_CHANNEL",
      ], homes: [("app", "/home/app"), ("1654", "/home/app")]),
    KnownImage(
      source: .recalled, names: ["nvidia/cuda"], path: "/usr/local/nvidia/bin:/usr/local/cuda/bin",
      environment: [("NVIDIA_VISIBLE_DEVICES", "all")],
      others: [
        "CUDA_VERSION", "LD_LIBRARY_PATH", "LIBRARY_PATH", "NVARCH", "NVIDIA_DRIVER_CAPABILITIES",
        "NVIDIA_PRODUCT_NAME", "NVIDIA_REQUIRE_CUDA",
      ]),
    KnownImage(
      source: .read, names: ["gcr.io/distroless/"], distribution: .bare, path: nil,
      environment: [("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")],
      others: ["JAVA_VERSION", "LANG", "PATH"], homes: [("nonroot", "/home/nonroot"), ("65532", "/home/nonroot")],
      shell: nil),
  ]

  private static let phpVariables = [
    "APACHE_CONFDIR", "APACHE_ENVVARS", "GPG_KEYS", "PHPIZE_DEPS", "PHP_ASC_URL", "PHP_CFLAGS", "PHP_CPPFLAGS",
    "PHP_LDFLAGS", "PHP_SHA256", "PHP_URL", "PHP_VERSION",
  ]

  private static let javaVariables = ["JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"]

  /// The rows by names.
  private static let rows: [String: KnownImage] = Dictionary(
    uniqueKeysWithValues: table.flatMap { row in row.names.map { ($0, row) } })

  /// The row of an image; the last part of its name may stand for many.
  static func row(of name: String) -> KnownImage? {
    if let row = rows[name] { return row }
    guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return rows[String(name[...slash])]
  }
}

extension KnownImage {
  /// The PATH of Linux images that set none, as BuildKit gives it.
  private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Homes of users that every Debian and Ubuntu has, as its package base-passwd creates them.
  private static let debianHomes = [
    ("_apt", "/nonexistent"), ("daemon", "/usr/sbin"), ("nobody", "/nonexistent"), ("www-data", "/var/www"),
  ]

  /// What is known of an image of this row.
  func base(_ name: ImageName, isWindows: Bool) -> KnownBase {
    var row = self
    row.adjust(to: name)
    let python = isPython || row.isPython ? row.python(name) : nil
    if isWindows {
      return KnownBase(
        python: python, isPython: row.isPython, isWindows: true, user: nil, workingDirectory: nil, homes: nil,
        shell: nil, otherVariables: ["PATH"] + row.environment.map(\.0) + row.others, dockerClean: false,
        source: source)
    }
    var environment: [String: [UInt8]] = [:]
    for (name, value) in row.environment { environment[name] = Array(value.utf8) }
    if let path = row.path {
      environment["PATH"] = Array((path.isEmpty ? Self.usualPath : path + ":" + Self.usualPath).utf8)
    }
    let hasApt = row.distribution.map { $0 == .debian || $0 == .ubuntu }
    return KnownBase(
      environment: environment, python: python, isPython: row.isPython, user: row.user.map { Array($0.utf8) },
      workingDirectory: row.directory.map { Array($0.utf8) },
      homes: row.homes.map { homes in
        Dictionary(homes + (hasApt == true ? Self.debianHomes : [])) { own, _ in own }
      },
      shell: row.shell?.map { Array($0.utf8) }, otherVariables: row.others, distribution: row.distribution,
      dockerClean: hasApt, bytecode: row.bytecode, links: row.links, source: source)
  }

  /// Takes in what the tag and the last part of the name say.
  private mutating func adjust(to name: ImageName) {
    let words = name.tagWords
    if names != ["gcr.io/distroless/"], let told = Self.distribution(words) { distribution = told }
    switch names[0] {
    case "php":
      if words.contains("apache") || words.contains("fpm") { directory = "/var/www/html" }
    case "ghcr.io/astral-sh/uv":
      isPython = words.contains { $0.hasPrefix("python") }
      // They are built on the images of Python.
      if isPython { bytecode = .absent }
      // Tags that name no distribution are the programs alone.
      if distribution == .bare {
        directory = nil
        homes = nil
        shell = nil
      }
    case "gcr.io/distroless/":
      if words.contains("nonroot") {
        user = "65532"
        directory = "/home/nonroot"
      }
    case "oven/bun", "denoland/deno":
      if distribution == .bare {
        directory = nil
        homes = nil
        shell = nil
      }
    case "mcr.microsoft.com/dotnet/sdk": adjustDotnet(name, words)
    default: break
    }
  }

  private mutating func adjustDotnet(_ name: ImageName, _ words: [Substring]) {
    let major = Int(name.tag.prefix { $0 >= "0" && $0 <= "9" }) ?? .max
    if major >= 8 {
      environment += [("APP_UID", "1654"), ("ASPNETCORE_HTTP_PORTS", "8080")]
    }
    if name.name == "mcr.microsoft.com/dotnet/sdk" {
      environment += [
        ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"), ("DOTNET_NOLOGO", "true"),
        ("DOTNET_USE_POLLING_FILE_WATCHER", "true"), ("NUGET_XMLDOC_MODE", "skip"),
      ]
    }
    if distribution == .bare {
      user = major >= 8 ? "1654" : nil
      shell = nil
    } else if distribution == nil {
      distribution = major >= 10 ? .ubuntu : .debian
    }
  }

  /// The packages that the words of a tag tell.
  private static func distribution(_ words: [Substring]) -> KnownBase.Distribution? {
    let marks: [(KnownBase.Distribution, [String])] = [
      (.bare, ["distroless", "chiseled"]), (.alpine, ["alpine"]),
      (.redHat, ["ubi", "rockylinux", "azurelinux", "cbl", "mariner", "centos", "oraclelinux", "amazoncorretto"]),
      (.ubuntu, ["ubuntu", "trusty", "xenial", "bionic", "focal", "jammy", "noble", "resolute"]),
      (
        .debian,
        ["debian", "slim", "wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "sid"]
      ),
    ]
    return marks.first { _, marks in words.contains { word in marks.contains { word.hasPrefix($0) } } }?.0
  }

  /// The Python that a tag tells; one without a version has the newest.
  private func python(_ name: ImageName) -> PythonVersion? {
    let implementation: PythonVersion.Implementation = name.name == "pypy" ? .pypy : .cpython
    let texts = [Substring(name.tag)] + name.tagWords.filter { $0.hasPrefix("python") }.map { $0.dropFirst(6) }
    let version = texts.reversed().lazy.compactMap { PythonVersion(tag: String($0)) }.first
    return PythonVersion(version?.major ?? 3, version?.minor, implementation: implementation)
  }
}

extension PythonVersion {
  /// Reads the version at the start of a tag such as `3.12-slim`.
  fileprivate init?(tag: String) {
    let version = tag.utf8.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    let parts = version.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Int(text($0)) }
    guard let first = parts.first, let major = first else { return nil }
    // What does not follow as number or end is another scheme of tags.
    if let next = tag.utf8.dropFirst(version.count).first, next != UInt8(ascii: "-"), !isLetter(next) { return nil }
    self.init(major, parts.count > 1 ? parts[1] : nil)
  }
}
