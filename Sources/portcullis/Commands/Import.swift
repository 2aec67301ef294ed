import ArgumentParser
import Forwarding
import FoundationEssentials
import Importing

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads what another program forwards, and writes it as TOML.",
        discussion: """
            Every line that could not be carried over stands in a comment with the reason. \
            Nothing is changed: look at the file, then say "portcullis plan".

            EXAMPLES
              iptables-save | portcullis import --output forwards.toml
              portcullis import /etc/config/firewall --from openwrt
              docker ps | portcullis import --from docker --docker-host 192.168.7.10
            """)

    @Argument(
        help: "The file; standard input where it is absent or \"-\".",
        completion: .file())
    var file: String = "-"
    @Option(
        help: ArgumentHelp(
            "What it is written in: \(ImportFormat.names). Without it the text itself tells.",
            valueName: "format"))
    var from: ImportFormat?
    @Option(
        help: ArgumentHelp("Write to a file that is not there yet.", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var output: String?
    @Flag(help: "Write over the output file if it is there.") var force = false
    @Option(
        help: ArgumentHelp(
            "The machine that Docker runs on, which has the published ports.",
            valueName: "address"))
    var dockerHost: String?

    func validate() throws {
        if let dockerHost, ForwardSpelling.host(dockerHost) == nil {
            throw ValidationError("--docker-host \(dockerHost) is no address and no host name.")
        }
        if force, output == nil {
            throw ValidationError("--force is for --output; say which file.")
        }
    }

    func run() throws {
        let text = try read()
        guard text.contains(where: { !$0.isWhitespace }) else { throw nothing }
        let format = try from ?? detected(text)
        let host = dockerHost.flatMap(ForwardSpelling.host)
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let imported = format.read(text, ImportOptions(dockerHost: host, now: now))
        guard !imported.forwards.isEmpty || !imported.remarks.isEmpty else {
            throw nothing
        }
        try write(ImportedTOML.text(imported, from: source, format))
        Console.error(ImportedTOML.summary(imported))
    }

    private var isStandardInput: Bool { file == "-" }
    private var source: String { isStandardInput ? "standard input" : file }

    /// The largest file that is read, in bytes.
    private static let largest = 32 * 1024 * 1024

    private func read() throws -> String {
        let data: Data
        if isStandardInput { return try readStandardInput() }
        do { data = try Data(contentsOf: URL(filePath: file)) } catch {
            throw Failure("\(source) cannot be read; check the path and its permissions")
        }
        guard data.count <= Self.largest else { throw tooLong }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(source) is not UTF-8")
        }
        return text
    }

    /// Line by line: a pipe has no length.
    private func readStandardInput() throws -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) {
            text += line
            guard text.utf8.count <= Self.largest else { throw tooLong }
        }
        // What was no UTF-8 comes as the replacement character.
        guard !text.unicodeScalars.contains("\u{fffd}") else {
            throw Failure("\(source) is not UTF-8")
        }
        return text
    }

    private var nothing: Failure {
        Failure("\(source) says nothing that could be carried over")
    }

    private var tooLong: Failure {
        Failure("\(source) is longer than 32 MiB; take the part that forwards ports")
    }

    private func detected(_ text: String) throws -> ImportFormat {
        guard let format = ImportFormat.detect(text) else {
            throw Failure(
                "what \(source) is written in cannot be told; say --from with one of "
                    + ImportFormat.names)
        }
        return format
    }

    private func write(_ text: String) throws {
        guard let output else { return print(text, terminator: "") }
        let isThere = FileManager.default.fileExists(atPath: output)
        guard force || !isThere else {
            throw Failure("\(output) is there already; choose another file, or say --force")
        }
        let options: Data.WritingOptions = force ? .atomic : .withoutOverwriting
        do { try Data(text.utf8).write(to: URL(filePath: output), options: options) } catch {
            throw Failure("\(output) cannot be written; check the path and its permissions")
        }
    }
}

extension ImportFormat: ExpressibleByArgument {
    /// All of them, as the command line takes them.
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
