/// A Dockerfile that hadolint and cachepolicy may judge differently.
public struct DifferenceSample: Sendable, CustomStringConvertible {
  /// The Dockerfile.
  public let text: String
  /// The rule of hadolint that it is about.
  public let code: String
  /// Whether hadolint 2.15.1 reports that rule.
  public let isReportedByHadolint: Bool
  /// Whether the rule that stands for it here has a finding.
  public let isReportedHere: Bool

  private init(_ text: String, _ code: String, hadolint: Bool, here: Bool) {
    self.text = text + "\n"
    self.code = code
    isReportedByHadolint = hadolint
    isReportedHere = here
  }

  /// The Dockerfile, with the rule.
  public var description: String { "\(code): \(text)" }

  /// What the table of differences rests on.
  public static let all: [DifferenceSample] = [
    DifferenceSample("FROM debian:12\nRUN apt-get update && rm -rf /tmp/x", "DL3009", hadolint: false, here: true),
    DifferenceSample(
      "FROM debian:12\nRUN apt-get update && rm -r -f /var/lib/apt/lists", "DL3009", hadolint: true, here: false),
    DifferenceSample("FROM debian:13\nRUN apt-get update && apt-get dist-clean", "DL3009", hadolint: true, here: false),
    DifferenceSample("FROM alpine:3\nRUN apk add x && rm -rf /var/cache/apk/*", "DL3019", hadolint: true, here: false),
    DifferenceSample(
      "FROM alpine:3\nRUN --mount=type=cache,target=/var/cache/apk apk add x", "DL3019", hadolint: false, here: false),
    DifferenceSample("FROM centos:7\nRUN yum install -y x && rm -rf /tmp/x", "DL3032", hadolint: false, here: true),
    DifferenceSample(
      "FROM centos:7\nRUN yum install -y x && yum clean all && yum install -y y", "DL3032", hadolint: false, here: true),
    DifferenceSample(
      "FROM centos:7\nRUN --mount=type=cache,target=/var/cache/yum yum install -y x", "DL3032", hadolint: true,
      here: false),
    DifferenceSample(
      "FROM opensuse/leap:15\nRUN zypper install -y x && zypper clean", "DL3036", hadolint: false, here: true),
    DifferenceSample(
      "FROM opensuse/leap:15\nRUN zypper install -y x && zypper clean --all", "DL3036", hadolint: false, here: false),
    DifferenceSample(
      "FROM opensuse/leap:15\nRUN zypper install -y x && rm -rf /var/cache/zypp", "DL3036", hadolint: true, here: false),
    DifferenceSample("FROM almalinux:9\nRUN dnf install -y x && rm -rf /tmp/x", "DL3040", hadolint: false, here: true),
    DifferenceSample(
      "FROM almalinux:9\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y x", "DL3040", hadolint: false,
      here: true),
    DifferenceSample(
      "FROM almalinux:9\nRUN --mount=type=cache,target=/var/cache/dnf dnf install -y x", "DL3040", hadolint: true,
      here: false),
    DifferenceSample("FROM fedora:41\nRUN dnf5 install -y x", "DL3040", hadolint: false, here: true),
    DifferenceSample(
      "FROM python:3.12\nENV PIP_NO_CACHE_DIR=off\nRUN pip install x", "DL3042", hadolint: true, here: false),
    DifferenceSample(
      "FROM python:3.12\nRUN pip install x && rm -rf /root/.cache/pip", "DL3042", hadolint: true, here: false),
    DifferenceSample(
      "FROM python:3.12 AS b\nRUN pip install x\nFROM debian:12\nCOPY --from=b /a /a", "DL3042", hadolint: true,
      here: false),
    DifferenceSample("FROM python:3.12\nRUN /opt/venv/bin/pip install x", "DL3042", hadolint: false, here: true),
    DifferenceSample("FROM python:3.12\nRUN sudo pip install x", "DL3042", hadolint: false, here: true),
    DifferenceSample("FROM python:3.12\nRUN bash -c 'pip install x'", "DL3042", hadolint: false, here: true),
    DifferenceSample("FROM node:20\nRUN yarn install && yarn cache clean", "DL3060", hadolint: false, here: false),
    DifferenceSample("FROM node:20\nRUN yarn", "DL3060", hadolint: false, here: true),
    DifferenceSample("FROM node:20\nRUN yarn add x", "DL3060", hadolint: false, here: true),
    DifferenceSample(
      "FROM node:20\nRUN yarn install && rm -rf /usr/local/share/.cache", "DL3060", hadolint: true, here: false),
    DifferenceSample("FROM debian:12\nRUN cat <<EOF > x\nEOF\nRUN y", "DL1000", hadolint: true, here: false),
    DifferenceSample("FROM debian:12\nEXPOSE 80:80", "DL1000", hadolint: true, here: false),
    DifferenceSample("FROM debian:12\nRUM x", "DL1000", hadolint: true, here: true),
    DifferenceSample("FROM debian:12\nONBUILD FROM x", "DL3043", hadolint: true, here: true),
    DifferenceSample("RUN x\nFROM debian:12", "DL3061", hadolint: true, here: true),
  ]
}
