import Addressing
import Forwarding
import Foundation
import Glibc
import LinuxKit
import Netfilter
import Netlink
import Synchronization

/// Measures what clients notice of `nft flush ruleset` on a gateway whose table the kernel does not
/// protect.
struct RestoreBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup

    static let sizes = [1000, 10_000]
    /// The daemon gives way at the fourth fight in ten minutes.
    private static let mostRounds = 3

    struct Figures {
        /// Milliseconds from the moment that the table was gone until it was complete again.
        var gap: [Double] = []
        var clients: [PacedLoad.Figures] = []
        /// Established flows that no longer work, of 64 each: silent during the gap, and those that sent
        /// something every ten milliseconds.
        var silentCut: [Double] = []
        var busyCut: [Double] = []
    }

    func run() throws -> [(size: Int, figures: Figures)] {
        try Self.sizes.map { (size: $0, figures: try measure($0)) }
    }

    private func measure(_ size: Int) throws -> Figures {
        say("restoring \(size.grouped) forwards")
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(lab.gateway.name)-\(size)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        cleanup.add { try? FileManager.default.removeItem(at: folder) }
        let config = folder.appending(path: "portcullis.toml")
        let text = "[kernel]\nowner = \"off\"\n" + (try Table.toml(size))
        try Data(text.utf8).write(to: config)
        let daemon = Daemon(
            lab.gateway, program: options.program, folder: folder,
            options: ["--config", config.path], cleanup)
        try daemon.start()
        defer { daemon.kill() }
        let eyes = try lab.gateway.inside { try TableEyes() }
        try eyes.await(size)
        let place = Place(Lab.external, Table.firstPort + UInt16(size - 1))
        var figures = Figures()
        for _ in 1...min(Self.mostRounds, options.isQuick ? 1 : options.rotations) {
            try flush(size, place, eyes, &figures)
        }
        return figures
    }

    private func flush(
        _ size: Int, _ place: Place, _ eyes: TableEyes, _ figures: inout Figures
    ) throws {
        let (silent, busy) = (try established(to: place), try established(to: place))
        defer { for flow in silent + busy { close(flow) } }
        let chatter = Chatter(busy)
        try chatter.start()
        let load = PacedLoad(to: place)
        try lab.client.inside { try load.start() }
        usleep(500_000)
        let command = ["ip", "netns", "exec", lab.gateway.name, "nft", "flush", "ruleset"]
        let nft = try Programs.start(command, output: FileHandle.nullDevice)
        let gap = try eyes.gap()
        nft.waitUntilExit()
        try eyes.await(size)
        figures.gap.append(gap)
        // Time for connections that were too slow.
        usleep(2_000_000)
        figures.clients.append(load.stop())
        chatter.stop()
        figures.silentCut.append(Double(silent.count { !Self.echoes($0) }))
        figures.busyCut.append(Double(busy.count { !Self.echoes($0) }))
    }

    private func established(to place: Place) throws -> [Int32] {
        let flows = try lab.client.inside {
            try (0..<64).map { _ throws(Failure) in try Sockets.connected(to: place) }
        }
        for flow in flows where !Self.echoes(flow) { throw Failure("no echo from \(place)") }
        return flows
    }

    private static func echoes(_ flow: Int32) -> Bool {
        let buffer = Buffer(1)
        return buffer.send(flow, 1) == 1 && buffer.receive(flow) == 1
    }
}

/// Sends a byte over each of some flows every ten milliseconds.
private final class Chatter: Sendable {
    private let flows: [Int32]
    private let state = Mutex((isStopped: false, isDone: false))

    init(_ flows: [Int32]) { self.flows = flows }

    func start() throws {
        try KernelThread.start { [self] in
            let buffer = Buffer(1)
            while state.withLock({ !$0.isStopped }) {
                for flow in flows { _ = buffer.send(flow, 1) }
                usleep(10_000)
            }
            state.withLock { $0.isDone = true }
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        while state.withLock({ !$0.isDone }) { usleep(1000) }
    }
}

/// Looks whether the gateway has its table.
private final class TableEyes {
    private var socket: NetlinkSocket
    private let engine: KernelEngine

    /// Opens sockets in the network namespace of the calling thread.
    init() throws {
        socket = try NetlinkSocket(.netfilter)
        engine = try KernelEngine(owned: false)
    }

    private func isThere() throws(KernelError) -> Bool {
        var found = false
        _ = try socket.dump(
            { sequence, writer in
                let header = MessageHeader(
                    type: NFTables.Operation.getTable.type, flags: [.request, .dump],
                    sequence: sequence)
                writer.message(header) { $0.fixed([NFTables.inet, 0, 0, 0]) }
            }, { found = found || $0.attributes(after: 4)[1]?.string == "portcullis" })
        return found
    }

    /// Milliseconds from the moment that the table is gone until it is there again: it comes back whole,
    /// in one transaction.
    func gap() throws -> Double {
        try wait { try !isThere() }
        return try milliseconds { try wait { try isThere() } }
    }

    /// Waits until so many forwards are in effect.
    func await(_ count: Int) throws { try wait { try engine.installed().count == count } }

    private func wait(_ condition: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(10)
        while try !condition() {
            guard ContinuousClock.now < end else { throw Failure("the table is not restored") }
            usleep(100)
        }
    }
}
