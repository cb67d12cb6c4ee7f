internal import Caches
internal import Findings

extension PolicyDecoder {
  func test(_ value: Value) -> PolicyTest? {
    guard let name = value["name"]?.text else { return nil }
    return PolicyTest(
      name: name, rules: value["rules"].map { rules($0).map(\.value) }, profile: value["profile"]?.text,
      unsafe: value["unsafe"]?.text == "true", today: value["today"]?.text.flatMap(CalendarDate.init),
      files: tree(value["files"]), untracked: tree(value["untracked"]), layers: value["layers"].map(layers),
      expect: (value["expect"]?.elements ?? []).compactMap(expected), fixed: value["fixed"].map(tree),
      origin: value.origin)
  }

  private func tree(_ value: Value?) -> [TestFile] {
    (value?.members ?? []).compactMap { member in
      member.value.text.map { TestFile(path: member.key, text: $0) }
    }
  }

  private func layers(_ value: Value) -> [TestLayer] {
    value.elements.map { layer in
      TestLayer(
        add: (layer["add"]?.members ?? []).map { member in
          TestLayer.Addition(path: member.key, text: member.value.text, size: number(member.value["size"]))
        },
        remove: (layer["remove"]?.elements ?? []).compactMap(\.text))
    }
  }

  private func expected(_ value: Value) -> ExpectedFinding? {
    guard let rule = value["rule"]?.text.flatMap(names.rule) else { return nil }
    return ExpectedFinding(
      rule: rule, line: number(value["line"]), column: number(value["column"]),
      severity: value["severity"]?.text.flatMap(Severity.init), path: value["path"]?.text,
      cache: value["cache"]?.text.flatMap { names.caches.id(named: $0) }, origin: value.origin)
  }

  private func number(_ value: Value?) -> Int? {
    value?.text.flatMap(wholeNumber)
  }
}
