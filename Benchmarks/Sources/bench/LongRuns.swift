/// A Dockerfile with one long RUN.
struct LongRun {
  /// How people call it.
  let name: String
  /// The file.
  let text: String

  /// A chain of the commands that Dockerfiles use, one on each continued line, of about `size` bytes.
  static func chain(_ name: String, size: Int) -> LongRun {
    var text = "FROM python:3.12-slim\nRUN set -e"
    var number = 0
    while text.utf8.count < size {
      number += 1
      switch number % 4 {
      case 0: text += " \\\n && pip install --no-cache-dir package\(number)==1.\(number)"
      case 1: text += " \\\n && apt-get update && apt-get install -y --no-install-recommends library\(number)"
      case 2: text += " \\\n && echo \"$VERSION \(number)\" >> /etc/versions"
      default: text += " \\\n && rm -rf /var/lib/apt/lists/*"
      }
    }
    return LongRun(name: name, text: text + "\n")
  }

  /// Very many commands that are as short as can be, a hundred on each continued line.
  static func short(_ name: String, commands: Int) -> LongRun {
    var text = "FROM python:3.12-slim\nRUN a"
    for number in 1..<commands { text += number % 100 == 0 ? " \\\n && a" : " && a" }
    return LongRun(name: name, text: text + "\n")
  }

  /// Writes the file into a directory of its own.
  func prepare(in folder: String) throws {
    let directory = "\(folder)/\(name)"
    try makeDirectories(directory)
    try write(text, "\(directory)/Dockerfile")
  }
}
