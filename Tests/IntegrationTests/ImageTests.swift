import JSON
import TestSupport
import Testing

@Suite("Images through the built program", .enabled(if: isIntegration))
struct ImageTests {
  /// Each way to name an image, what lies there, and what is given on standard input.
  enum Form: String, CaseIterable {
    case layout, layoutByPath, layoutWithTag, layoutArchive, saved, savedByPath, savedLayout, savedInGzip, savedInZstd
    case skopeoDirectory, input, inputInGzip

    func make(_ image: SampleImage) throws -> (sandbox: ImageSandbox, target: String, input: [UInt8]) {
      func file(_ bytes: [UInt8], _ target: String) throws -> (ImageSandbox, String, [UInt8]) {
        (try ImageSandbox(["image.tar": bytes]), target, [])
      }
      return switch self {
      case .layout: (try ImageSandbox(image.layout, below: "image"), "oci:image", [])
      case .layoutByPath: (try ImageSandbox(image.layout, below: "image"), "image", [])
      case .layoutWithTag: (try ImageSandbox(image.layout, below: "image"), "oci:image:latest", [])
      case .layoutArchive: try file(image.layoutArchive, "oci-archive:image.tar")
      case .saved: try file(image.saved, "docker-archive:image.tar")
      case .savedByPath: try file(image.saved, "image.tar")
      case .savedLayout: try file(image.savedLayout, "docker-archive:image.tar")
      case .savedInGzip: try file(gzipStored(image.saved), "docker-archive:image.tar")
      case .savedInZstd: try file(zstdStored(image.saved), "image.tar")
      case .skopeoDirectory: (try ImageSandbox(image.directory, below: "image"), "dir:image", [])
      case .input: (try ImageSandbox([:]), "-", image.saved)
      case .inputInGzip: (try ImageSandbox([:]), "-", gzipStored(image.saved))
      }
    }
  }

  @Test(
    "every form of the same image gives the same finding at the same place, and exit code 1", arguments: Form.allCases)
  func forms(form: Form) throws {
    let (sandbox, target, input) = try form.make(.leaky)
    let result = try sandbox.cachepolicy(["check", "--format", "concise", target], input: input)
    #expect(result.status == 1, said(result))
    #expect(result.text.contains(":layer 0:/root/.aws/credentials: error CP405 "), said(result))
    let facts = try sandbox.cachepolicy(["facts", target], input: input)
    #expect(facts.status == 0, said(facts))
    let document = try JSONReader().read(facts.output)
    #expect(document["schema"]?.string == "cachepolicy.facts/1")
    #expect(document["image"]?["layers"]?.array?.count == 2)
    #expect(document["image"]?["layers"]?.array?[1]["instruction"]?.string == "RUN rm /root/.aws/credentials")
  }

  @Test("every form of a clean image gives exit code 0", arguments: Form.allCases)
  func clean(form: Form) throws {
    let (sandbox, target, input) = try form.make(.clean)
    let result = try sandbox.cachepolicy(["check", target], input: input)
    #expect(result.status == 0, said(result))
    #expect(result.text.contains("COPY app /usr/bin/"), said(result))
  }

  @Test("a lone layer is read plain and compressed", arguments: ["plain", "gzip", "zstd"])
  func layer(form: String) throws {
    let archive = SampleImage.leaky.layers[0].archive
    let bytes = form == "plain" ? archive : form == "gzip" ? gzipStored(archive) : zstdStored(archive)
    let sandbox = try ImageSandbox(["layer": bytes])
    for (target, input) in [("layer:layer", []), ("-", bytes)] {
      let result = try sandbox.cachepolicy(["check", "--format", "concise", target], input: input)
      #expect(result.status == 1 && result.text.contains("/root/.aws/credentials: error CP405 "), said(result))
      // A layer by itself has no digest that it could be compared with.
      #expect(try !sandbox.cachepolicy(["check", target], input: input).text.contains("--no-verify"))
    }
  }

  @Test("a root file system is read where it stands")
  func rootFileSystem() throws {
    let files = SampleImage.leaky.layers[0].files
    let sandbox = try ImageSandbox(
      Dictionary(uniqueKeysWithValues: files.map { ("root/\($0.name)", Array($0.content.utf8)) }))
    let result = try sandbox.cachepolicy(["check", "--format", "concise", "rootfs:root"])
    #expect(result.status == 1 && result.text.contains("/root/.aws/credentials: error CP405 "), said(result))
  }

  @Test(
    "what is not read ends with 3 and the command that makes a target of it",
    arguments: [
      ("docker://app:1", "skopeo copy docker://app:1 oci:image"), ("docker-daemon:app:1", "docker save app:1"),
      ("app:latest", "docker save app:latest"), ("oci:", "name a path after"),
    ])
  func advice(target: String, advice: String) throws {
    let sandbox = try ImageSandbox(SampleImage.leaky.layout, below: "image")
    let result = try sandbox.cachepolicy(["check", target, "oci:image"])
    #expect(result.status == 3, said(result))
    #expect(result.text.contains("CP405"), said(result))
    #expect(String(decoding: result.errors, as: UTF8.self).contains(advice), said(result))
  }

