import Addressing
import Forwarding
import Synchronization
import TestKit
import Testing

@testable import Relay

/// Who and how many may use a relayed forward.
@Suite struct `A relayed forward's bounds` {
    @Test func `keep a connection too many in the kernel's queue until another ends`()
        async throws
    {
        try await RelayLab.with(Sample.draft(limits: Limits(connections: 2))) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let first = try await relay.pair(listener)
            let second = try await relay.pair(listener)
            let third = try await relay.client()
            try third.send([3])
            #expect(try await relay.lab.lan1.run { try listener.accept(within: 300) == nil })
            #expect(try relay.engine.flows(of: nil).count == 2)
            try first.client.shutDown()
            try first.server.shutDown()
            let server = try #require(try await relay.lab.lan1.run { try listener.accept() })
            #expect(try server.wire.receive() == [3])
            _ = second
        }
    }

    @Test func `let new connections in at the pace that was set`() async throws {
        let limits = Limits(rate: ConnectionRate(5, per: .second))
        try await RelayLab.with(Sample.draft(limits: limits)) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            var clients: [Wire] = []
            for _ in 0..<12 { clients.append(try await relay.client()) }
            let start = ContinuousClock.now
            let served = try await relay.lab.lan1.run {
                try (0..<12).map { _ in try listener.accept(within: 4000) != nil }
            }
            #expect(served.allSatisfy { $0 })
            // Five may come at once, as with the kernel's token bucket; the other seven take 1.4 s.
            #expect(.milliseconds(900)..<(.milliseconds(3500)) ~= ContinuousClock.now - start)
            _ = clients
        }
    }

    @Test func `of descriptors neither kill a listener nor keep a processor busy`() async throws {
        let settings = RelaySettings(threads: 1, descriptors: 64)
        try await RelayLab.with(Sample.draft(), settings: settings) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            var clients: [Wire] = []
            for _ in 0..<200 { clients.append(try await relay.client()) }
            let isFull = try await eventually {
                try relay.reports(.resources)[0].resources.streams >= 30
            }
            #expect(isFull)
            let served = try await relay.lab.lan1.run {
                var served: [Wire] = []
                while let next = try listener.accept(within: 300) { served.append(next.wire) }
                return served
            }
            #expect(30...32 ~= served.count)
            let resources = try relay.reports(.resources)[0].resources
            #expect(resources.descriptors <= 64)
            #expect(resources.shortages > 0)
            let threads = try RelayThread.all(of: relay.lab.gateway)
            #expect(!threads.isEmpty)
            let before = threads.map(\.nanoseconds)
            #expect(try await relay.lab.lan1.run { try listener.accept(within: 2000) == nil })
            let spent = zip(threads, before).map { $0.nanoseconds - $1 }.reduce(0, +)
            #expect(spent < 100_000_000, "\(spent) ns of processor time in 2 s")
            for place in 0..<10 {
                try clients[place].reset()
                try served[place].reset()
            }
            #expect(try await relay.lab.lan1.run { try listener.accept(within: 1000) != nil })
            clients = []
        }
    }

    @Test func `let sources in by the lists, and those inside by the hairpin`() async throws {
        let (near, far) = (Sample.prefix("203.0.113.0/24"), Sample.prefix("198.51.100.0/24"))
        try await RelayLab.with(
            Sample.draft("near", ports: 8001, SourcePolicy(allowed: [near])),
            Sample.draft("not-far", ports: 8002, SourcePolicy(denied: [far])),
            Sample.draft("no-hairpin", ports: 8003, .anywhere, hairpin: false)
        ) { relay in
            let listeners = try await [8001, 8002, 8003].mapLater {
                try await Wire.listening(.tcp, on: relay.lab.lan1, $0)
            }
            func isServed(_ host: Host, _ source: String, _ place: Int) async throws -> Bool {
                let client = try await Wire.connected(
                    on: host, from: Sample.endpoint(source, 0),
                    to: RelayLab.wan(8001 + UInt16(place)), within: 1000)
                guard client != nil else { return false }
                return try await relay.lab.lan1.run {
                    try listeners[place].accept(within: 300) != nil
                }
            }
            let (internet, lan2) = (relay.lab.internet, relay.lab.lan2)
            #expect(try await isServed(internet, "203.0.113.9", 0))
            #expect(try await !isServed(internet, "198.51.100.7", 0))
            #expect(try await isServed(internet, "203.0.113.9", 1))
            #expect(try await !isServed(internet, "198.51.100.7", 1))
            #expect(try await isServed(internet, "198.51.100.7", 2))
            #expect(try relay.traffic(of: 1).denied == 1)
            #expect(try relay.traffic(of: 2).denied == 1)
            // The allow-list is about the outside; inside, the hairpin decides.
            #expect(try await isServed(lan2, "192.168.7.20", 0))
            #expect(try await isServed(lan2, "192.168.7.20", 1))
            #expect(try await !isServed(lan2, "192.168.7.20", 2))
        }
    }

    @Test(arguments: [TransportProtocol.tcp, .udp])
    func `let peers in from their port, and while they are named`(
        transport: TransportProtocol
    ) async throws {
        func draft(_ ports: UInt16..., v6: Bool = false) -> ForwardDraft {
            let peer = v6 ? "2001:db8:ff::9" : "203.0.113.9"
            return Sample.draft(
                v6 ? "six" : "four", .tcpAndUDP, to: v6 ? "2001:db8:7::10" : "192.168.7.10",
                sources: SourcePolicy(peers: ports.map { Sample.peer(peer, $0) }), nat6: v6)
        }
        try await RelayLab.with(draft(5060, 5061), draft(5060, 5061, v6: true)) { relay in
            let server = try await Wire.listening(transport, on: relay.lab.lan1, 8443)
            let ways = [("203.0.113.9", "203.0.113.5"), ("2001:db8:ff::9", "2001:db8:ff::5")]
            let inside = Mutex<[Wire]>([])
            var kept: [Wire] = []
            for (client, external) in ways {
                for port in [5060, 5061, 5062] as [UInt16] {
                    let (from, to) = (
                        Sample.endpoint(client, port), Sample.endpoint(external, 8443)
                    )
                    let wire: Wire?
                    if transport == .udp {
                        wire = try await Wire.udp(on: relay.lab.internet, from: from, to: to)
                    } else {
                        wire = try await Wire.connected(
                            on: relay.lab.internet, from: from, to: to, within: 1000)
                    }
                    let isServed = try await relay.lab.lan1.run {
                        guard let wire else { return false }
                        try? wire.send([1])
                        if transport == .udp { return try server.receive(within: 300) == [1] }
                        guard let accepted = try server.next(within: 300) else { return false }
                        inside.withLock { $0.append(accepted) }
                        return true
                    }
                    #expect(isServed == (port != 5062), "\(from)")
                    wire.map { kept.append($0) }
                }
            }
            #expect(try relay.traffic(of: 1).denied == 1)
            #expect(try relay.traffic(of: 2).denied == 1)
            let report = try await relay.put((1, draft(5061)), (2, draft(5061, v6: true)))
            #expect(report.flowsEnded == 2)
            let left = try relay.engine.flows(of: nil)
            #expect(left.allSatisfy { $0.client.port == 5061 })
            withExtendedLifetime(kept) {}
        }
    }

    @Test func `leave nothing behind after thousands of flows, ended in every way`() async throws {
        let settings = RelaySettings(threads: 2)
        try await RelayLab.with(Sample.draft(), settings: settings) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let count = 2000
            async let served: Void = relay.lab.lan1.run {
                for number in 0..<count {
                    guard let server = try listener.next() else { return }
                    try? server.send([1])
                    // Half of them are broken off by either side, the others end in order.
                    if number % 4 == 1 { try? server.reset() }
                }
            }
            let wan = RelayLab.wan()
            for number in 0..<count {
                // Nil when the server has broken off already.
                let client = try await Wire.connected(on: relay.lab.internet, to: wan)
                if number % 4 == 2 { try client?.reset() }
            }
            try await served
            #expect(try await relay.isEmpty())
            #expect(try relay.traffic().flows == UInt64(count))
            // The kernel spreads them over the loops.
            #expect(try relay.reports(.counters).allSatisfy { $0.counters[0].counters.flows > 500 })
        }
    }
}

extension Sample {
    fileprivate static func draft(
        _ name: String, ports: UInt16, _ sources: SourcePolicy, hairpin: Bool = true
    ) -> ForwardDraft {
        draft(name, .tcp, Self.ports(ports), sources: sources, hairpin: hairpin)
    }
}

extension Sequence {
    /// One after the other.
    func mapLater<Result>(_ make: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await make(element)) }
        return results
    }
}
