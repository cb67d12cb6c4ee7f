/// A Dockerfile with a comment to hadolint, and what hadolint 2.15.1 does with it.
public struct PragmaSample: Sendable, CustomStringConvertible {
  /// The Dockerfile.
  public let text: String
  /// The lines of the RUNs of which hadolint still reports DL3042.
  public let reported: [Int]

  private init(_ text: String, _ reported: [Int]) {
    self.text = text
    self.reported = reported
  }

  /// The Dockerfile.
  public var description: String { text }

  /// Samples for all that the comments can hold; an integration test compares them with hadolint itself.
  public static let all: [PragmaSample] = [
    next("# hadolint ignore=DL3042\n", []),
    next("#hadolint ignore=DL3042\n", []),
    next("#  hadolint   ignore=DL3042\n", []),
    next("#\thadolint\tignore=DL3042\n", []),
    next("  # hadolint ignore=DL3042\n", []),
    next("# hadolint ignore = DL3042 \n", []),
    next("# hadolint ignore=DL3042\r\n", []),
    next("# hadolint ignore=DL3042, DL3013\n", []),
    next("# hadolint ignore=DL3013 ,DL3042\n", []),
    next("# hadolint ignore=SC1,DL3042,DL99999,DL\n", []),
    next("# hadolint ignore=DL3042 # why\n", []),
    next("# hadolint ignore=DL3042# why\n", []),
    next("# hadolint ignore=DL3042\nONBUILD ", []),
    next("# hadolint ignore=DL3042\n\t", []),
    next("# hadolint ignore=DL3042\nRUN true \\\n && ", [], run: "pip install flask\n"),
    next("# hadolint ignore=DL3042 why\n", [3]),
    next("# hadolint ignore=dl3042\n", [3]),
    next("# Hadolint ignore=DL3042\n", [3]),
    next("# hadolint ignore=DL3042,\n", [3]),
    next("# hadolint ignore=DL3042,,DL3013\n", [3]),
    next("# hadolint ignore=DL3042 DL3013\n", [3]),
    next("# hadolint ignore=DL3042;\n", [3]),
    next("# hadolint ignore=HL3042,DL3042\n", [3]),
    next("# hadolint ignore:DL3042\n", [3]),
    next("# hadolint ignore=\n", [3]),
    next("# hadolint shell=/bin/bash ignore=DL3042\n", [3]),
    next("# hadolint globalignore=DL3042\n", [3]),
    next("## hadolint ignore=DL3042\n", [3]),
    next("# see hadolint ignore=DL3042\n", [3]),
    next("# hadolint ignore=DL3042\n\n", [4]),
    next("# hadolint ignore=DL3042\n# other\n", [4]),
    next("# hadolint ignore=DL3042\n# hadolint ignore=DL3013\n", [4]),
    next("RUN true \\\n# hadolint ignore=DL3042\n && ", [2], run: "pip install flask\n"),
    PragmaSample("# hadolint global ignore=DL3042\nFROM python:3.12\nRUN pip install flask\n", []),
    PragmaSample("FROM python:3.12\nRUN pip install flask\n# hadolint global  ignore=DL3042\n", []),
    PragmaSample("FROM python:3.12\nRUN true \\\n# hadolint global ignore=DL3042\n && pip install x\n", [2]),
    PragmaSample("FROM python:3.12\nRUN <<EOF\n# hadolint global ignore=DL3042\npip install x\nEOF\n\n", [2]),
    PragmaSample("# hadolint stage ignore=DL3042\nFROM python:3.12\nRUN pip install flask\n", []),
    PragmaSample("FROM python:3.12\n# hadolint stage ignore=DL3042\nRUN pip install flask\n", [3]),
    PragmaSample(
      "FROM python:3.12\nRUN pip install flask\n# hadolint stage ignore=DL3042\nFROM debian:12\nRUN pip install x\n"
        + "WORKDIR /x\nRUN pip install y\n", [2]),
    PragmaSample(
      "# hadolint stage ignore=DL3042\nFROM python:3.12\nRUN pip install flask\nFROM debian:12\nRUN pip install x\n",
      [5]
    ),
    PragmaSample("# hadolint stage ignore=DL3042\nARG x=1\nFROM python:3.12\nRUN pip install flask\n", [4]),
    PragmaSample("# hadolint stage ignore=DL3042\n\nFROM python:3.12\nRUN pip install flask\n", [4]),
  ]

  /// A comment above one `pip install`.
  private static func next(
    _ comment: String, _ reported: [Int], run: String = "RUN pip install flask\n"
  ) -> PragmaSample {
    PragmaSample("FROM python:3.12\n\(comment)\(run)", reported)
  }
}
