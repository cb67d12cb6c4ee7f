import TestSupport
import Testing

@Suite("Where output goes")
struct OutputTests {
  /// A sandbox with a layer that has a long path in it.
  private func sandbox() throws -> CommandSandbox {
    let sandbox = try CommandSandbox(isRepository: false)
    var writer = TarWriter()
    writer.add(
      "usr/lib/python3.12/site-packages/torch/lib/libtorch_cpu.so", content: [UInt8](repeating: 1, count: 5000))
    try sandbox.directory.write(writer.finished, to: "layer.tar")
    return sandbox
  }

  /// Runs the program with a terminal of so many columns as its standard output, and prints what it shows.
  private static let terminal = """
    import fcntl, os, pty, struct, subprocess, sys, termios
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    process = subprocess.Popen(sys.argv[2:], stdout=child)
    os.close(child)
    try:
        while part := os.read(parent, 4096):
            sys.stdout.buffer.write(part)
    except OSError:
        pass
    sys.exit(process.wait())
    """

  @Test("tables fit the terminal, and are whole without one")
  func width() throws {
    let sandbox = try sandbox()
    let program = try builtProgram("cachepolicy")
    func shown(_ columns: Int) throws -> String {
      let result = try run(
        ["python3", "-c", Self.terminal, "\(columns)", program, "check", "--color", "never", "layer:layer.tar"],
        in: sandbox.path)
      #expect(result.status == 0, "\(result.all)")
      return result.text
    }
    let path = "/usr/lib/python3.12/site-packages/torch/lib/libtorch_cpu.so"
    #expect(try sandbox.cachepolicy("check", "layer:layer.tar").text.contains(path))
    #expect(try shown(120).contains(path))
    let narrow = try shown(60)
    #expect(narrow.contains("…") && narrow.contains("/libtorch_cpu.so\r\n") && !narrow.contains(path), "\(narrow)")
  }

  @Test("a report for the file `-` goes to standard output")
  func dash() throws {
    let sandbox = try sandbox()
    let result = try sandbox.cachepolicy("check", "layer:layer.tar", "--format", "json=-", "--format", "html=page")
    #expect(result.status == 0 && result.text.hasPrefix("{"), "\(result.all)")
    #expect(sandbox.allPaths() == ["layer.tar", "page"])
    let twice = try sandbox.cachepolicy("check", "layer:layer.tar", "--format", "json=-", "--format", "human")
    #expect(twice.status == 2 && twice.errorText.contains("only one --format"), "\(twice.all)")
  }
}
