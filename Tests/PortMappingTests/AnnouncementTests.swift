import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `Devices are told` {
    /// What a device hears on a port: when, from where, and what.
    private struct Heard {
        var moment: ContinuousClock.Instant
        var source: Endpoint
        var bytes: [UInt8]
    }

    private func hear(
        _ count: Int, by wire: TestKit.Wire, in here: PortControlLab
    ) async throws -> [Heard] {
        var heard: [Heard] = []
        while heard.count < count, let got = try await here.next(wire), let source = got.source {
            heard.append(Heard(moment: .now, source: source, bytes: got.bytes))
        }
        return heard
    }

    /// In milliseconds.
    private func gaps(_ heard: [Heard]) -> [Int] {
        zip(heard, heard.dropFirst()).map { Int(($1.moment - $0.moment) / .milliseconds(1)) }
    }

    /// Whether they came a quarter of a second after the first, then twice as late, and so on.
    private func isGrowing(_ gaps: [Int]) -> Bool {
        var (passed, planned) = (0, 0)
        for (place, gap) in gaps.enumerated() {
            passed += gap
            planned += 250 << place
            // Whoever listens may hear the first late.
            guard passed >= planned * 6 / 10 else { return false }
        }
        return true
    }

    @Test func `that the server is there, with growing pauses`() async throws {
        try await PortControlLab.with { here in
            let wire = try await here.hearing()
            let v6 = try await here.hearing("::")
            let early = try await here.hearing(port: 5351)
            let own = try here.linkLocal()
            here.desk.with { state in
                state.now = state.since + 100
                state.network.links.append(
                    Link(interface: Sample.interface("br0"), address: own, prefixLength: 64))
            }
            await here.follow(["br0"])
            // Each time PCP and NAT-PMP.
            let heard = try await hear(8, by: wire, in: here)
            #expect(Set(heard.map(\.source)) == [Sample.endpoint("192.168.7.1", 5351)])
            let natPMP = heard.filter { $0.bytes.count == 12 }
            #expect(natPMP.allSatisfy { $0.bytes.suffix(4) == [203, 0, 113, 5] })
            #expect(natPMP.count == 4 && isGrowing(gaps(natPMP)), "\(gaps(natPMP))")
            let pcp = heard.filter { $0.bytes.count == 24 }
            let epochs = pcp.map { $0.bytes.number(at: 8) }
            #expect(epochs.count == 4 && epochs.first == 100 && epochs == epochs.sorted())
            #expect(epochs.last ?? 0 > 100)
            let overIPv6 = try await hear(8, by: v6, in: here)
            #expect(overIPv6.allSatisfy { $0.bytes.count == 24 } && overIPv6.count == 8)
            let sources = Set(overIPv6.map(\.source))
            #expect(sources == [Sample.endpoint("2001:db8:7::1", 5351), Endpoint(own, 5351)])
            let first = try await here.receive(early)
            #expect(first == natPMP.first?.bytes)
        }
    }

    @Test func `of another address, whatever was being said before`() async throws {
        try await PortControlLab.with(dialects: [.natPMP]) { here in
            let wire = try await here.hearing()
            await here.follow(["br0"])
            let before = try await hear(2, by: wire, in: here)
            #expect(before.map { $0.bytes.last } == [5, 5])
            let standing = here.desk.with { state in
                state.network.links[0].address = Sample.address("203.0.113.6")
                state.now = state.now + 10
                state.since = state.now
                return state.standing
            }
            await here.server.tell(.addressChanged, standing)
            let heard = try await hear(4, by: wire, in: here)
            #expect(heard.map { $0.bytes.last } == [6, 6, 6, 6])
            #expect(heard.first?.bytes.number(at: 4) == 0)
            #expect(isGrowing(gaps(heard)), "\(gaps(heard))")
        }
    }

    @Test func `of mappings that others changed, three times`() async throws {
        try await PortControlLab.with { here in
            await here.follow(["br0"])
            let wire = try await here.socket(on: here.lab.lan1)
            try wire.send(PortControlLab.map())
            let mapped = try #require(try await here.receive(wire))
            let forward = try #require(here.desk.with { $0.table.leases.first })
            await here.server.tell(.changed(forward, isGone: true), here.desk.standingNow)
            let heard = try await hear(3, by: wire, in: here)
            #expect(heard.count == 3 && heard.allSatisfy { $0.bytes.number(at: 4) == 0 })
            #expect(heard.allSatisfy { $0.bytes[24..<42] == mapped[24..<42] })
            #expect(isGrowing(gaps(heard)), "\(gaps(heard))")
            let standing = here.desk.with { state in
                state.network.links[0].address = Sample.address("203.0.113.6")
                return state.standing
            }
            await here.server.tell(.addressChanged, standing)
            let told = try #require(try await here.receive(wire))
            #expect(told.number(at: 4) == 7200 && told.suffix(4) == [203, 0, 113, 6])
        }
    }

    @Test func `of another address with the port that a router in front has given`() async throws {
        try await PortControlLab.with { here in
            await here.follow(["br0"])
            let wire = try await here.socket(on: here.lab.lan1)
            try wire.send(PortControlLab.map())
            let mapped = try #require(try await here.receive(wire))
            #expect(mapped.port(at: 42) == 20_000)
            let standing = here.desk.with { state in
                state.frontPort = 20_007
                return state.standing
            }
            await here.server.tell(.addressChanged, standing)
            let told = try #require(try await here.receive(wire))
            #expect(told.port(at: 40) == 20_000 && told.port(at: 42) == 20_007)
        }
    }
}
