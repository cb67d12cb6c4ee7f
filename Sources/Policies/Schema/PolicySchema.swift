internal import Findings

/// The language of policies, version 1.
enum PolicySchema {
  static let version = 1

  static let named: [String: Shape] = ["match": match]

  static let root = Shape.record(
    Record([
      Field("version", .exactly(version), isRequired: true, "the version of the policy language"),
      Field(
        "extends", .oneOrMany(.text(.reference)), "policies to begin with: builtin:NAME or ./file, in this order"),
      Field("default-profile", .text(.profile), "the profile for what no profile claims"),
      Field("profiles", .map(.newProfile, profile), "the situations that the policy speaks for"),
      Field(
        "caches", .map(.selector, .map(.profileOrAll, intents)), "what is wanted: selector, then profile, then intents"),
      Field(
        "rules", .rules(builtin: .either(scalar: level, collection: rule), own: ownRuleOrLevel), "rules by code or name"
      ),
      Field("bases", .map(.words, base), "what is known of base images, by a pattern for their names"),
      Field("exceptions", .list(exception), "findings that are accepted for a time"),
      Field("files", files, "which files are examined"),
      Field("builder", words(Builder.self), "what builds the images: it decides what a fix may write"),
      Field(
        "hadolint-ignore", .boolean,
        "whether `# hadolint ignore=` counts for the rules that stand for hadolint's; false where it is left out"),
      Field("locked", .list(.text(.rule)), "rules that a repository under this policy cannot loosen"),
      Field("tests", .list(test), "files, and the findings that this policy must give for them"),
    ]))

  static let level = Shape.choice(["off"] + Severity.allCases.map(\.rawValue))

  static let profile = Shape.record(
    Record([
      Field("description", .text(.words), "what the profile is for"),
      Field("paths", .oneOrMany(.text(.pattern)), "the files that it claims, in git's ignore language"),
      Field("stages", .oneOrMany(.text(.wildcard)), "the build stages that it claims, by patterns for their names"),
    ]))

  static let intents = Shape.record(
    Record([
      Field("write", words(WriteIntent.self), "may the cache be written?"),
      Field("commit", words(CommitIntent.self), "may it be committed? Stands below \"*\" only"),
      Field("ship", words(ShipIntent.self), "may it be in an image?"),
      Field(
        "coverage", .number(least: 1, most: 100),
        "with `ship: precompiled`: of how many modules in a hundred the bytecode must be there; 95 where it is left out"
      ),
      Field(
        "keep-out-by", .either(scalar: .choice(["any"]), collection: .list(words(Way.self), least: 1)),
        "the accepted ways to keep it out of a layer, the preferred one first"),
    ]))

  static let severity = Shape.either(scalar: level, collection: .map(.profileOrAll, level))

  static let rule = Shape.record(
    Record([
      Field("severity", severity, "off, info, warning or error; or one for each profile"),
      Field("caches", .map(.selector, cacheSetting), "severities and budgets for some caches"),
      Field("paths", .oneOrMany(.text(.pattern)), "the files to which the rule is kept"),
      budget, share,
      Field(
        .per, words(BudgetScope.self), "what a budget is for: the whole image, as where it is left out, or a layer"),
      Field(
        .baseLayers, words(BaseLayers.self),
        "how the base image's layers are told of: in one finding, as where it is left out, each like others, or not"),
      Field(
        .waste, .record(Record(.atLeastOne, [budget, share])),
        "how much of the image may be shipped and seen by nobody, be it cache or not"),
    ]))

  static let budget = Field(
    .budget, .text(.size), "how many bytes are accepted, as 50MiB: of all the caches together that this speaks of")
  static let share = Field(.share, .text(.share), "which share of the image's bytes is accepted, as 1%")

  static let cacheSetting = Shape.either(
    scalar: level,
    collection: .record(
      Record(.atLeastOne, [Field("severity", level, "off, info, warning or error"), budget, share])))

  static let ownRuleOrLevel = Shape.either(
    scalar: level,
    collection: .record(
      Record([
        Field("title", .text(.words), "what is wrong where the rule fires"),
        Field("in", words(OwnRule.Subject.self), "what is examined"),
        Field("match", .named("match"), "what is looked for"),
        Field("message", .text(.words), "what a finding says; {name} stands for what the match found"),
        Field("severity", severity, "off, info, warning or error; or one for each profile"),
        Field("profiles", .oneOrMany(.text(.profile)), "the profiles that the rule is for"),
        Field("paths", .oneOrMany(.text(.pattern)), "the files to which the rule is kept"),
        Field("why", .text(.words), "why it is bad"),
        Field("url", .text(.words), "where to read more"),
      ])))