  @Test("a layer that is not what its digest says ends with 3, unless digests are not asked for")
  func digest() throws {
    var files = SampleImage.leaky.layout
    let other = SampleImage(layers: [
      SampleImage.Layer("RUN build", [("root/.aws/credentials", "kex"), ("usr/bin/app", "#!/bin/sh\n")])
    ])
    let right = gzipStored(SampleImage.leaky.layers[0].archive)
    let name = try #require(files.first { $0.value == right }?.key)
    files[name] = gzipStored(other.layers[0].archive)
    let sandbox = try ImageSandbox(files, below: "image")
    let result = try sandbox.cachepolicy(["check", "oci:image"])
    #expect(result.status == 3, said(result))
    #expect(String(decoding: result.errors + result.output, as: UTF8.self).contains("layer 0"), said(result))
    let unverified = try sandbox.cachepolicy(["check", "--no-verify", "oci:image"])
    #expect(unverified.status == 1, said(unverified))
    #expect(unverified.text.contains("the digests were not compared"), said(unverified))
  }

  @Test(
    "what is asked for wrongly ends with 2",
    arguments: [["--platform", "amiga"], ["--jobs", "0"], ["--format", "pdf"]])
  func usage(options: [String]) throws {
    let sandbox = try ImageSandbox(SampleImage.leaky.layout, below: "other")
    let result = try sandbox.cachepolicy(["check", "oci:other"] + options)
    #expect(result.status == 2, said(result))
  }

  @Test(
    "what stands beside the target and cannot be read ends with 3",
    arguments: [["--base", "image"], ["--compare", "oci:image"], ["--dockerfile", "image"]])
  func beside(options: [String]) throws {
    let sandbox = try ImageSandbox(SampleImage.leaky.layout, below: "other")
    let result = try sandbox.cachepolicy(["check", "oci:other"] + options)
    #expect(result.status == 3, said(result))
    #expect(String(decoding: result.errors, as: UTF8.self).contains(options[0]), said(result))
  }

  @Test(
    "with its Dockerfile, the first finding of a cause carries the edits, and fix takes the file",
    arguments: [("Dockerfile", true), ("docker/Dockerfile.app", true), ("docker/app.build", false)])
  func dockerfile(name: String, isEdited: Bool) throws {
    let image = SampleImage(layers: [
      SampleImage.Layer("ADD rootfs.tar /", [("bin/sh", "x")]),
      SampleImage.Layer(
        "RUN /bin/sh -c pip install flask # buildkit",
        // A file of the image is not the one beside it.
        [("root/.cache/pip/http-v2/a/b/c", "wheel"), (name, "FROM x\n")]),
    ])
    let sandbox = try ImageSandbox(image.layout, below: "image")
    for (file, bytes) in image.layout { try sandbox.directory.write(bytes, to: "other/\(file)") }
    try sandbox.directory.write("FROM debian:12\nRUN pip install flask\nCMD [\"app\"]\n", to: name)
    let arguments = ["check", "oci:image", "oci:other", "--dockerfile", name, "--verbose"]
    let json = try sandbox.cachepolicy(arguments + ["--format", "json"])
    let findings = try JSONReader().read(json.output)["findings"]?.array ?? []
    let fixes = findings.filter { $0["code"]?.string == "CP401" }.compactMap { $0["fix"] }
    #expect(fixes.map { $0["safety"]?.string } == [isEdited ? "safe" : "manual", "manual"], said(json))
    #expect(fixes.allSatisfy { $0["title"]?.string == "\(name):2: add --no-cache-dir" }, said(json))
    let edits = fixes.flatMap { $0["edits"]?.array ?? [] }
    #expect(edits.count == (isEdited ? 1 : 0), said(json))
    let human = try sandbox.cachepolicy(arguments)
    #expect(human.text.contains("see it: cachepolicy fix --diff \(name)") == isEdited, said(human))
    guard let edit = edits.first else { return }
    #expect(edit["path"]?.string == name && edit["range"]?["start"]?["line"]?.integer == 2, said(json))
    #expect(edit["replacement"]?.string == " --no-cache-dir", said(json))
    #expect(try sandbox.cachepolicy(["fix", name]).status <= 1)
    #expect(try sandbox.text(name) == "FROM debian:12\nRUN pip install --no-cache-dir flask\nCMD [\"app\"]\n")
  }

  @Test(
    "a target that cannot be read ends with 3", arguments: ["oci:missing", "docker-archive:cut.tar", "rootfs:missing"])
  func unreadable(target: String) throws {
    let sandbox = try ImageSandbox(["cut.tar": Array(SampleImage.leaky.saved.prefix(2000))])
    let result = try sandbox.cachepolicy(["check", target])
    #expect(result.status == 3, said(result))
  }

