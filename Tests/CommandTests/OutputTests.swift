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

  /// Files that every command has something to say of.
  private static let files = ExitCodeTests.committed.merging([
    "Dockerfile": "FROM python:3.12\nRUN pip install flask\n", ".gitignore": "__pycache__/\n*.py[cod]\nx\nx\n",
  ]) { $1 }

  private static let commands = [
    ["check"], ["check", "--format", "json"], ["check", "--fix"], ["check", "missing"], ["facts"], ["fix"],
    ["fix", "--diff"], ["turn", "off", "pip", "--diff"], ["why", "x"], ["explain", "CP101"], ["rules"],
    ["caches", "--format", "json"], ["policy", "show"], ["policy", "schema"], ["policy", "init"], ["policy", "check"],
    ["policy", "test"], ["--version"], ["--help"],
  ]

  /// Runs the program with its standard output at a place that takes nothing.
  private func runWithoutOutput(_ arguments: [String], _ output: String) throws -> ProcessResult {
    let sandbox = try CommandSandbox(Self.files)
    return try run(
      ["sh", "-c", "exec \"$@\" \(output)", "sh", try builtProgram("cachepolicy")] + arguments, in: sandbox.path)
  }

  @Test("output that cannot be written ends with 3 and a message", arguments: commands)
  func full(arguments: [String]) throws {
    for output in [">/dev/full", ">&-"] {
      let result = try runWithoutOutput(arguments, output)
      #expect(result.status == 3, "\(result.all)")
      #expect(
        result.errorText.contains("cachepolicy: standard output cannot be written: "), "\(output) \(result.all)")
    }
  }

  @Test("a reader that has gone away is no failure", arguments: commands)
  func closedPipe(arguments: [String]) throws {
    let sandbox = try CommandSandbox(Self.files)
    let script = """
      import os, subprocess, sys
      read, write = os.pipe()
      os.close(read)
      sys.exit(subprocess.call(sys.argv[1:], stdout=write))
      """
    let expected = try sandbox.cachepolicy(arguments)
    let result = try run(
      ["python3", "-c", script, try builtProgram("cachepolicy")] + arguments, in: sandbox.path,
      environment: ["CI": "", "SOURCE_DATE_EPOCH": ""])
    #expect(result.status == expected.status && result.errors == expected.errors, "\(result.all) \(expected.all)")
  }
}
