import Dockerfiles
import Testing
import Versions

@Suite("What yum and dnf are in an image")
struct PackageToolsTests {
  @Test(
    "is told by its name and tag, or not at all",
    arguments: [
      ("centos:7", .yum), ("centos:centos7.9.2009", .yum), ("centos:8", .dnf), ("centos", .dnf),
      ("quay.io/centos/centos:stream9", .dnf), ("rockylinux:9", .dnf), ("rockylinux/rockylinux:8.9-minimal", .dnf),
      ("docker.io/library/almalinux:9", .dnf), ("oraclelinux:7-slim", .yum), ("oraclelinux:8", .dnf),
      ("amazonlinux:2", .yum), ("amazonlinux:2.0.20240306.2", .yum), ("amazonlinux:2023", .dnf),
      ("public.ecr.aws/amazonlinux/amazonlinux:2023", .dnf), ("amazonlinux:latest", .dnf),
      ("fedora:20", .yum), ("fedora:40", .dnf), ("fedora:41", .dnf5), ("fedora", .dnf5), ("fedora:rawhide", .dnf5),
      ("registry.access.redhat.com/ubi7/ubi:7.9", .yum), ("registry.access.redhat.com/ubi8/python-39", .dnf),
      ("registry.access.redhat.com/ubi9", .dnf), ("redhat/ubi9-minimal:9.3", .dnf), ("ubi8/ubi:8.10", .dnf),
      ("fedora@sha256:0123", nil), ("fedora:eln", nil), ("acme/base:9", nil), ("debian:12", nil), ("", nil),
      ("fedora:99999999999999999999", nil),
    ] as [(String, PackageTools?)])
  func images(_ image: String, _ expected: PackageTools?) {
    #expect(PackageTools(image: image) == expected)
  }
}
