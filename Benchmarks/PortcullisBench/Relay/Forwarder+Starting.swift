import Foundation
import Glibc

/// A forwarder that is in force.
struct ForwarderInForce {
    /// Where the server is reached.
    let places: [Place]
    /// Nothing for plain routing.
    let processes: ProcessTree?
    /// Milliseconds from its start until its last port took connections.
    let took: Double
}

extension Forwarder {
    /// Starts it at the gateway, hands it to `body` when it carries, and ends it.
    ///
    /// - Parameter environment: of our own daemon, as `NAME=value`.
    /// - Parameter ports: none is for our own daemon only, and for streams; with more than one, all are
    ///   for streams only.
    func inForce(
        in lab: Lab, _ options: Options, _ cleanup: Cleanup, ports: Int = 1,
        environment: [String] = [], _ body: (ForwarderInForce) throws -> Void
    ) throws {
        if case .none = self {
            let places = [Candidate.routingPlace]
            return try body(ForwarderInForce(places: places, processes: nil, took: 0))
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(lab.gateway.name)-\(shortName)-\(ports)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let remove: @Sendable () -> Void = { try? FileManager.default.removeItem(at: folder) }
        cleanup.add(remove)
        defer { remove() }
        let settings = ForwarderSettings(ports: ports, folder: folder)
        let begun = ContinuousClock.now
        let running = try self.start(settings, lab, options, cleanup, environment)
        defer { running.end() }
        let places = settings.places
        if let last = places.last { try Self.wait(for: last, from: lab.client, running) }
        let took = (ContinuousClock.now - begun).seconds * 1000
        try body(ForwarderInForce(places: places, processes: running.processes, took: took))
    }

    /// What was started, and how it is ended.
    private struct Started {
        let processes: ProcessTree
        let end: () -> Void
    }

    private func start(
        _ settings: ForwarderSettings, _ lab: Lab, _ options: Options, _ cleanup: Cleanup,
        _ environment: [String]
    ) throws -> Started {
        let file = settings.folder.appending(path: "settings")
        func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
        switch self {
        case .none: throw Failure("plain routing needs no program")
        case .kernel, .relay:
            var (threads, engine) = (Int?.none, [String]())
            if case .relay(let count) = self { (threads, engine) = (count, ["--engine", "relay"]) }
            try write(settings.portcullis(threads: threads))
            let daemon = Daemon(
                lab.gateway, program: options.program, folder: settings.folder,
                options: engine + ["--config", file.path], environment: environment, cleanup)
            try daemon.start()
            return Started(processes: daemon.processes) { daemon.stop() }
        case .haproxy(let threads):
            try write(settings.haproxy(threads: threads))
            return try launch([["haproxy", "-db", "-f", file.path]], settings, lab, cleanup)
        case .nginx(let workers):
            try write(settings.nginx(workers: workers))
            let log = settings.folder.appending(path: "errors").path
            let command = ["nginx", "-p", settings.folder.path, "-e", log, "-c", file.path]
            return try launch([command], settings, lab, cleanup)
        case .socat: return try launch(settings.socat, settings, lab, cleanup)
        }
    }

    private func launch(
        _ commands: [[String]], _ settings: ForwarderSettings, _ lab: Lab, _ cleanup: Cleanup
    ) throws -> Started {
        let log = settings.folder.appending(path: "log")
        try Data().write(to: log)
        let running = Running()
        cleanup.add { running.kill() }
        let output = try FileHandle(forWritingTo: log)
        for command in commands {
            running.take(
                try Programs.start(
                    ["ip", "netns", "exec", lab.gateway.name] + command, output: output))
        }
        return Started(processes: running.tree) { running.kill() }
    }

    /// Forwarders listen in the order of their settings, or at all ports at once: the last one tells.
    private static func wait(for place: Place, from client: Namespace, _ started: Started) throws {
        let patience = ContinuousClock.now + .seconds(60)
        try client.inside {
            while !Sockets.isAccepting(place) {
                guard !started.processes.members.isEmpty, ContinuousClock.now < patience else {
                    throw Failure("nobody listens on \(place)")
                }
                usleep(1000)
            }
        }
    }
}
