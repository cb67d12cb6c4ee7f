import Bytecode
import Facts
import Glibc
import ImageReading
import Images
import SourceText
import TestSupport
import Testing

@Suite("Directories")
struct TreeTests {
  private func shell(_ script: String, in directory: TemporaryDirectory) throws {
    let result = try run(["sh", "-ec", script], in: directory.path)
    #expect(result.status == 0, "\(String(decoding: result.errors, as: UTF8.self))")
  }

  @Test("a root file system: nothing leads out, no pipe is waited for, links count once") func rootFileSystem() throws {
    let directory = try TemporaryDirectory()
    try directory.write("secret", to: "outside/secret")
    try shell(
      """
      mkdir -p root/etc root/root/.cache/pip/http-v2 root/d
      cd root
      printf 'app:x:7:7::/srv:/bin/sh\\n' > etc/passwd
      printf 12345 > root/.cache/pip/http-v2/f
      ln -s ../outside out
      ln -s / slash
      mkfifo d/pipe d/pipe.pyc
      printf 123 > d/a
      ln d/a d/b
      ln d/a d/c
      truncate -s 1G d/sparse
      """, in: directory)
    let result = try directory.examine("rootfs:root")
    #expect(result.messages == [])
    #expect(
      result.listing == [
        "d/", "d/a 3", "d/b 3", "d/c 3", "d/pipe", "d/pipe.pyc", "d/sparse 1073741824", "etc/", "etc/passwd 24",
        "out -> ../outside", "root/", "root/.cache/", "root/.cache/pip/", "root/.cache/pip/http-v2/",
        "root/.cache/pip/http-v2/f 5", "slash -> /",
      ])
    let image = try #require(result.images.first)
    #expect(image.facts.kind == .rootFileSystem && image.facts.image == nil)
    #expect(image.facts.union.totals.shipped.bytes == 3 + 24 + 5)
    #expect(image.facts.caches.shares.map(\.amount.bytes) == [5])
    #expect(image.users.users.map(\.number) == [7])
  }

  @Test("a directory that is too deep leaves the others") func depth() throws {
    let directory = try TemporaryDirectory()
    try directory.write("1", to: "root/a/b/c/d")
    try directory.write("2", to: "root/e/f")
    let result = try directory.examine("rootfs:root") { $0.limits.treeDepth = 2 }
    #expect(result.message.contains("root/a/b/c: lies more than 2 directories deep"))
    #expect(result.listing == ["a/", "a/b/", "a/b/c/", "e/", "e/f 1"])
  }

  @Test("bytecode beyond the limit is noted and not judged") func longBytecode() throws {
    let directory = try TemporaryDirectory()
    let header = littleEndian(MagicNumber(number: 3495).word) + [UInt8](repeating: 0, count: 12)
    // The bytes of a function, which are longer than what is read at once.
    let body =
      [UInt8(ascii: "c")] + [UInt8](repeating: 0, count: 20) + [UInt8(ascii: "s")] + littleEndian(UInt32(900_000))
      + [UInt8](repeating: 0, count: 900_000)
    try directory.write(header + body, to: "root/x.pyc")
    let result = try directory.examine("rootfs:root") { $0.limits.bytecodeSize = 1000 }
    let image = try #require(result.images.first)
    let item = try #require(image.facts.union.merged.item(at: "x.pyc"))
    #expect(image.scan(of: item)?.header == header)
    #expect(image.scan(of: item)?.body == nil)
    #expect(result.layerNotes.contains { $0.contains("1000 bytes, the limit") })
    let whole = try #require(try directory.examine("rootfs:root").images.first)
    #expect(whole.scan(of: item)?.body != nil)
  }

  @Test("a target that is not there, or is a file") func missing() throws {
    let directory = try TemporaryDirectory()
    try directory.write("", to: "file")
    #expect(try directory.examine("rootfs:none").message.contains("no such file or directory"))
    #expect(try directory.examine("rootfs:file").message.contains("it is a file, not a directory"))
    #expect(try directory.examine("layer:none").message.contains("no such file"))
    #expect(try directory.examine("dir:file").images.isEmpty)
  }

  @Test("the layers of overlay2, with its whiteouts", .enabled(if: geteuid() == 0, "whiteouts are made by root"))
  func overlay() throws {
    let directory = try TemporaryDirectory()
    try shell(
      """
      mkdir -p s/l s/low/diff/d s/mid/diff s/top/diff/d
      ln -s ../low/diff s/l/LOW; ln -s ../mid/diff s/l/MID; ln -s ../top/diff s/l/TOP
      for n in low:LOW mid:MID top:TOP; do printf ${n#*:} > s/${n%:*}/link; done
      printf l/LOW > s/mid/lower
      printf l/MID:l/LOW > s/top/lower
      printf 1 > s/low/diff/a; printf 22 > s/low/diff/b; printf 333 > s/low/diff/d/x
      mknod s/mid/diff/a c 0 0
      cp -p s/low/diff/b s/mid/diff/b; chmod 600 s/mid/diff/b
      printf 55555 > s/top/diff/d/y
      """, in: directory)
    let result = try directory.examine("rootfs:s/top")
    #expect(result.messages == [])
    #expect(result.listing == ["b 2", "d/", "d/x 3", "d/y 5"])
    let facts = try #require(result.images.first?.facts)
    #expect(facts.layers.count == 3)
    let charges = facts.union.charges.map { "\($0.writer) \($0.end ?? -1) \($0.fate) \($0.amount.bytes)" }
    #expect(charges.sorted() == ["0 -1 live 3", "0 1 deleted 1", "0 1 metadataOnly 2", "1 -1 live 2", "2 -1 live 5"])
    #expect(try directory.examine("rootfs:s/low").listing == ["a 1", "b 2", "d/", "d/x 3"])

    if try run(["setfattr", "-n", "trusted.overlay.opaque", "-v", "y", "s/top/diff/d"], in: directory.path).status == 0
    {
      #expect(try directory.examine("rootfs:s/top").listing == ["b 2", "d/", "d/y 5"])
    }
  }

  @Test("a lower layer that leads elsewhere", arguments: ["l/../../x", "x", "l/NONE", "l/OUT"])
  func badLower(name: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(name, to: "s/top/lower")
    try directory.write("1", to: "s/top/diff/a")
    try shell("mkdir s/l; ln -s ../../../etc/diff s/l/OUT", in: directory)
    let result = try directory.examine("rootfs:s/top")
    #expect(result.images.isEmpty && result.message.contains("leads to no layer"), "\(result.message)")
  }
}
