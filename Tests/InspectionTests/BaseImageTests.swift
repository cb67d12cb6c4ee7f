import CacheEffects
import Dockerfiles
import Facts
import SourceText
import Testing
import Versions

@testable import Inspection
@testable import Policies

@Suite("What a policy says of base images")
struct BaseImageTests {
  private static let origin = Origin(source: "p", range: ByteRange(0, 0), line: 1, isUsers: true, layer: 0)

  private func base(
    _ environment: [String: String] = [:], user: String? = nil, bytecode: BaseImage.Bytecode? = nil,
    dockerfile: String? = nil
  ) -> BaseImage {
    BaseImage(
      image: Wildcard("*"),
      environment: environment.map { Sourced(BaseVariable(name: $0.key, value: $0.value), Self.origin) },
      user: user.map { Sourced($0, Self.origin) }, bytecode: bytecode.map { Sourced($0, Self.origin) },
      dockerfile: dockerfile.map { Sourced($0, Self.origin) }, origin: Self.origin)
  }

  @Test("all of it arrives")
  func everything() {
    let known = KnownBase(
      base(["A": "1"], user: "app:app", bytecode: .precompiled, dockerfile: "docker/base/Dockerfile"), over: nil)
    #expect(known.environment == ["A": Array("1".utf8)] && known.user == Array("app:app".utf8))
    #expect(known.bytecode == .precompiled && known.isPython && known.python == PythonVersion(3, nil))
    #expect(known.source == .policy)
    #expect(KnownBase(base(bytecode: BaseImage.Bytecode.none), over: nil).bytecode == .absent)
  }

  @Test("what is not said is not known")
  func nothing() {
    let known = KnownBase(base(), over: nil)
    #expect(known.user == nil && known.bytecode == nil && known.workingDirectory == nil)
    #expect(!known.isPython && known.python == nil && known.dockerClean == nil && known.distribution == nil)
  }

  @Test("what is known anyway stays, as far as the policy does not say otherwise")
  func overKnown() {
    let known = KnownBase(base(["PATH": "/x", "PYTHON_VERSION": "3.12.1"]), over: .builtin("python:3.12-alpine"))
    #expect(known.python == PythonVersion(3, 12) && known.distribution == .alpine && known.dockerClean == false)
    #expect(known.user == Array("root".utf8) && known.workingDirectory == Array("/".utf8))
    #expect(known.environment["PATH"] == Array("/x".utf8) && !known.otherVariables.contains("PYTHON_VERSION"))
    #expect(known.otherVariables.contains("GPG_KEY"))
    #expect(KnownBase(base(user: "me"), over: .builtin("debian")).user == Array("me".utf8))
  }

  // MARK: Dockerfiles of the same repository

  private func built(_ text: String, products: [Int] = [0]) -> KnownBase? {
    let file = Dockerfile(Array(text.utf8))
    return KnownBase(
      builtBy: DockerfileFacts(
        path: "base/Dockerfile", file: file, effects: CacheEffects(file),
        products: products.map { ProductFacts(stage: $0, profile: "production", reason: "test") }, context: "base",
        isTemplateByName: false))
  }

  @Test("what a Dockerfile leaves behind is what its image brings")
  func builtHere() throws {
    let known = try #require(
      built(
        """
        FROM python:3.12-slim
        ARG NOT_IN_THE_IMAGE=1
        ENV PIP_NO_CACHE_DIR=1 TAG=$UNKNOWN
        RUN rm -f /etc/apt/apt.conf.d/docker-clean
        WORKDIR /app
        SHELL ["/bin/bash", "-c"]
        USER app
        """))
    #expect(known.environment["PIP_NO_CACHE_DIR"] == Array("1".utf8) && known.environment["NOT_IN_THE_IMAGE"] == nil)
    #expect(known.user == Array("app".utf8) && known.workingDirectory == Array("/app".utf8))
    #expect(known.shell == [Array("/bin/bash".utf8), Array("-c".utf8)])
    #expect(known.python == PythonVersion(3, 12) && known.isPython && known.distribution == .debian)
    #expect(known.dockerClean == false && known.bytecode == .absent)
  }

  @Test("its bytecode is that which a step compiles")
  func builtWithBytecode() {
    let step = "RUN python -m compileall -q --invalidation-mode checked-hash /usr/local/lib/python3.12"
    #expect(built("FROM python:3.12-slim\n\(step)\n")?.bytecode == .precompiled)
    #expect(built("FROM python:3.12-slim\n")?.bytecode == .absent)
  }

  @Test("nothing is known of an image on an unknown one, nor of one of several")
  func notTold() {
    #expect(built("FROM registry.example/secret:1\nENV A=1\n") == nil)
    #expect(built("FROM debian:12\nFROM alpine:3.20\n", products: [0, 1]) == nil)
    #expect(built("FROM debian:12\nFROM alpine:3.20\n", products: [1])?.distribution == .alpine)
  }
}