  static let match = Shape.record(
    Record(
      .exactlyOne,
      [
        Field("all", .list(.named("match"), least: 1), "all of these"),
        Field("any", .list(.named("match"), least: 1), "one of these"),
        Field("not", .named("match"), "not this"),
        Field(
          "path", .record(Record([Field("glob", .text(.pattern), isRequired: true, "a pattern")])),
          "the path of what is examined"),
        Field(
          "index",
          .record(
            Record([
              Field("glob", .text(.pattern), isRequired: true, "a pattern"),
              Field("mode", words(Match.EntryMode.self), "what the entry is"),
            ])), "an entry of the index"),
        Field(
          "env",
          .record(
            Record([
              Field("name", .text(.wildcard), isRequired: true, "a pattern for the variable's name"),
              Field("value", .text(.any), "a pattern for its value"),
              Field("at", words(Match.Moment.self), "at the instruction, or at the end of the product"),
            ])), "a variable of the environment"),
        Field(
          "instruction",
          .record(
            Record([
              Field("keyword", .text(.keyword), isRequired: true, "such as COPY"),
              Field("argument", .text(.wildcard), "a pattern for one of its arguments"),
            ])), "an instruction of a Dockerfile"),
      ]))

  static let base = Shape.record(
    Record([
      Field("env", .map(.words, .text(.any)), "variables of its environment"),
      Field("user", .text(.words), "its user"),
      Field("bytecode", words(BaseImage.Bytecode.self), "the bytecode that it has"),
      Field(
        "dockerfile", .text(.relativePath),
        "the Dockerfile in the same repository that it is built from: tells what the image brings, and gets the findings for what it lacks"
      ),
    ]))

  static let exception = Shape.record(
    Record([
      Field("rule", .oneOrMany(.text(.rule)), isRequired: true, "the rule, or a list of rules"),
      Field("paths", .oneOrMany(.text(.pattern)), "the files; all where it is left out"),
      Field("reason", .text(.words), isRequired: true, "why the finding is accepted"),
      Field("expires", .text(.date), isRequired: true, "the last day on which it is accepted, as 2027-03-31"),
    ]))

  static let files = Shape.record(
    Record([Field("exclude", .oneOrMany(.text(.pattern)), "files to leave out, in git's ignore language")]))

  static let tree = Shape.map(.relativePath, .text(.any))

  static let test = Shape.record(
    Record([
      Field("name", .text(.words), isRequired: true, "what the test shows"),
      Field("rules", .oneOrMany(.text(.rule)), "the rules that are compared; all where it is left out"),
      Field("profile", .text(.profile), "the profile for what no profile claims"),
      Field("unsafe", .boolean, "whether unsafe fixes are applied too"),
      Field("today", .text(.date), "the day on which it runs"),
      Field("files", tree, "files of the index and the work tree"),
      Field("untracked", tree, "files of the work tree alone"),
      Field("layers", .list(layer), "the layers of an image, the lowest first"),
      Field("expect", .list(expected), isRequired: true, "the findings that must come, and no others"),
      Field("fixed", tree, "what the files are after the fix"),
    ]))

  static let layer = Shape.record(
    Record(
      .atLeastOne,
      [
        Field(
          "add",
          .map(
            .words,
            .either(
              scalar: .text(.any),
              collection: .record(Record([Field("size", .number(least: 0), isRequired: true, "bytes")])))),
          "the files that it adds"),
        Field("remove", .list(.text(.words), least: 1), "the files that it removes"),
      ]))

  static let expected = Shape.record(
    Record([
      Field("rule", .text(.rule), isRequired: true, "the rule"),
      Field("line", .number(least: 1), "the line"),
      Field("column", .number(least: 1), "the column"),
      Field("severity", .choice(Severity.allCases.map(\.rawValue)), "the severity"),
      Field("path", .text(.relativePath), "the file"),
      Field("cache", .text(.cache), "the cache kind"),
    ]))

  private static func words<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> Shape {
    .choice(Word.allCases.map(\.rawValue))
  }
}
