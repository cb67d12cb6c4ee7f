public import Findings
internal import SourceText

/// How many bytes of source text tell findings apart; what follows does not matter.
private let textLimit = 4096

/// What the fingerprint of a finding is the digest of: what stays when lines move.
///
/// Code, path in the target, cache kind, the lines that the finding points at with their blanks made
/// one (or the stable part of its evidence, where it points at none), and `ordinal`, which tells equal ones apart; each
/// ends with a NUL, which none but the text can hold.
public func fingerprintInput(_ finding: Finding, source: SourceFile?, ordinal: Int) -> [UInt8] {
  fingerprintBase(finding, source) + Array("\(ordinal)\0".utf8)
}

/// The inputs of the fingerprints of all findings of one target, in the order of `findings`.
///
/// Findings that are equal in all that counts are numbered as they stand in the file or in the layers, so that the
/// order in which they were found changes nothing.
public func fingerprintInputs(_ findings: [(finding: Finding, source: SourceFile?)]) -> [[UInt8]] {
  let bases = findings.map { fingerprintBase($0.finding, $0.source) }
  let order = findings.indices.sorted { left, right in
    let places = (position(of: findings[left].finding), position(of: findings[right].finding))
    if places.0 != places.1 { return places.0 < places.1 }
    let messages = (findings[left].finding.message.utf8, findings[right].finding.message.utf8)
    if messages.0.elementsEqual(messages.1) { return left < right }
    return messages.0.lexicographicallyPrecedes(messages.1)
  }
  var inputs = bases
  var seen: [[UInt8]: Int] = [:]
  for index in order {
    inputs[index] += Array("\(seen[bases[index], default: 0])\0".utf8)
    seen[bases[index], default: 0] += 1
  }
  return inputs
}

/// Where a finding stands among those that are equal otherwise: an offset in its file, or the number of its layer.
private func position(of finding: Finding) -> Int {
  guard case .entry(let entry) = finding.place else { return finding.place.range?.lower ?? -1 }
  return entry.layer ?? -1
}

private func fingerprintBase(_ finding: Finding, _ source: SourceFile?) -> [UInt8] {
  var input = Array(finding.rule.code.utf8) + [0]
  input += (finding.place.path?.bytes ?? []) + [0]
  input += Array((finding.cache ?? "").utf8) + [0]
  if let source, let range = finding.place.range {
    input += collapsed(source.linesOfText(range))
  } else {
    input += Array(
      finding.evidence.filter(\.isStable).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "\n").utf8)
  }
  return input + [0]
}

/// The bytes without blanks at their ends, and with one blank for each run of blanks between.
private func collapsed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  var isBlank = false
  for byte in bytes {
    if byte == 0x20 || (0x09...0x0D).contains(byte) {
      isBlank = !result.isEmpty
      continue
    }
    if isBlank { result.append(0x20) }
    isBlank = false
    result.append(byte)
    if result.count >= textLimit { break }
  }
  return result
}
