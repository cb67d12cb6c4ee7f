import Foundation
import TestSupport
import Testing

@Suite("What is said of hadolint, against hadolint itself", .enabled(if: isIntegration))
struct HadolintTests {
  /// What hadolint reports of a Dockerfile.
  private func reported(_ text: String) throws -> [(code: String, line: Int)] {
    struct Finding: Decodable {
      let code: String
      let line: Int
    }
    let directory = try TemporaryDirectory()
    let result = try run(
      ["hadolint", "--no-fail", "--format", "json", "-"], in: directory.path, input: Array(text.utf8))
    return try JSONDecoder().decode([Finding].self, from: Data(result.output)).map { ($0.code, $0.line) }
  }

  @Test("its comments are read as recorded", arguments: PragmaSample.all)
  func comments(sample: PragmaSample) throws {
    #expect(try reported(sample.text).filter { $0.code == "DL3042" }.map(\.line) == sample.reported)
  }

  @Test(
    "what differs is as the table says",
    arguments: [
      ("FROM debian:12\nRUN apt-get update && rm -rf /tmp/x", "DL3009", false),
      ("FROM debian:12\nRUN apt-get update && rm -r -f /var/lib/apt/lists", "DL3009", true),
      ("FROM debian:13\nRUN apt-get update && apt-get dist-clean", "DL3009", true),
      ("FROM alpine:3\nRUN apk add x && rm -rf /var/cache/apk/*", "DL3019", true),
      ("FROM alpine:3\nRUN --mount=type=cache,target=/var/cache/apk apk add x", "DL3019", false),
      ("FROM centos:7\nRUN yum install -y x && rm -rf /tmp/x", "DL3032", false),
      ("FROM centos:7\nRUN yum install -y x && yum clean all && yum install -y y", "DL3032", false),
      ("FROM centos:7\nRUN --mount=type=cache,target=/var/cache/yum yum install -y x", "DL3032", true),
      ("FROM opensuse/leap:15\nRUN zypper install -y x && zypper clean", "DL3036", false),
      ("FROM opensuse/leap:15\nRUN zypper install -y x && rm -rf /var/cache/zypp", "DL3036", true),
      ("FROM fedora:41\nRUN dnf install -y x && rm -rf /tmp/x", "DL3040", false),
      ("FROM fedora:41\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y x", "DL3040", false),
      ("FROM fedora:41\nRUN --mount=type=cache,target=/var/cache/dnf dnf install -y x", "DL3040", true),
      ("FROM fedora:41\nRUN dnf5 install -y x", "DL3040", false),
      ("FROM python:3.12\nENV PIP_NO_CACHE_DIR=off\nRUN pip install x", "DL3042", true),
      ("FROM python:3.12\nRUN pip install x && rm -rf /root/.cache/pip", "DL3042", true),
      ("FROM python:3.12 AS b\nRUN pip install x\nFROM debian:12\nCOPY --from=b /a /a", "DL3042", true),
      ("FROM python:3.12\nRUN /opt/venv/bin/pip install x", "DL3042", false),
      ("FROM python:3.12\nRUN sudo pip install x", "DL3042", false),
      ("FROM python:3.12\nRUN bash -c 'pip install x'", "DL3042", false),
      ("FROM node:20\nRUN yarn install && yarn cache clean", "DL3060", false),
      ("FROM node:20\nRUN yarn add x", "DL3060", false),
      ("FROM node:20\nRUN yarn install && rm -rf /usr/local/share/.cache", "DL3060", true),
      ("FROM debian:12\nRUN cat <<EOF > x\nEOF\nRUN y", "DL1000", true),
      ("FROM debian:12\nEXPOSE 80:80", "DL1000", true),
      ("FROM debian:12\nONBUILD FROM x", "DL3043", true),
      ("RUN x\nFROM debian:12", "DL3061", true),
    ])
  func differences(text: String, code: String, isReported: Bool) throws {
    #expect(try reported(text + "\n").contains { $0.code == code } == isReported)
  }
}
