/// How what is said later joins what is said before.
extension Value {
  /// This value with `later` over it: keys join, exceptions and tests append, the rest is replaced.
  func merged(with later: Value) -> Value {
    merged(with: later, at: [])
  }

  private func merged(with later: Value, at path: [String]) -> Value {
    switch (content, later.content) {
    case (.map(let earlier), .map(let members)):
      return Value(.map(joined(earlier, members, at: path)), later.origin)
    case (.list(let earlier), .list(let values)) where path == ["exceptions"] || path == ["tests"]:
      return Value(.list(earlier + values), later.origin)
    case (.text, .map(let members)) where path.count == 3 && path[0] == "rules" && path[2] == "severity":
      // A severity for all profiles, refined for some.
      let earlier = [Member(key: "*", origin: origin, value: self)]
      return Value(.map(joined(earlier, members, at: path)), later.origin)
    case (.text, .map(let members)) where isCacheOfRule(path):
      // A severity for some caches, and then what else is said of them.
      return Value(
        .map(joined([Member(key: "severity", origin: origin, value: self)], members, at: path)), later.origin)
    case (.map(let members), .text) where isCacheOfRule(path):
      let severity = [Member(key: "severity", origin: later.origin, value: later)]
      return Value(.map(joined(members, severity, at: path)), later.origin)
    default: return later
    }
  }

  private func isCacheOfRule(_ path: [String]) -> Bool {
    path.count == 4 && path[0] == "rules" && path[2] == "caches"
  }

  private func joined(_ earlier: [Member], _ later: [Member], at path: [String]) -> [Member] {
    var members = earlier
    var places: [String: Int] = [:]
    for (index, member) in earlier.enumerated() { places[member.key] = index }
    for member in later {
      if let place = places[member.key] {
        let value = members[place].value.merged(with: member.value, at: path + [member.key])
        members[place] = Member(key: member.key, origin: member.origin, value: value)
      } else {
        places[member.key] = members.count
        members.append(member)
      }
    }
    return members
  }
}
