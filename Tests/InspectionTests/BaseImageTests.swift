import Dockerfiles
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
    #expect(known.builtFrom == Array("docker/base/Dockerfile".utf8) && known.source == .policy)
    #expect(KnownBase(base(bytecode: BaseImage.Bytecode.none), over: nil).bytecode == .absent)
  }

  @Test("what is not said is not known")
  func nothing() {
    let known = KnownBase(base(), over: nil)
    #expect(known.user == nil && known.bytecode == nil && known.builtFrom == nil && known.workingDirectory == nil)
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
}
