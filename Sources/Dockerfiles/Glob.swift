/// The patterns of `${name#pattern}`: `*`, `?` and what a backslash protects.
struct Glob {
  /// How many steps one pattern may take.
  static let stepLimit = 1_000_000

  private enum Part: Hashable {
    case byte(UInt8)
    case one
    case many
  }

  private var parts: [Part] = []
  private var isValid = true

  init(_ pattern: [UInt8]) {
    var index = 0
    while index < pattern.count {
      let byte = pattern[index]
      index += 1
      switch byte {
      case UInt8(ascii: "*"): parts.append(.many)
      case UInt8(ascii: "?"): parts.append(.one)
      case UInt8(ascii: "\\"):
        if index == pattern.count || !"*?\\}/".utf8.contains(pattern[index]) {
          isValid = false
        } else {
          parts.append(.byte(pattern[index]))
          index += 1
        }
      default: parts.append(.byte(byte))
      }
    }
  }

  /// The value without the shortest or longest start (or end) that matches; nil where that is not certain.
  func trimming(_ value: [UInt8], isGreedy: Bool, isSuffix: Bool) -> [UInt8]? {
    guard isCertain(value, starts: 1) else { return nil }
    let ends =
      isSuffix
      ? Self.ends(value.reversed(), 0, parts.reversed()) : Self.ends(value, 0, parts)
    guard let length = isGreedy ? ends.last : ends.first else { return value }
    return Array(isSuffix ? value.dropLast(length) : value.dropFirst(length))
  }

  /// The value with the first or with all matches replaced; nil where that is not certain.
  func replacing(_ value: [UInt8], with replacement: [UInt8], all: Bool) -> [UInt8]? {
    guard isCertain(value, starts: value.count + 1, replacement: replacement.count),
      !replacement.contains(UInt8(ascii: "$")), !parts.isEmpty,
      !replacement.contains(UInt8(ascii: "\\"))
    else { return nil }
    var result: [UInt8] = []
    var index = 0
    while index < value.count {
      guard let end = Self.ends(value, index, parts).last, end > index else {
        result.append(value[index])
        index += 1
        continue
      }
      result += replacement
      index = end
      if !all { break }
    }
    return result + value[index...]
  }

  /// How many steps it takes at most to match at so many places of a value, and to put in what replaces it.
  func cost(_ value: [UInt8], starts: Int, replacement: Int = 0) -> Int {
    let steps = (parts.count + 1).multipliedReportingOverflow(by: value.count + 1)
    let matching = steps.partialValue.multipliedReportingOverflow(by: starts)
    let total = matching.partialValue.addingReportingOverflow(replacement * starts)
    return steps.overflow || matching.overflow || total.overflow ? .max : total.partialValue
  }

  /// Whether the pattern is understood, counts no characters wider than a byte, and is cheap.
  private func isCertain(_ value: [UInt8], starts: Int, replacement: Int = 0) -> Bool {
    guard isValid, !parts.contains(.one) || value.allSatisfy({ $0 < 0x80 }), !value.contains(0x0A) else { return false }
    return cost(value, starts: starts, replacement: replacement) <= Self.stepLimit
  }

  /// Where a match that begins at `start` can end, in order.
  private static func ends(_ value: [UInt8], _ start: Int, _ parts: [Part]) -> [Int] {
    var reached = [start]
    for part in parts {
      switch part {
      case .many: reached = reached.first.map { Array($0...value.count) } ?? []
      case .one: reached = reached.filter { $0 < value.count }.map { $0 + 1 }
      case .byte(let byte): reached = reached.filter { $0 < value.count && value[$0] == byte }.map { $0 + 1 }
      }
    }
    return reached
  }
}
