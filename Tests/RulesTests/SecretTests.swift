import Findings
import SourceText
import Testing

@Suite("Names of secrets in layers")
struct SecretTests {
  private func told(_ layers: [[Entry]]) throws -> [String] {
    var sample = ImageSample()
    sample.layers = layers
    return try sample.told(only: "CP405")
  }

  @Test("a file that is there for credentials is an error, alive or dead")
  func always() throws {
    #expect(
      try told([[.file("root/.netrc", 10)]]) == [
        "CP405 error root/.netrc@0: `/root/.netrc` may be read by all who pull the image: passwords for hosts"
      ])
    #expect(
      try told([[.file("root/.netrc", 10)], [.file("root/.wh..netrc", 0)]]) == [
        "CP405 error root/.netrc@0: layer 1 deletes `/root/.netrc`, which stays readable in layer 0: passwords for hosts"
      ])
    #expect(
      try told([[.file("root/.netrc", 10, 1)], [.file("root/.netrc", 11, 2)]]) == [
        "CP405 error root/.netrc@0: layer 1 replaces `/root/.netrc`, which stays readable in layer 0: passwords for hosts",
        "CP405 error root/.netrc@1: `/root/.netrc` may be read by all who pull the image: passwords for hosts",
      ])
    // The same content again is one secret.
    #expect(try told([[.file("root/.netrc", 10, 1)], [.file("root/.netrc", 10, 1)]]).count == 1)
  }

  @Test("settings are info while they live, and an error where they are deleted")
  func often() throws {
    #expect(
      try told([[.file("app/.npmrc", 10)]]) == [
        "CP405 info app/.npmrc@0: `/app/.npmrc` may hold tokens for npm registries"
      ])
    #expect(
      try told([[.file("app/.npmrc", 10)], [.file("app/.wh..npmrc", 0)]]) == [
        "CP405 error app/.npmrc@0: layer 1 deletes `/app/.npmrc`, which stays readable in layer 0: "
          + "perhaps tokens for npm registries"
      ])
  }

  @Test(
    "names that mean a secret",
    arguments: [
      "root/.git-credentials", "home/a/.pypirc", "root/.docker/config.json", "root/.aws/credentials",
      "root/.ssh/id_ed25519", "root/.cargo/credentials.toml", "usr/local/cargo/credentials.toml",
      "root/.gem/credentials", "tmp/composer/auth.json", "root/.config/gh/hosts.yml",
    ])
  func names(path: String) throws {
    #expect(try told([[.file(path, 1)]]).map { $0.prefix(11) } == ["CP405 error"])
  }

  @Test(
    "names that mean nothing where they are",
    arguments: [
      "etc/pip.conf", "usr/local/lib/node_modules/npm/.npmrc", "app/node_modules/x/.npmrc", "usr/share/doc/x/.netrc",
      "usr/local/lib/python3.12/site-packages/requests/tests/.netrc", "usr/lib/python3/dist-packages/x/id_rsa",
      "usr/local/go/src/crypto/tls/testdata/example-key.pem", "root/.cargo/registry/src/x/id_rsa",
      "app/test/fixtures/id_rsa", "etc/skel/.netrc", "root/.docker/buildx/config.json", "etc/ssl/private/a-key.pem",
      "root/.ssh/id_rsa.pub", "root/credentials", "app/config.json", "root/.nuget/NuGet/NuGet.Config",
      "etc/npmrc", "root/.ssh/known_hosts", "app/auth.json", "root/netrc",
    ])
  func harmless(path: String) throws {
    #expect(try told([[.file(path, 1)]]) == [])
  }

  @Test("what images have by themselves is told where somebody deletes it; an empty file never")
  func seldom() throws {
    #expect(
      try told([[.file("etc/pip.conf", 9)], [.file("etc/.wh.pip.conf", 0)]]) == [
        "CP405 warning etc/pip.conf@0: layer 1 deletes `/etc/pip.conf`, which stays readable in layer 0: "
          + "perhaps passwords for package indexes"
      ])
    #expect(try told([[.file("root/.netrc", 0)]]) == [])
  }

  @Test("keys count in caches of builds")
  func keys() throws {
    let go: [Entry] = [.file("root/.cache/go-build/README", 1), .file("root/.cache/go-build/00/server-key.pem", 1)]
    #expect(
      try told([go]) == [
        "CP405 info root/.cache/go-build/00/server-key.pem@0: `/root/.cache/go-build/00/server-key.pem` may hold "
          + "a private key"
      ])
    #expect(try told([[.file("srv/server-key.pem", 1)]]) == [])
  }

  @Test("one finding for each layer, name and fate, and no more than can be read")
  func bounded() throws {
    let many = (0..<100_000).map { Entry.file("srv/\($0)/.netrc", 1) }
    let findings = try {
      var sample = ImageSample()
      sample.layers = [many, [.file("srv/.wh.7", 0)]]
      return try sample.findings(only: "CP405")
    }()
    #expect(findings.map(line).map { $0.prefix(60) }.count == 2)
    #expect(findings.allSatisfy { $0.related.count <= 5 })
    #expect(findings[0].message.hasPrefix("`/srv/0/.netrc` and 99998 more like it may be read"))
    var layers: [[Entry]] = []
    for number in 0..<150 { layers.append([.file("\(number)/.npmrc", 1)]) }
    layers.append([.file("root/.netrc", 1)])
    let told = try told(layers)
    #expect(told.count == 100)
    // What is bad for sure is not hidden by what is not.
    #expect(told[98].hasPrefix("CP405 error root/.netrc"))
    #expect(told[99] == "CP405 error target: 52 more files of credentials are not listed, by layer and name")
  }

  @Test("hostile names are shown, not obeyed, and cut")
  func hostile() throws {
    let name = "a\u{1B}[2J\n" + String(repeating: "x", count: 5000)
    let told = try told([[.file("\(name)/.netrc", 1)]])
    #expect(told.count == 1)
    let message = try #require(told.first)
    #expect(
      message.hasSuffix(
        "…\(String(repeating: "x", count: 53))/.netrc` may be read by all who pull the image: passwords for hosts"))
    #expect(message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  }
}