  @Test("several reports of one run say the same, and the one for programs has the form that is promised")
  func reports() throws {
    let sandbox = try ImageSandbox(SampleImage.leaky.layout, below: "image")
    let result = try sandbox.cachepolicy([
      "check", "oci:image", "--format", "json=report.json", "--format", "html=report.html", "--format", "concise",
    ])
    #expect(result.status == 1 && result.text.contains("CP405"), said(result))
    #expect(try sandbox.text("report.html").contains("CP405"))
    let schema = "\(checkout)/Tests/IntegrationTests/report.schema.json"
    let report = try sandbox.directory.read("report.json")
    let check = try run(
      ["python3", "-c", SchemaTests.validate, schema], in: sandbox.directory.path, input: report)
    #expect(check.status == 0, said(check))
    let document = try JSONReader().read(report)
    #expect(document["findings"]?.array?.contains { $0["place"]?["kind"]?.string == "entry" } == true)
    #expect(document["targets"]?.array?.first?["images"]?.array?.count == 1)
  }

  @Test("names that are made to deceive are escaped in every format", arguments: ["human", "concise", "json", "html"])
  func hostile(format: String) throws {
    let evil = "<script>document.title='owned'</script>\"\u{1B}[31m\u{202E}&amp;"
    var image = SampleImage.leaky
    image.layers[0].files = [("root/\(evil)/.aws/credentials", "key")]
    image.layers[0].step = "RUN echo \(evil)"
    image.layers[1].files = [("root/\(evil)/.aws/.wh.credentials", "")]
    let sandbox = try ImageSandbox(image.layout, below: "image")
    let result = try sandbox.cachepolicy(["check", "oci:image", "--format", "\(format)=report", "--verbose"])
    #expect(result.status == 1, said(result))
    let report = try sandbox.text("report")
    #expect(report.contains("owned"))
    let isSafe = report.unicodeScalars.allSatisfy { scalar in
      scalar == "\n" || scalar.value >= 0x20 && scalar != "\u{7F}" && !(0x202A...0x202E).contains(scalar.value)
    }
    #expect(isSafe, Comment(rawValue: report))
    if format == "html" { #expect(!report.contains("<script>document")) }
  }

  @Test("what an image starts says where its bytecode is looked for, in a script's first line too")
  func start() throws {
    let sandbox = try ImageSandbox(["m.py": Array("value = 1\n".utf8)])
    let script = """
      import sys, py_compile as p
      p.compile('m.py', cfile='m.pyc', invalidation_mode=p.PycInvalidationMode.CHECKED_HASH)
      print(sys.implementation.cache_tag, 'python%d.%d' % sys.version_info[:2])
      """
    let compiled = try run(["python3", "-c", script], in: sandbox.directory.path)
    #expect(compiled.status == 0, said(compiled))
    let words = compiled.text.split(whereSeparator: \.isWhitespace).map(String.init)
    let (tag, python) = (try #require(words.first), try #require(words.last))
    let bytecode = try sandbox.directory.read("m.pyc")
    var layer = SampleImage.Layer("COPY . /", [("app/m.py", "value = 1\n")])
    layer.programs = [
      ("app/__pycache__/m.\(tag).pyc", bytecode), ("usr/bin/\(python)", Array("ELF".utf8)),
      ("usr/bin/serve", Array("#!/usr/bin/env \(python)\nimport m\n".utf8)), ("var/pyc/app/m.\(tag).pyc", bytecode),
      ("var/pyc/app/m.\(tag).opt-1.pyc", bytecode),
    ]
    var image = SampleImage(layers: [layer])
    image.config = ["Cmd": ["serve"], "Env": ["PYTHONPYCACHEPREFIX=/var/pyc", "PATH=/usr/bin"]]
    for (name, bytes) in image.layout { try sandbox.directory.write(bytes, to: "image/\(name)") }
    let facts = try sandbox.cachepolicy(["facts", "oci:image"])
    #expect(facts.status == 0, said(facts))
    let document = try JSONReader().read(facts.output)
    let program = document["image"]?["program"]
    #expect(program?["path"]?.string == "usr/bin/serve", said(facts))
    #expect(program?["interpreter"]?.array?.map(\.string) == ["/usr/bin/env", python], said(facts))
    var verdicts: [String: String] = [:]
    for file in document["bytecode"]?.array ?? [] {
      let isLoaded = file["loaded"]?.bool == true ? " loaded" : ""
      verdicts[file["path"]?.string ?? ""] = (file["verdict"]?.string ?? "") + isLoaded
    }
    #expect(
      verdicts == [
        "app/__pycache__/m.\(tag).pyc": "outside-prefix", "var/pyc/app/m.\(tag).pyc": "fresh-checked-hash loaded",
        "var/pyc/app/m.\(tag).opt-1.pyc": "fresh-checked-hash loaded",
      ])
    let result = try sandbox.cachepolicy(["check", "oci:image", "--format", "concise", "--verbose", "--select", "CP5"])
    #expect(result.text.contains("/app/__pycache__/m.\(tag).pyc: info CP508 "), said(result))
    #expect(result.text.contains("look below /var/pyc instead"), said(result))
    #expect(result.text.contains("/var/pyc/app/m.\(tag).opt-1.pyc: info CP508 "), said(result))
    #expect(!result.text.contains("/var/pyc/app/m.\(tag).pyc"), said(result))
  }
}
