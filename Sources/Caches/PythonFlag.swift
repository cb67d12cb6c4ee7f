internal import Versions

/// What a value of PYTHONDONTWRITEBYTECODE does.
///
/// CPython since 3.7 takes the text with strtol in base ten: blanks before it are skipped, all of
/// it must be used, it must fit an int; zero writes bytecode, and all else, also what is no number
/// or negative, does not. Before, and in PyPy, any text but the empty one turns writing off.
func judgePythonFlag(_ value: [UInt8], _ python: PythonVersion?) -> SwitchReading {
  if value.isEmpty { return .off }
  if !isZero(value) { return .on }
  guard let python else { return .dependsOnVersion }
  return python.readsFlagsAsNumbers ? .off : .on
}

/// Whether strtol in base ten takes the whole text for zero.
private func isZero(_ value: [UInt8]) -> Bool {
  // The blanks of C's isspace: tab, newline, vertical tab, form feed, carriage return, space.
  var digits = value.drop { (0x09...0x0D).contains($0) || $0 == UInt8(ascii: " ") }
  if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
  return !digits.isEmpty && digits.allSatisfy { $0 == UInt8(ascii: "0") }
}
