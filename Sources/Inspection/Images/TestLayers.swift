internal import Archives
internal import Caches
internal import Facts
internal import Findings
internal import Images
internal import Policies
internal import Rules
internal import SourceText

/// The image that the layers of a policy's test describe: names, sizes and beginnings, without a configuration.
struct TestLayers {
  let facts: ImageFacts

  /// - Parameter layers: the layers, the lowest first.
  /// - Throws: the limit that one of them exceeds.
  init(_ layers: [TestLayer]) throws(LayerError) {
    var union = LayerUnion()
    for layer in layers {
      var builder = LayerTable.Builder()
      for removed in layer.remove { try builder.addWhiteout(Array(removed.utf8).span) }
      for addition in layer.add {
        try builder.add(Array(addition.path.utf8).span, .file, content: Self.content(addition))
      }
      try union.apply(builder.finish())
    }
    facts = ImageFacts(
      kind: .layer, image: nil,
      layers: layers.map { _ in
        LayerFacts(digest: nil, diffID: nil, storedBytes: nil, archiveBytes: nil, compression: nil, step: nil)
      },
      union: union, caches: CacheAttribution(union), baseLayers: nil, baseReason: nil, isVerified: true)
  }

  private static func content(_ addition: TestLayer.Addition) -> EntryContent {
    guard let text = addition.text else {
      // Two files of which only the same size is written are the same.
      let size = addition.size ?? 0
      return EntryContent(size: size, hash: Images.ContentHash(high: UInt64(max(0, size)), low: 0))
    }
    let bytes = Array(text.utf8)
    var hash = Archives.ContentHash()
    hash.update(bytes.span)
    let value = hash.finish()
    return EntryContent(
      size: bytes.count, hash: Images.ContentHash(high: value.high, low: value.low), head: Array(bytes.prefix(4096)))
  }
}

extension Inspection {
  /// What the rules find in the layers of a policy's test.
  func findings(in layers: [TestLayer], of test: PolicyTest, _ policy: Policy) throws(LayerError) -> [Finding] {
    var facts = TargetFacts()
    facts.image = try TestLayers(layers).facts
    var settings = settings
    settings.profile = test.profile
    settings.today = test.today ?? settings.today
    let policies = PolicyTree([.root: policy], fallback: policy)
    let judgement = Judgement(
      policies: policies, judgesWorkTree: false, profiles: ProfileInputs(profile: settings.profile, forced: nil),
      isSelected: { [selection] in selection.contains($0) })
    return RuleRun(
      workspace: imageWorkspace("layers", 0), facts: facts, policies: policies, judgement: judgement,
      settings: settings, selection: selection, overlay: Overlay()
    ).findings().findings
  }
}
