public import CacheEffects
public import Dockerfiles
public import SourceText

public struct RunEditor: Sendable {
  public enum Operation: Hashable, Sendable {
    case addFlag(String, command: Int, after: Int)
    case removeFlag(String, command: Int)
    case append(String)
    case removeCommand(Int)
    case addCacheMount(target: String, isLocked: Bool)
  }
  let file: Dockerfile
  let run: InstructionEffects
  public init(_ file: Dockerfile, _ run: InstructionEffects) { self.file = file; self.run = run }
  public func apply(_ operations: [Operation]) throws(EditRefusal) -> [Edit] {
    throw EditRefusal("not yet")
  }
}
