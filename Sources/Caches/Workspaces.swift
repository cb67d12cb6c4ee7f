public import SourceText

extension UseMarker {
  /// The directories of a list that no other of them is above: where a marker counts that asks for the topmost.
  ///
  /// - Parameter directories: Directories that hold the marker, in any order.
  /// - Returns: The topmost in the given order.
  public static func topmost(of directories: [Path]) -> [Path] {
    let all = Set(directories)
    return directories.filter { directory in
      var above = directory
      while !above.isRoot {
        above = above.parent
        if all.contains(above) { return false }
        if above.bytes == [UInt8(ascii: "/")] { break }
      }
      return true
    }
  }
}
