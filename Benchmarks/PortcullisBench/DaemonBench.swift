import Addressing
import Forwarding
import Foundation
import Glibc
import LinuxKit

/// Measures the program itself, with 60,000 forwards of a file.
struct DaemonBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup

    struct Figures {
        var apply = 0.0
        var restart: [Double] = []
        /// Mebibytes: after loading, at the most, and after a restart.
        var memory = 0.0
        var peak = 0.0
        var restarted = 0.0
        var idle = 0.0
        var add: [Double] = []
    }

    func run() throws -> Figures {
        var figures = Figures()
        guard FileManager.default.isExecutableFile(atPath: options.program) else {
            throw Failure("\(options.program) is not there; build it, or name one by --program")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: lab.gateway.name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        cleanup.add { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "forwards.toml")
        try Data(Self.toml(EngineBench.size).utf8).write(to: file)
        let daemon = Daemon(lab.gateway, program: options.program, folder: folder, cleanup)

        say("the daemon: start, and \(EngineBench.size.grouped) forwards of a file")
        try daemon.start()
        figures.idle = try daemon.mebibytes("VmRSS")
        figures.apply = try milliseconds { try daemon.tell("apply", file.path) }
        // Freed memory goes back every ten seconds.
        usleep(12_000_000)
        figures.memory = try daemon.mebibytes("VmRSS")
        figures.peak = try daemon.mebibytes("VmHWM")
        say("the daemon: adding by the command line")
        for number in 1...(options.isQuick ? 3 : 20) {
            let port = 62_000 + number
            figures.add.append(
                try milliseconds { try daemon.tell("add", "\(port)/tcp", "192.168.7.250:80") })
        }
        for round in 1...(options.isQuick ? 1 : 3) {
            say("the daemon: restart \(round)")
            daemon.kill()
            figures.restart.append(try milliseconds { try daemon.start() })
        }
        figures.restarted = try daemon.mebibytes("VmRSS")
        daemon.kill()
        return figures
    }

    private static func toml(_ count: Int) throws(Failure) -> String {
        var text = ""
        for number in 1...count {
            let draft = try Table.draft(number)
            text += """
                [[forward]]
                name = "\(draft.name)"
                external = "\(draft.external.ports)/\(draft.transports)"
                to = "\(draft.target)"


                """
        }
        return text
    }
}

/// The program at the gateway of the lab.
private final class Daemon {
    private let namespace: Namespace
    private let program: String
    private let folder: URL
    private var process: Process?
    private let running = Running()

    init(_ namespace: Namespace, program: String, folder: URL, _ cleanup: Cleanup) {
        self.namespace = namespace
        self.program = program
        self.folder = folder
        cleanup.add { [running] in running.kill() }
    }

    private var socket: String { folder.appending(path: "control.sock").path }
    private var log: URL { folder.appending(path: "log") }

    /// Starts it and waits until it answers.
    func start() throws {
        try Data().write(to: log)
        let process = try Programs.start(
            [
                "ip", "netns", "exec", namespace.name, program, "run", "--wan", "wan0",
                "--state", folder.appending(path: "state").path, "--socket", socket,
            ], output: try FileHandle(forWritingTo: log))
        self.process = process
        running.take(process)
        for _ in 0..<60_000 {
            if UnixSocket.isAnswered(socket) { return }
            guard process.isRunning else { break }
            usleep(500)
        }
        throw Failure("the daemon does not answer: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// Ends it without a word.
    func kill() {
        running.kill()
        process?.waitUntilExit()
    }

    func tell(_ arguments: String...) throws {
        try Programs.run([program] + arguments + ["--socket", socket])
    }

    /// A figure of its status (`proc(5)`).
    func mebibytes(_ name: String) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(running.id)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Double($0) })
        else { throw Failure("the daemon's status has no \(name)") }
        return kilobytes / 1024
    }
}
