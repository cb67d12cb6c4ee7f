/// Whether all of `place` is among what `pattern` names.
///
/// - Parameters:
///   - pattern: an absolute path, which may have wildcards as a shell's words and COPY have them.
///   - place: an absolute path without a slash at its end.
/// - Returns: whether nothing of the place is left out.
public func covers(_ pattern: [UInt8], _ place: [UInt8]) -> Bool {
  removes(pattern, place)
}

/// Whether removing what `pattern` names leaves nothing of `place`.
///
/// The pattern may name the place, a directory above it, or everything in it; wildcards stand for names as in a shell.
func removes(_ pattern: [UInt8], _ place: [UInt8]) -> Bool {
  if differ(pattern, place) { return false }
  let wanted = pattern.split(separator: UInt8(ascii: "/"))
  let parts = place.split(separator: UInt8(ascii: "/"))
  if wanted.isEmpty { return false }
  let common = min(wanted.count, parts.count)
  for index in 0..<common where !nameMatches(wanted[index], parts[index]) { return false }
  if wanted.count <= parts.count { return true }
  // `/var/lib/apt/lists/*`, or `/var/lib/apt/lists/*/*`
  return wanted[common...].allSatisfy { $0.elementsEqual("*".utf8) || $0.elementsEqual("**".utf8) }
}

/// Whether two paths name different things already by the letters before their first wildcard, which most do.
private func differ(_ pattern: [UInt8], _ place: [UInt8]) -> Bool {
  for (left, right) in zip(pattern, place) {
    if "*?".utf8.contains(left) || right == UInt8(ascii: "*") { return false }
    if left != right { return left != UInt8(ascii: "/") && right != UInt8(ascii: "/") }
  }
  return false
}

/// Whether a path is another one, or lies below it.
func isWithin(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
  if directory.elementsEqual("/".utf8) { return true }
  return path.starts(with: directory) && (path.count == directory.count || path[directory.count] == UInt8(ascii: "/"))
}

/// The longest name of a file that Linux has; a longer one matches nothing.
private let nameLimit = 255

/// Whether a name matches a pattern with `*` and `?`; a place's own wildcards stand for the name that is removed.
private func nameMatches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
  if pattern.elementsEqual(name) { return true }
  if pattern.count > nameLimit || name.count > nameLimit { return false }
  if name.contains(UInt8(ascii: "*")), !pattern.contains(UInt8(ascii: "*")) { return nameMatches(name, pattern) }
  var p = pattern.startIndex
  var n = name.startIndex
  var star: (p: Int, n: Int)?
  while n < name.endIndex {
    if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
      star = (p + 1, n)
      p += 1
    } else if p < pattern.endIndex, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
      p += 1
      n += 1
    } else if let back = star {
      p = back.p
      n = back.n + 1
      star = (back.p, n)
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
}
