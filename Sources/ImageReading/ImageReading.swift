internal import Archives
internal import Facts
internal import Files
internal import Images
internal import SourceText
internal import Synchronization

/// Reads a target: its documents, its layers in one pass each, and what follows from them.
///
/// Nothing is extracted, and no content is kept but what the facts need. An error in a layer leaves the others examined.
///
/// - Parameters:
///   - target: what to read.
///   - options: how.
/// - Returns: the images, and what could not be read.
public func readImages(_ target: ImageTarget, options: ReadingOptions = ReadingOptions()) -> ReadingResult {
  giveLargeArraysPagesOfTheirOwn()
  var run = ReadingRun(target: target, options: options)
  run.run()
  return run.result
}

/// One reading of a target.
struct ReadingRun {
  let target: ImageTarget
  let options: ReadingOptions
  var result = ReadingResult()

  init(target: ImageTarget, options: ReadingOptions) {
    self.target = target
    self.options = options
  }

  mutating func run() {
    do throws(ReadingError.Reason) {
      switch try TargetOpener(options: options).open(target) {
      case .images(let store, let isLayout): try read(store, isLayout: isLayout)
      case .layer(let source):
        let progress = ProgressCounter(layers: 1, total: source.count, tell: options.progress)
        finish(reader.read(source, report: progress.reporter(forLayer: 0)), from: source)
      case .readLayer(let layer, let source): finish(layer, from: source)
      case .trees(let roots, let isOverlay): read(roots, isOverlay: isOverlay)
      }
    } catch {
      fail(error)
    }
  }

  var reader: LayerReader { LayerReader(limits: options.limits, verifies: options.verifies) }

  mutating func fail(_ reason: ReadingError.Reason, layer: Int? = nil, digest: String? = nil) {
    result.errors.append(ReadingError(reason, target: target.description, layer: layer, digest: digest))
  }

  private mutating func read(_ store: ImageStore, isLayout: Bool) throws(ReadingError.Reason) {
    let choice = ImageChoice(tag: target.tag, platform: options.platform, verifies: options.verifies)
    let set = try chosenImages(store, isLayout: isLayout, choice)
    result.notes += set.notes.map(\.description)
    for error in set.errors { fail(.image(error)) }
    for image in set.images {
      do throws(LayerError) {
        try read(image, store)
      } catch {
        fail(.layer(error))
      }
    }
  }

  /// Reads an image, its layers on several threads.
  private mutating func read(_ image: Image, _ store: ImageStore) throws(LayerError) {
    for error in image.errors { fail(.image(error)) }
    var (layers, userFiles) = readLayers(image, store)
    var assembler = ImageAssembler(limits: options.limits, userFiles: userFiles)
    assembler.reserve(layers)
    for number in image.layers.indices {
      let descriptor = image.layers[number]
      let layer = layers[number]
      layers[number] = nil
      if let error = layer?.error {
        fail(error, layer: number, digest: (descriptor.digest ?? descriptor.diffID).description)
      }
      try assembler.add(layer, descriptor, step: image.history.step(ofLayer: number))
    }
    for _ in 0..<wantedRounds {
      let files = wantedSources(assembler.union, assembler.bytecode, image.configuration)
      let wanted = Dictionary(grouping: files) { $0.entry.layer }
      var isDone = true
      for (number, files) in wanted.sorted(by: { $0.key < $1.key }) {
        do throws(ReadingError.Reason) {
          let source = try open(image.layers[number], store)
          assembler.add(try reader.bytecode(of: files, in: source), toLayer: number)
          isDone = false
        } catch {
          fail(error, layer: number, digest: (image.layers[number].digest ?? image.layers[number].diffID).description)
        }
      }
      if isDone { break }
    }
    let base = base(of: image)
    result.images.append(assembler.finish(.image, image, base: base, isVerified: options.verifies))
  }

