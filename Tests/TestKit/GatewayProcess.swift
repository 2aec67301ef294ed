package import Foundation

/// The real program, running on the gateway of a lab.
package final class GatewayProcess: @unchecked Sendable {
    // SAFETY: one test uses it, one call after the other; `process` is only replaced by `start`.
    private var process: Process?
    /// One that has handed over and goes on with its connections.
    private var former: [Process] = []
    private let user: User
    private let host: Host
    private let folder: URL
    private let options: [String]

    /// The program that was built with these tests.
    package static var binary: String {
        if let named = Environment["PORTCULLIS_BINARY"] { return named }
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "portcullis").path
    }

    /// Starts a gateway whose WAN is `wan0`, and waits until it answers.
    package init(
        on host: Host, options: [String] = ["--wan", "wan0"], config: String? = nil,
        as user: User = .root
    ) async throws {
        self.host = host
        self.user = user
        folder = FileManager.default.temporaryDirectory
            .appending(path: "portcullis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if user == .nobody { try Command.shell("chown 65534:65534 \(folder.path)") }
        if let config {
            let file = folder.appending(path: "portcullis.toml")
            try Data(config.utf8).write(to: file)
            self.options = options + ["--config", file.path]
        } else {
            self.options = options
        }
        try await start()
    }

    /// As whom a gateway runs.
    package enum User: Sendable {
        case root
        /// An ordinary user, without any right of root's.
        case nobody

        /// What is put in front of a program to run it as this user.
        package var launcher: [String] {
            switch self {
            case .root: []
            case .nobody:
                [
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                    "--inh-caps=-all", "--bounding-set=-all",
                ]
            }
        }
    }

    deinit {
        kill()
        for process in former where process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    package var state: URL { folder.appending(path: "state") }
    package var configuration: URL { folder.appending(path: "portcullis.toml") }
    package var socket: String { folder.appending(path: "control.sock").path }
    private var logFile: URL { folder.appending(path: "log") }

    /// All that the daemon has written so far, over its restarts.
    package var log: String {
        (try? Data(contentsOf: logFile)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    package struct NotReady: Error, CustomStringConvertible {
        package var description: String
    }

    /// Has another process take the place of the one that runs, and waits until it answers.
    package func takeOver() async throws {
        if let process { former.append(process) }
        let before = log.count(of: "ready at")
        try await start(waiting: false, more: ["--take-over"])
        let isReady = try await eventually(within: 300) {
            try !isRunning || log.count(of: "ready at") > before && cli("status").succeeded
        }
        guard isReady, isRunning else { throw NotReady(description: log) }
    }

    /// How many of those that have handed over are still there.
    package var formerCount: Int { former.count { $0.isRunning } }

    package func start(waiting: Bool = true, more: [String] = []) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["ip", "netns", "exec", host.namespace] + user.launcher
            + [Self.binary, "run", "--state", state.path, "--socket", socket] + options + more
        if !FileManager.default.fileExists(atPath: logFile.path) { try Data().write(to: logFile) }
        let log = try FileHandle(forWritingTo: logFile)
        try log.seekToEnd()
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        guard waiting else { return }
        let isReady = try await eventually(within: 300) {
            try !process.isRunning || cli("status").succeeded
        }
        guard isReady, process.isRunning else { throw NotReady(description: self.log) }
    }

    package var isRunning: Bool { process?.isRunning ?? false }
    package var id: Int32 { process?.processIdentifier ?? 0 }

    /// Ends it without a word (SIGKILL).
    package func kill() {
        guard let process, process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to end (SIGTERM), and waits.
    ///
    /// - Returns: its exit code.
    @discardableResult
    package func terminate() -> Int32 {
        guard let process else { return -1 }
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    package func signal(_ number: Int32) { Foundation.kill(id, number) }

    /// Waits for the end of a process that ends by itself.
    package func waitForEnd() -> Int32 {
        process?.waitUntilExit()
        return process?.terminationStatus ?? -1
    }

    /// Runs the command line against it.
    @discardableResult
    package func cli(_ arguments: String...) throws -> Command.Result {
        try cli(arguments)
    }

    @discardableResult
    package func cli(_ arguments: [String], input: String? = nil) throws -> Command.Result {
        try Command.run(
            [Self.binary] + arguments, input: input, environment: ["PORTCULLIS_SOCKET": socket])
    }

    /// Runs the command line, which has to succeed.
    @discardableResult
    package func done(_ arguments: String...) throws -> String {
        let result = try cli(arguments)
        guard result.succeeded else {
            throw Command.Failure(description: "\(arguments): \(result.errors)\(result.output)")
        }
        return result.output
    }

    /// The answer of a reading command.
    package func json<Answer: Decodable>(_ arguments: [String], as type: Answer.Type) throws
        -> Answer
    {
        let result = try cli(arguments + ["-o", "json"])
        guard result.succeeded else { throw Command.Failure(description: result.errors) }
        return try JSONDecoder().decode(type, from: Data(result.output.utf8))
    }

    /// A file beside the state, for the command line to read.
    package func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
