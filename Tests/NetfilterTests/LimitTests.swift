import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Limits in the kernel` {
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    private func carrying(
        _ limits: Limits, on lab: Lab, _ transports: Transports = .tcp
    ) async throws -> LabEngine {
        try await LabEngine.carrying(
            Sample.draft("nas", transports, limits: limits), on: lab)
    }

    /// Connects from one address; nil when nothing came back.
    private func connect(_ lab: Lab, from source: String? = nil) async throws -> Wire? {
        try await Wire.connected(
            on: lab.internet, from: source.map { Sample.endpoint($0, 0) }, to: outside, within: 400)
    }

    @Test func `connections at a time, in all: the third waits until one is gone`() async throws {
        try await Lab.with { lab in
            let engine = try await carrying(Limits(connections: 2), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            var wires = [try await connect(lab), try await connect(lab)]
            #expect(wires.allSatisfy { $0 != nil })
            #expect(try await connect(lab, from: "198.51.100.7") == nil)
            #expect(try engine.traffic(of: 1).limited > 0)
            #expect(try engine.traffic(of: 1).flows == 2)
            wires = []
            try lab.gateway.shell("conntrack -D -p tcp >/dev/null 2>&1")
            #expect(try await connect(lab) != nil)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `connections at a time of one source do not bound another`() async throws {
        try await Lab.with { lab in
            let engine = try await carrying(Limits(connectionsPerSource: 1), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let first = try await connect(lab, from: "203.0.113.9")
            #expect(first != nil)
            #expect(try await connect(lab, from: "203.0.113.9") == nil)
            let other = try await connect(lab, from: "198.51.100.7")
            #expect(other != nil)
            #expect(try engine.traffic(of: 1).limited > 0)
            withExtendedLifetime((server, first, other)) {}
        }
    }

    @Test func `a source of IPv6 is its network: another address of the /64 is the same`()
        async throws
    {
        try await Lab.with { lab in
            try lab.internet.shell("ip addr add 2001:db8:51::8/128 dev lo nodad")
            try lab.internet.shell("ip addr add 2001:db8:52::8/128 dev lo nodad")
            let engine = try await LabEngine.carrying(
                Sample.draft(to: "2001:db8:7::10", limits: Limits(connectionsPerSource: 1)),
                on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            func connect(_ source: String, within limit: Int32 = 400) async throws -> Wire? {
                try await Wire.connected(
                    on: lab.internet, from: Sample.endpoint(source, 0),
                    to: Sample.endpoint("2001:db8:7::10", 8443), within: limit)
            }
            // The neighbours have to find each other first.
            let first = try await connect("2001:db8:51::7", within: 3000)
            #expect(first != nil)
            #expect(try await connect("2001:db8:51::8") == nil)
            let other = try await connect("2001:db8:52::8", within: 3000)
            #expect(other != nil)
            #expect(try engine.traffic(of: 1).limited > 0)
            withExtendedLifetime((server, first, other)) {}
        }
    }

    @Test(arguments: [true, false])
    func `new connections in a stretch of time: more are dropped and counted`(
        perSource: Bool
    ) async throws {
        try await Lab.with { lab in
            let rate = ConnectionRate(3, per: .hour)
            let engine = try await carrying(
                perSource ? Limits(ratePerSource: rate) : Limits(rate: rate), on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            var answered = 0
            for _ in 1...5 where try await connect(lab, from: "203.0.113.9") != nil {
                answered += 1
            }
            #expect(answered == 3)
            #expect(try engine.traffic(of: 1).limited >= 2)
            let other = try await connect(lab, from: "198.51.100.7")
            #expect((other != nil) == perSource)
            withExtendedLifetime((server, other)) {}
        }
    }

    @Test func `a month's bytes: what goes beyond is dropped both ways, until the count is new`()
        async throws
    {
        try await Lab.with { lab in
            let draft = Sample.draft("nas", .udp, limits: Limits(monthly: 1_000_000))
            let engine = try await LabEngine.open(on: lab)
            var active = try #require(engine.active(1, draft))
            active.used = 999_000
            try engine.carry([active])
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(on: lab.internet, to: outside)
            func arrives() throws -> Bool {
                try client.send([UInt8](repeating: 7, count: 400))
                return try server.receive(within: 300) != nil
            }
            #expect(try arrives())
            #expect(try arrives())
            #expect(try !arrives())
            #expect(try engine.traffic(of: 1).limited > 0)

            // The same table again changes nothing, and the kernel's own count goes on.
            #expect(try engine.engine.apply(.everything([active], engine.settings)).foundIntact)
            #expect(try !arrives())

            var anew = active
            anew.used = 0
            _ = try engine.engine.apply(
                .edits([ActiveEdit(before: active, after: anew)], engine.settings))
            #expect(try arrives())
        }
    }

    @Test func `bandwidth: a burst beyond a second's bytes is cut`() async throws {
        try await Lab.with { lab in
            // 80 kbit: a bucket of 10,000 bytes and 64 KiB, of which 10,000 come anew each second.
            let engine = try await carrying(Limits(bandwidth: 80_000), on: lab, .udp)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(on: lab.internet, to: outside)
            for _ in 1...200 { try client.send([UInt8](repeating: 7, count: 1000)) }
            var arrived = 0
            while try server.receive(within: 200) != nil { arrived += 1 }
            #expect((60...120).contains(arrived), "\(arrived) of 200 arrived")
            #expect(try engine.traffic(of: 1).limited >= 80)
            withExtendedLifetime(engine) {}
        }
    }

    /// Connection tracking calls a flow new until it is answered.
    @Test func `of a flow that nobody answers only the first packet is held against a rate`()
        async throws
    {
        try await Lab.with { lab in
            let rate = ConnectionRate(2, per: .hour)
            let engine = try await carrying(
                Limits(connections: 2, rate: rate, ratePerSource: rate), on: lab, .udp)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(on: lab.internet, to: outside)
            for byte in 1...20 as ClosedRange<UInt8> {
                try client.send([byte])
                #expect(try server.receive() == [byte])
            }
            #expect(try engine.traffic(of: 1).flows == 1)
            #expect(try engine.traffic(of: 1).limited == 0)
        }
    }

    @Test func `a change that is about something else leaves the month's count as it is`()
        async throws
    {
        try await Lab.with { lab in
            let draft = Sample.draft("nas", .udp, limits: Limits(monthly: 1_000_000))
            let engine = try await LabEngine.carrying(draft, on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(on: lab.internet, to: outside)
            try client.send([UInt8](repeating: 7, count: 1000))
            #expect(try server.receive() != nil)
            var narrow = draft
            narrow.sources = SourcePolicy(allowed: [Sample.prefix("203.0.113.0/24")])
            try engine.put(1, narrow)
            #expect(try engine.engine.traffic().budgets[Sample.id(1)] ?? 0 > 1000)
        }
    }

    /// 65,535 is the most that such a set takes.
    @Test func `a source for which there is no room is kept out, not let by`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab, owned: false)
            let draft = Sample.draft("nas", limits: Limits(connectionsPerSource: 5))
            try engine.carry(engine.numbered([draft]))
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let known = try await connect(lab, from: "203.0.113.9")
            #expect(known != nil)
            let sets = try lab.gateway.shell("nft list sets inet")
            let name = try #require(sets.firstMatch(of: #/set (flows4_[0-9a-f]+)/#)?.1)
            let strangers = (0..<65_534).map { "0x100 . 10.0.\($0 >> 8).\($0 & 255)" }
            try lab.gateway.load(
                nft: "add element inet portcullis \(name) { \(strangers.joined(separator: ",")) }")
            #expect(try await connect(lab, from: "198.51.100.7") == nil)
            #expect(try engine.traffic(of: 1).limited > 0)
            let again = try await connect(lab, from: "203.0.113.9")
            #expect(again != nil)
            withExtendedLifetime((server, known, again)) {}
        }
    }

    @Test func `forwards with the same limits share a chain and are counted apart`() async throws {
        try await Lab.with { lab in
            let limits = Limits(connectionsPerSource: 1)
            let engine = try await LabEngine.carrying(
                Sample.draft("one", .tcp, Sample.ports(1001), limits: limits),
                Sample.draft("two", .tcp, Sample.ports(1002), limits: limits), on: lab)
            var servers: [Wire] = []
            for port in [1001, 1002] as [UInt16] {
                servers.append(try await Wire.listening(.tcp, on: lab.lan1, port))
            }
            let flows = try await [
                Wire.connected(on: lab.internet, to: Sample.endpoint("203.0.113.5", 1001)),
                Wire.connected(on: lab.internet, to: Sample.endpoint("203.0.113.5", 1002)),
            ]
            #expect(flows.allSatisfy { $0 != nil })
            let chains = try lab.gateway.shell("nft list chains inet")
            #expect(chains.split(separator: "\n").count { $0.contains("chain cap_") } == 1)
            withExtendedLifetime((engine, servers)) {}
        }
    }

    @Test func `other limits make another chain, and what is unchanged is not counted anew`()
        async throws
    {
        try await Lab.with { lab in
            let draft = Sample.draft("nas", limits: Limits(connections: 1))
            let engine = try await LabEngine.carrying(draft, on: lab)
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let first = try await connect(lab)
            #expect(first != nil)
            // Adopting the table keeps the count.
            try engine.carry(engine.numbered([draft]))
            #expect(try await connect(lab) == nil)
            try engine.put(1, Sample.draft("nas", limits: Limits(connections: 5)))
            let second = try await connect(lab)
            #expect(second != nil)
            try engine.put(1, Sample.draft("nas"))
            let chains = try lab.gateway.shell("nft list chains inet")
            #expect(!chains.contains("cap_") && !chains.contains("metered"))
            withExtendedLifetime((server, first, second)) {}
        }
    }
}
