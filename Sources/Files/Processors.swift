internal import Glibc

/// How many processors this machine lets run at once; at least one.
public func processorCount() -> Int {
  max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
