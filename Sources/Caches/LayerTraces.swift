/// What the commands that write a cache leave in a layer of an image, how that is kept out, and what removes it.
public struct LayerTraces: Sendable, Hashable {
  /// Where it is written: the first that applies; the last one always does.
  public internal(set) var places: [LayerPlace] = []
  /// What of the place is the cache, where the place as a whole must stay; empty for all of it.
  public internal(set) var parts: [String] = []
  /// Commands that remove it, beside those that remove any file.
  public internal(set) var cleaners: [CommandForm] = []
  /// Commands that work only with what an earlier one has left, as those without a network do.
  public internal(set) var needers: [CommandForm] = []
  /// Commands that do nothing but fetch it; of no use before others that have a flag to do without.
  public internal(set) var fetchers: [CommandForm] = []
  /// Commands that print where it is, or a directory above it.
  public internal(set) var printers: [PlacePrinter] = []
  /// The command to append to a RUN, for every POSIX shell; nil where none is known to be right.
  public internal(set) var clean: String?
  /// The target of a cache mount, where that is not the place itself.
  public internal(set) var mount: String?
  /// Whether builds that share the mount must wait for each other.
  public internal(set) var isLocked = false
  /// Whether it is less than 1 MiB as a rule.
  public internal(set) var isSmall = false
  /// What in a base image removes it by itself; `docker-clean` is the one there is.
  public internal(set) var removedBy: String?
  /// Configuration files that can turn the writing off.
  public internal(set) var files: [String] = []
  /// Configuration files that can move it.
  public internal(set) var movingFiles: [String] = []
  /// How that is known.
  public internal(set) var evidence = CacheKind.Evidence.recalled
}

/// A command that prints a directory, such as `npm config get cache`.
public struct PlacePrinter: Sendable, Hashable {
  /// The command with its arguments.
  public internal(set) var command: String
  /// Where below the directory the cache lies, or what holds it; empty for the directory itself.
  public internal(set) var below: String
}

/// A place where a cache is written.
public struct LayerPlace: Sendable, Hashable {
  /// The variable that names the directory; nil for a fixed place.
  public internal(set) var variable: String?
  /// What lies below the directory that the variable names; empty for that directory itself.
  public internal(set) var below: String
  /// The fixed place, `~` being the home; empty where a variable names it.
  public internal(set) var path: String
  /// Whether it is so only when root runs the tool.
  public internal(set) var isForRoot: Bool
  /// The package tools of the image with which it is so; nil where they do not matter.
  public internal(set) var tools: String?
  /// Whether it is what a command has written into the tool's configuration, if any has.
  public internal(set) var isConfigured: Bool
}
