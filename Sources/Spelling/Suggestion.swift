/// The word among `candidates` that `word` was probably meant to be, or nil where none is near.
///
/// Near is a distance of at most two typing errors, and of at most a third of the word's length.
/// Among equally near candidates the first stands.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
  var best: (word: String, distance: Int)?
  let limit = min(2, max(1, word.utf8.count / 3))
  let left = Array(word.lowercased().utf8)
  for candidate in candidates {
    let right = Array(candidate.lowercased().utf8)
    // Each letter more or less is an error of its own.
    if abs(left.count - right.count) > limit { continue }
    let distance = typingDistance(left, right)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.word
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one
/// word into the other (optimal string alignment, a restricted Damerau–Levenshtein distance).
func typingDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let substitution = last[column] + (left[row] == right[column] ? 0 : 1)
      var distance = min(substitution, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
