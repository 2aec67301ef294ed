import Foundation
import Glibc
import LinuxKit

/// The program at the gateway of the lab.
final class Daemon {
    private let namespace: Namespace
    private let program: String
    private let folder: URL
    private let options: [String]
    private let environment: [String]
    private var process: Process?
    private let running = Running()

    init(
        _ namespace: Namespace, program: String, folder: URL, options: [String] = [],
        environment: [String] = [], _ cleanup: Cleanup
    ) {
        self.options = options
        self.environment = environment
        self.namespace = namespace
        self.program = program
        self.folder = folder
        cleanup.add { [running] in running.kill() }
    }

    var processes: ProcessTree { running.tree }

    private var socket: String { folder.appending(path: "control.sock").path }
    private var log: URL { folder.appending(path: "log") }

    /// Starts it and waits until it answers.
    func start() throws {
        try Data().write(to: log)
        let process = try Programs.start(
            [
                "ip", "netns", "exec", namespace.name, "env",
            ] + environment + [
                program, "run", "--wan", "wan0", "--state", folder.appending(path: "state").path,
                "--socket", socket,
            ] + options, output: try FileHandle(forWritingTo: log))
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

    /// Ends it politely, so that it takes away what it has put into the kernel.
    func stop() {
        process?.terminate()
        for _ in 0..<10_000 where process?.isRunning == true { usleep(1000) }
        kill()
    }

    func tell(_ arguments: String...) throws {
        try Programs.run([program] + arguments + ["--socket", socket])
    }

    /// What it prints.
    func hear(_ arguments: String...) throws -> String {
        try Programs.run([program] + arguments + ["--socket", socket])
    }

    /// A figure of its status (`proc(5)`).
    func mebibytes(_ name: String) throws -> Double {
        let text = try String(
            contentsOfFile: "/proc/\(process?.processIdentifier ?? 0)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Double($0) })
        else { throw Failure("the daemon's status has no \(name)") }
        return kilobytes / 1024
    }
}
