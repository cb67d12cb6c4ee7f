/// How much of an image is accepted; every error that comes of it names its limit.
public enum ImageLimits {
  /// How many bytes a manifest, an index, or the list of a saved archive may have.
  public static let manifestSize = 4 << 20
  /// How many bytes a configuration may have.
  public static let configurationSize = 8 << 20
  /// How many lists and objects may stand in one another in a document.
  public static let documentDepth = 64
  /// How many bytes a text in a document may have.
  public static let stringLength = 1 << 20
  /// How many values a document may have, which bounds the memory that a large one costs.
  public static let valueCount = 1 << 18
  /// How many indexes may stand in one another.
  public static let indexDepth = 8
  /// How many images a target may list, and how many documents of it are read.
  public static let documentCount = 2000
  /// How many layers an image may have; the specification sets no limit.
  public static let layerCount = 1000
  /// How many bytes a path in a layer may have once its form is normal, and a link's target as it stands.
  public static let pathLength = 65_535
  /// How many names a path in a layer may have.
  public static let pathDepth = 4096
  /// How many entries an image may have, directories that only follow from paths among them.
  public static let entryCount = 20_000_000
  /// How many bytes the names in an image may take, and the links' targets.
  public static let nameBytes = 1 << 30
  /// How many bytes of the starts of a layer's files are kept; what comes after is taken as not known.
  public static let headBytes = 64 << 20
  /// How many bytes of files the layers of an image may hold.
  public static let contentBytes = 1 << 40
  /// How many symbolic links one path may lead through.
  public static let linkHops = 255
  /// How many names are looked up in an image because links led to them.
  public static let linkSteps = 50_000_000
  /// How many names are looked up for one path of a program because links lead to them: 40 links, which is what Linux
  /// follows (`MAXSYMLINKS`), of 1024 names.
  public static let programLinkSteps = 40 * 1024
  /// How many places are looked at to which the environment of an image moves caches; XDG_CACHE_HOME alone moves some 80.
  public static let movedPlaces = 1000
  /// How many notes of a layer are kept; further ones are only counted.
  public static let noteCount = 1000
}
