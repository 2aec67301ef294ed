import Foundation
import Glibc

/// What is measured by itself: it would slow what is timed, or needs the forwarder fresh.
extension RelayBench {
    static let manyPorts = 10_000
    /// The least that "many connections" can mean.
    private static let manyConnections = 10_000

    func measureOnce(
        _ figure: RelayFigure, of forwarder: Forwarder, into results: inout Results
    ) throws {
        var figures = results.figures[forwarder] ?? RelayFigures()
        var counter = results.counter
        defer {
            results.figures[forwarder] = figures
            results.counter = counter
        }
        if figure == .ports { return try ports(of: forwarder, &figures) }
        if figure == .events { return try events(of: forwarder, &figures) }
        try forwarder.inForce(in: lab, options, cleanup) { inForce in
            guard let place = inForce.places.first, let processes = inForce.processes else {
                return
            }
            if figure == .calls {
                counter = try calls(place, processes, &figures)
            } else {
                try idle(place, processes, of: forwarder, &figures)
            }
        }
    }

    private func calls(
        _ place: Place, _ processes: ProcessTree, _ figures: inout RelayFigures
    ) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(lab.gateway.name)-calls")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let eyes = SystemCalls(processes: processes, namespace: lab.gateway, folder: folder)
        var connections = 0
        let (calls, counter) = try eyes.count {
            try lab.client.inside {
                var load = try ConnectionLoad(to: place, closing: .orderly)
                _ = try load.carry(seconds: min(1, options.seconds))
                try load.finish()
                connections = load.done
            }
            // The server's end closes behind the client's.
            usleep(200_000)
        }
        figures.add(Double(calls) / Double(connections), to: .calls)
        return counter.rawValue
    }

    /// Holds connections that say nothing, each of which has carried a byte before.
    private func idle(
        _ place: Place, _ processes: ProcessTree, of forwarder: Forwarder,
        _ figures: inout RelayFigures
    ) throws {
        func connect(_ count: Int) throws -> [Int32] {
            try lab.client.inside {
                try (0..<count).map { _ throws(Failure) in
                    let socket = try Sockets.connected(to: place)
                    guard Self.echoes(socket) else { throw Failure("\(place): no echo") }
                    return socket
                }
            }
        }
        // What grows with the first connections stays.
        for socket in try connect(100) { close(socket) }
        usleep(500_000)
        let before = processes.privateBytes
        var held = try connect(Self.connections(for: forwarder))
        usleep(500_000)
        figures.add((processes.privateBytes - before) / Double(held.count), to: .idle)
        say("idle: \(held.count.grouped) connections held")
        held += try connect(1)
        defer { for socket in held { close(socket) } }
        let cut = stride(from: 0, to: held.count, by: 97).count { !Self.echoes(held[$0]) }
        guard cut == 0 else { throw Failure("\(cut) of the connections held do not work any more") }
    }

    /// Both ends of each are in this process, and the forwarder has two sockets for each.
    private static func connections(for forwarder: Forwarder) -> Int {
        // A process for each.
        if forwarder == .socat { return 500 }
        return min(manyConnections, (Descriptors.limit - 1000) / 2)
    }

    private static func echoes(_ socket: Int32) -> Bool {
        let buffer = Buffer(1)
        return buffer.send(socket, 1) == 1 && buffer.receive(socket) == 1
    }

    private func ports(of forwarder: Forwarder, _ figures: inout RelayFigures) throws {
        func measure(_ ports: Int, _ body: (ForwarderInForce) throws -> Void) throws -> Double {
            var memory = 0.0
            try forwarder.inForce(in: lab, options, cleanup, ports: ports) { inForce in
                // Our daemon gives freed memory back every ten seconds.
                usleep(forwarder.isOurs ? 12_000_000 : 1_000_000)
                memory = (inForce.processes?.privateBytes ?? 0) / Double(1 << 20)
                try body(inForce)
            }
            return memory
        }
        let less = try measure(forwarder.isOurs ? 0 : 1) { _ in }
        var took = 0.0
        let memory = try measure(Self.manyPorts) { inForce in
            took = inForce.took
            try lab.client.inside {
                let closed = inForce.places.count { !Sockets.isAccepting($0) }
                guard closed == 0 else { throw Failure("\(closed) ports take no connection") }
            }
        }
        figures.add(took, to: .portsStart)
        figures.add(memory, to: .portsMemory)
        figures.add(memory - less, to: .portsMore)
        guard case .relay = forwarder else { return }
        if let apply = try RelayApply.milliseconds(ports: Self.manyPorts, at: lab.gateway) {
            figures.add(apply, to: .portsApply)
        }
    }
}

extension Forwarder {
    fileprivate var isOurs: Bool {
        switch self {
        case .kernel, .relay: true
        case .none, .haproxy, .nginx, .socat: false
        }
    }
}
