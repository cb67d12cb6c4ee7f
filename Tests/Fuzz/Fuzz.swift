import Glibc

/// The targets by their names; a check ends the process where it finds something.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "dockerfile": checkDockerfile, "gzip": checkGzip, "image-json": checkImageDocuments, "json-form": checkJSONForm,
  "layers": checkLayers, "outer-archive": checkOuterArchive, "pyc": checkPyc, "shell": checkShell, "tar": checkTar,
]

/// The target of this run: FUZZ_TARGET in the environment, since the arguments are libFuzzer's own.
private let check: @Sendable ([UInt8]) -> Void = {
  let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let check = targets[name] else { fatalError("FUZZ_TARGET must be one of \(targets.keys.sorted())") }
  return check
}()

/// What libFuzzer calls for every input.
@c(LLVMFuzzerTestOneInput)
public func examineInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  check(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// Ends the process where a demand is not met; libFuzzer then keeps the input.
func demand(_ isMet: Bool, _ explanation: @autoclosure () -> String) {
  if !isMet { fatalError("finding: \(explanation())") }
}
