/// What is known of a variable.
public enum VariableValue: Hashable, Sendable {
  /// It has this value.
  case value([UInt8])
  /// It is not set.
  case unset
  /// It may be set or not, to something that the text does not say.
  case unknown
}
