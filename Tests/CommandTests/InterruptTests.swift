import Foundation
import TestSupport
import Testing

@Suite("Interrupted runs of fix")
struct InterruptTests {
  private static let folders = ["", "a/", "a/deep/er/", "b/", "c/d/"]

  private static var files: [String: String] {
    var files = ["main.py": "print(1)\n", ".gitignore": "x\nx\n"]
    for folder in folders {
      files[folder + "Dockerfile"] = "FROM python:3.12\nCOPY . /app\nCMD [\"python\", \"/app/main.py\"]\n"
      files[folder + ".dockerignore"] = "node_modules\n"
      files[folder + ".gitignore"] = "\(folder.count)x\n\(folder.count)x\n"
      files[folder + "package.json"] = "{\"name\": \"x\"}\n"
      files[folder + "mod.py"] = "x = 1\n"
    }
    return files
  }

  private static func texts(_ sandbox: CommandSandbox) throws -> [String: [UInt8]] {
    var texts: [String: [UInt8]] = [:]
    for name in sandbox.allPaths() where !isTemporary(name) {
      let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.path + "/" + name)
      if attributes[.type] as? FileAttributeType == .typeRegular { texts[name] = try sandbox.directory.read(name) }
    }
    return texts
  }

  private static func isTemporary(_ name: String) -> Bool { name.contains(".cachepolicy-") }

  @Test("each file is old or new, and the next run leaves no temporary file")
  func interrupted() throws {
    let rounds = environmentVariable("CACHEPOLICY_INTERRUPT_ROUNDS").flatMap { Int($0) } ?? 60
    let program = try builtProgram("cachepolicy")
    let finished = try CommandSandbox(Self.files)
    let old = try Self.texts(finished)
    let start = ContinuousClock.now
    #expect(try finished.cachepolicy("fix").status == 0)
    let longestDelay = UInt32((ContinuousClock.now - start) / .microseconds(1))
    let new = try Self.texts(finished)
    let changed = new.filter { old[$0.key] != $0.value }.count
    #expect(changed >= 5, "the sample must give fixes something to do: \(changed)")
    var random = SeededGenerator(seed: 41)
    var leftovers = 0
    for round in 0..<rounds {
      let sandbox = try CommandSandbox(Self.files)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = ["fix"]
      process.currentDirectoryURL = URL(fileURLWithPath: sandbox.path)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 0...longestDelay, using: &random))
      kill(process.processIdentifier, [SIGINT, SIGTERM, SIGKILL][round % 3])
      process.waitUntilExit()
      for (name, bytes) in try Self.texts(sandbox) {
        #expect(bytes == old[name] || bytes == new[name], "round \(round): \(name) is neither old nor new")
      }
      leftovers += sandbox.allPaths().count(where: Self.isTemporary)
      #expect(try sandbox.cachepolicy("fix").status == 0)
      #expect(sandbox.allPaths().filter(Self.isTemporary) == [], "round \(round)")
      for (name, bytes) in try Self.texts(sandbox) {
        #expect(bytes == new[name], "round \(round): \(name) holds\n\(String(decoding: bytes, as: UTF8.self))")
      }
    }
    if leftovers == 0 { print("no round of \(rounds) was interrupted while a temporary file existed") }
  }

  @Test("leftovers are removed wherever they lie, though nothing is to be repaired there")
  func leftovers() throws {
    let sandbox = try CommandSandbox(Self.files)
    #expect(try sandbox.cachepolicy("fix").status == 0)
    for folder in Self.folders { try sandbox.directory.write("half", to: folder + ".cachepolicy-0a1b2c3d.tmp") }
    try sandbox.directory.write("mine", to: "a/.cachepolicy-Mine.tmp")
    #expect(try sandbox.cachepolicy("fix").status == 0)
    #expect(sandbox.allPaths().filter(Self.isTemporary) == ["a/.cachepolicy-Mine.tmp"])
  }

  @Test("leftovers beside the files that a hook names are removed, and check removes nothing")
  func leftoversOfHooks() throws {
    let sandbox = try CommandSandbox(Self.files)
    try sandbox.directory.write("half", to: "a/deep/er/.cachepolicy-0a1b2c3d.tmp")
    _ = try sandbox.cachepolicy("check")
    #expect(sandbox.allPaths().contains(where: Self.isTemporary))
    _ = try sandbox.cachepolicy("fix", "--diff")
    #expect(sandbox.allPaths().contains(where: Self.isTemporary))
    _ = try sandbox.cachepolicy("fix", "--staged")
    #expect(!sandbox.allPaths().contains(where: Self.isTemporary))
  }
}
