import Addressing
import Forwarding
import Glibc
import TestKit
import Testing

@testable import Relay

/// What a change of forwards does to what is open.
@Suite struct `A change of relayed forwards` {
    @Test func `ends exactly the flows that it makes stale`() async throws {
        let other = Sample.draft("other", .tcp, Sample.ports(9000))
        try await RelayLab.with(Sample.draft(), other) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let beside = try await Wire.listening(.tcp, on: relay.lab.lan1, 9000)
            let moved = try await Wire.listening(.tcp, on: relay.lab.lan2, 8443)
            let stale = try await [0, 1].mapLater { _ in try await relay.pair(listener) }
            let kept = try await relay.pair(beside, 9000)
            let after = Sample.draft(to: "192.168.7.20")
            let edit = ActiveEdit(
                before: relay.carried[Sample.id(1)], after: relay.active(1, after))
            let settings = Sample.settings()
            #expect(
                try relay.engine.cost(of: [edit], settings)
                    == [Sample.id(1): FlowCost(connections: 2)])
            #expect(try await relay.put((1, after)).flowsEnded == 2)
            for pair in stale {
                #expect(await waits { pair.client.isBroken() && pair.server.isBroken() })
            }
            try kept.client.send([1])
            #expect(try kept.server.receive() == [1])
            let anew = try await relay.pair(moved)
            try anew.server.send([2])
            #expect(try anew.client.receive() == [2])
            // Narrower lists end only those that they would not let in.
            let narrow = SourcePolicy(denied: [Sample.prefix("203.0.113.9/32")])
            let report = try await relay.put(
                (2, Sample.draft("other", .tcp, Sample.ports(9000), sources: narrow)))
            #expect(report.flowsEnded == 1)
            #expect(try relay.endings.prefix(3) == ["KD", "KD", "KD"])
        }
    }

    @Test func `leads a connection that is being made to the new target`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            try relay.lab.lan1.silence()
            let moved = try await Wire.listening(.tcp, on: relay.lab.lan2, 8443)
            let client = try await relay.client()
            try client.send([7])
            #expect(try await eventually { try relay.engine.flows(of: nil).count == 1 })
            _ = try await relay.put((1, Sample.draft(to: "192.168.7.20")))
            let server = try #require(try await relay.lab.lan2.run { try moved.accept() })
            #expect(try server.wire.receive() == [7])
        }
    }

    @Test func `closes the ports of a forward that is gone, and opens them again`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            _ = try await relay.pair(listener)
            try await relay.put((1, nil))
            let refused = try await eventually {
                try await Wire.connected(on: relay.lab.internet, to: RelayLab.wan()) == nil
            }
            #expect(refused)
            #expect(try await relay.isEmpty())
            try await relay.put((1, Sample.draft()))
            _ = try await relay.pair(listener)
        }
    }

    @Test func `is refused whole when another program has one of the ports`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let holder = try await Wire.listening(.tcp, on: relay.lab.gateway, 9001)
            let before = try relay.engine.installed()
            let refusal = await #expect(throws: EngineError.self) {
                try await relay.put(
                    (1, Sample.draft(to: "192.168.7.20")),
                    (2, Sample.draft("range", .tcp, Sample.ports(9000, 9002))))
            }
            // The WAN has two addresses, and either may be tried first.
            let taken = ["192.0.2.5", "203.0.113.5"].map {
                EngineError.relayRefused(Sample.id(2), .place("\($0):9001/tcp", .taken))
            }
            #expect(refusal.map(taken.contains) ?? false)
            #expect(try relay.engine.installed() == before)
            for port: UInt16 in [9000, 9002] {
                #expect(
                    try await Wire.connected(on: relay.lab.internet, to: RelayLab.wan(port)) == nil
                )
            }
            // The first forward leads where it led.
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            _ = try await relay.pair(listener)
            _ = holder
        }
    }

    @Test func `of bounds moves a forward to one loop, and it serves on`() async throws {
        try await RelayLab.with(Sample.draft(), settings: RelaySettings(threads: 2)) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let before = try await relay.pair(listener)
            try await relay.put((1, Sample.draft(limits: Limits(connections: 3))))
            for _ in 0..<5 {
                let pair = try await relay.pair(listener)
                try pair.client.send([1])
                #expect(try pair.server.receive() == [1])
            }
            try before.client.send([2])
            #expect(try before.server.receive() == [2])
            try await relay.put((1, Sample.draft()))
            for _ in 0..<5 { _ = try await relay.pair(listener) }
        }
    }
}