  /// Reads the layers that are present, each on one thread.
  private func readLayers(_ image: Image, _ store: ImageStore) -> (layers: [ReadLayer?], userFiles: UserFiles) {
    let present = image.layers.indices.filter { image.layers[$0].state == .present }
    let sizes = present.map { image.layers[$0].size ?? 0 }
    let progress = ProgressCounter(layers: present.count, total: sizes.reduce(0, &+), tell: options.progress)
    let reader = LayerReader(limits: options.limits.share(of: present.count), verifies: options.verifies)
    let userFiles = Mutex(UserFiles())
    // The largest first, so that no thread is left alone with it at the end.
    let order = Array(sizes.indices).sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    let read = inParallel(present.count, jobs: options.jobs, order: order) { number in
      let layer = image.layers[present[number]]
      do throws(ReadingError.Reason) {
        var read = reader.read(
          try open(layer, store), digest: layer.digest, diffID: layer.diffID, mediaType: layer.mediaType,
          report: progress.reporter(forLayer: present[number]))
        let files = read.content.takeUserFiles()
        userFiles.withLock { $0.add(files, layer: present[number]) }
        return read
      } catch {
        return ReadLayer.failed(error)
      }
    }
    var layers = [ReadLayer?](repeating: nil, count: image.layers.count)
    for (number, layer) in zip(present, read) { layers[number] = layer }
    return (layers, userFiles.withLock { $0 })
  }

  private mutating func finish(_ layer: ReadLayer, from source: ArchiveSource) {
    if let error = layer.error { return fail(error) }
    var assembler = ImageAssembler(limits: options.limits)
    assembler.reserve([layer])
    do throws(LayerError) {
      try assembler.add(layer, size: source.count)
    } catch {
      return fail(.layer(error))
    }
    for _ in 0..<wantedRounds {
      let wanted = wantedSources(assembler.union, assembler.bytecode, nil)
      if wanted.isEmpty { break }
      do throws(ReadingError.Reason) {
        assembler.add(try reader.bytecode(of: wanted, in: source), toLayer: 0)
      } catch {
        fail(error)
        break
      }
    }
    result.images.append(assembler.finish(.layer, nil, base: nil, isVerified: false))
  }

  private mutating func read(_ roots: [Path], isOverlay: Bool) {
    // Contents need a hash only where another layer may hold the same.
    var trees = roots.map { root in
      TreeReader(root, limits: options.limits, hashes: roots.count > 1, isOverlay: isOverlay)
    }
    var assembler = ImageAssembler(limits: options.limits)
    for number in roots.indices {
      let (layer, errors) = trees[number].read()
      for error in errors { fail(.file(error), layer: isOverlay ? number : nil) }
      if let error = layer.error { fail(error, layer: isOverlay ? number : nil) }
      do throws(LayerError) {
        try assembler.add(layer)
      } catch {
        return fail(.layer(error))
      }
    }
    for _ in 0..<wantedRounds {
      var found: [Int: LayerContent] = [:]
      for file in wantedSources(assembler.union, assembler.bytecode, nil) {
        do throws(ReadingError.Reason) {
          try reading { () throws(FileError) in
            try trees[file.layer].read(file, into: &found[file.entry.layer, default: LayerContent()])
          }
        } catch {
          fail(error, layer: isOverlay ? file.layer : nil)
        }
      }
      if found.isEmpty { break }
      for (layer, content) in found { assembler.add(content.bytecode, toLayer: layer) }
    }
    if result.errors.isEmpty || assembler.union.entryCount > 0 {
      result.images.append(assembler.finish(.rootFileSystem, nil, base: nil, isVerified: false))
    }
  }
}

/// The bytes of a layer.
func open(_ layer: LayerDescriptor, _ store: ImageStore) throws(ReadingError.Reason) -> ArchiveSource {
  do throws(BlobStoreError) {
    return try store.source(of: layer.source)
  } catch {
    switch error {
    case .missing: throw .blob("it is missing: the image is not complete; copy it again")
    case .tooLarge(let limit): throw .blob("it has more than \(limit) bytes, the limit; it cannot be raised")
    case .unreadable(let reason): throw .blob("it cannot be read: \(reason)")
    }
  }
}

/// The images of a store that were chosen.
func chosenImages(
  _ store: ImageStore, isLayout: Bool, _ choice: ImageChoice
) throws(ReadingError.Reason) -> ImageSet {
  let reader = ImageReader(store, choice: choice)
  do throws(ImageError) {
    return isLayout ? try reader.layout() : try reader.savedArchive()
  } catch {
    throw .image(error)
  }
}
