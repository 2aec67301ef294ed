import Addressing
import Forwarding
import TestKit
import Testing

/// A mapping goes both ways (RFC 6886 section 3.9).
@Suite struct `What leaves from a mapped port` {
    private static let near = Sample.endpoint("203.0.113.9", 5000)
    private static let far = Sample.endpoint("198.51.100.7", 5000)
    private static let external = Sample.endpoint("203.0.113.5", 40001)

    private static func draft(
        _ transports: Transports = .tcpAndUDP, ends: EndTime = .never
    ) -> ForwardDraft {
        Sample.draft(
            "game", transports, Sample.ports(40001, 40003), targetPorts: Sample.ports(3074, 3076),
            ends: ends)
    }

    private static func carrying(_ draft: ForwardDraft, on lab: Lab) async throws -> LabEngine {
        let engine = try await LabEngine.open(on: lab)
        engine.settings.now = .present
        try engine.carry(keeping(engine, draft))
        return engine
    }

    private static func keeping(_ engine: LabEngine, _ draft: ForwardDraft) -> [ActiveForward] {
        engine.numbered([draft]).map { forward in
            var forward = forward
            forward.keepsPort = true
            return forward
        }
    }

    /// As whom a machine is seen at another, whose answer gets back.
    private func seen(
        _ host: Host, from address: String, _ port: UInt16, at other: Host, _ place: Endpoint
    ) async throws -> Endpoint? {
        let server = try await Wire.listening(.udp, on: other, place.port)
        let wire = try await Wire.udp(on: host, from: Sample.endpoint(address, port), to: place)
        try wire.send([1])
        guard let source = try server.receiveWithSource(within: 2000)?.source else { return nil }
        // From the very address that was asked, of several.
        try await Wire.udp(on: other, from: place, to: source).send([2])
        #expect(try wire.receive() == [2])
        return source
    }

    @Test func `has the external port, whoever it is sent to; another port has not`() async throws {
        try await Lab.with { lab in
            let engine = try await Self.carrying(Self.draft(), on: lab)
            let device = "192.168.7.10"
            for place in [Self.near, Self.far] {
                #expect(
                    try await seen(lab.lan1, from: device, 3074, at: lab.internet, place)
                        == Self.external)
            }
            #expect(
                try await seen(lab.lan1, from: device, 3076, at: lab.internet, Self.near)
                    == Sample.endpoint("203.0.113.5", 40003))
            // By the other WAN it is the address of that one.
            let second = Sample.endpoint("192.0.2.9", 5000)
            #expect(
                try await seen(lab.lan1, from: device, 3074, at: lab.internet, second)
                    == Sample.endpoint("192.0.2.5", 40001))
            let others: [(Host, String, UInt16)] = [
                (lab.lan1, device, 3077), (lab.lan2, "192.168.7.20", 3074),
            ]
            for (host, address, port) in others {
                #expect(
                    try await seen(host, from: address, port, at: lab.internet, Self.near)
                        == Sample.endpoint(address, port))
            }
            // Inside nothing is translated, and no forward's flow is counted anywhere.
            let inside = Sample.endpoint("192.168.9.30", 5000)
            #expect(
                try await seen(lab.lan1, from: device, 3074, at: lab.guest, inside)
                    == Sample.endpoint(device, 3074))
            #expect(try engine.traffic(of: 1) == Traffic())
        }
    }

    @Test func `is none of what another forward has`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            let abroad = try #require(
                engine.active(2, Sample.draft("a", .udp, Sample.ports(6000), to: "203.0.113.9")))
            try engine.carry(Self.keeping(engine, Self.draft()) + [abroad])
            let server = try await Wire.listening(.udp, on: lab.internet, 6000)
            let device = Sample.endpoint("192.168.7.10", 3074)
            let wire = try await Wire.udp(
                on: lab.lan1, from: device, to: Sample.endpoint("203.0.113.5", 6000))
            try wire.send([1])
            #expect(try server.receiveWithSource()?.source == device)
        }
    }

    @Test func `and what comes in there are one and the same place`() async throws {
        try await Lab.with { lab in
            let engine = try await Self.carrying(Self.draft(), on: lab)
            let server = try await Wire.listening(.udp, on: lab.internet, 5000)
            let device = Sample.endpoint("192.168.7.10", 3074)
            let wire = try await Wire.udp(on: lab.lan1, from: device, to: Self.near)
            try wire.send([1])
            let source = try #require(try server.receiveWithSource()?.source)
            #expect(source == Self.external)
            // A stranger reaches it there, although the device has sent nothing to him.
            let stranger = try await Wire.udp(
                on: lab.internet, from: Sample.endpoint("198.51.100.7", 7000), to: source)
            try stranger.send([3])
            #expect(
                try await eventually { try engine.traffic(of: 1).flows == 1 })
            let flow = try #require(try engine.engine.flows(of: nil).first)
            #expect(flow.target == device)
        }
    }

    @Test func `goes before what else masquerades, over TCP too`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                nft 'add table ip nat
                add chain ip nat post { type nat hook postrouting priority 100; }
                add rule ip nat post oifname wan0 masquerade random'
                """)
            let engine = try await Self.carrying(Self.draft(.tcp), on: lab)
            let listener = try await Wire.listening(.tcp, on: lab.internet, 5000)
            let device = Sample.endpoint("192.168.7.10", 3075)
            for place in [Self.near, Self.far] {
                let wire = try #require(
                    try await Wire.connected(on: lab.lan1, from: device, to: place))
                let client = try #require(try listener.accept()).client
                #expect(client == Sample.endpoint("203.0.113.5", 40002))
                withExtendedLifetime(wire) {}
            }
            // UDP has no mapping here.
            let other = try await seen(
                lab.lan1, from: "192.168.7.10", 3075, at: lab.internet, Self.near)
            #expect(other?.address == Self.external.address && other?.port != 40002)
            withExtendedLifetime(engine) {}
        }
    }

    /// Of many changes at once all flows are looked through, of few those of the device.
    @Test(arguments: [0, 5])
    func `ends with the forward: nobody gets in by it, and it leaves as any other`(
        others: Int
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            engine.settings.now = .present
            let drafts = (0..<others).map { place in
                Sample.draft("other-\(place)", .udp, Sample.ports(50_000 + UInt16(place)))
            }
            let forwards = engine.numbered([Self.draft(ends: .at(.present + 3600))] + drafts)
                .map { forward in
                    var forward = forward
                    forward.keepsPort = forward.id == ForwardID(1)
                    return forward
                }
            try engine.carry(forwards)
            let server = try await Wire.listening(.udp, on: lab.internet, Self.near.port)
            let bystander = try await Wire.listening(.udp, on: lab.internet, 5001)
            let device = Sample.endpoint("192.168.7.10", 3074)
            let wire = try await Wire.udp(on: lab.lan1, from: device, to: Self.near)
            let other = try await Wire.udp(
                on: lab.lan1, from: Sample.endpoint("192.168.7.10", 3999),
                to: Sample.endpoint("203.0.113.9", 5001))
            try wire.send([1])
            try other.send([1])
            #expect(try server.receiveWithSource()?.source == Self.external)
            _ = try bystander.receiveWithSource()
            let peer = try await Wire.udp(on: lab.internet, from: Self.near, to: Self.external)
            try peer.send([2])
            #expect(try wire.receive() == [2])

            let report = try engine.engine.apply(
                .edits(forwards.map { ActiveEdit(before: $0, after: nil) }, engine.settings))
            // Its own, and no other that the device has begun.
            #expect(report.flowsEnded == 1)
            try peer.send([3])
            #expect(try wire.receive(within: 500) == nil)
            try wire.send([4])
            // The same flow from now on; the socket that is connected to the port hears nothing of it.
            #expect(try server.receiveWithSource()?.source == device)
        }
    }

    @Test func `goes on where the lease does`() async throws {
        try await Lab.with { lab in
            let forwards = [Self.draft(ends: .at(.present + 60)), Self.draft(ends: .never)]
            let engine = try await LabEngine.open(on: lab)
            engine.settings.now = .present
            let kept = forwards.map { Self.keeping(engine, $0)[0] }
            try engine.carry([kept[0]])
            let server = try await Wire.listening(.udp, on: lab.internet, Self.near.port)
            let wire = try await Wire.udp(
                on: lab.lan1, from: Sample.endpoint("192.168.7.10", 3074), to: Self.near)
            try wire.send([1])
            #expect(try server.receiveWithSource()?.source == Self.external)
            let report = try engine.engine.apply(
                .edits([ActiveEdit(before: kept[0], after: kept[1])], engine.settings))
            #expect(report.flowsEnded == 0)
            try wire.send([2])
            #expect(try server.receiveWithSource()?.source == Self.external)
        }
    }

    @Test func `leaves as any other once the lease is over, although no engine runs`() async throws
    {
        try await Lab.with { lab in
            let start = Timestamp.present
            var engine: LabEngine? = try await Self.carrying(
                Self.draft(.udp, ends: .at(start + 8)), on: lab)
            #expect(try engine?.engine.installed().count == 1)
            engine = nil
            try await lab.gateway.untilNobodyOwnsTables()
            #expect(
                try await seen(lab.lan1, from: "192.168.7.10", 3074, at: lab.internet, Self.near)
                    == Self.external)
            let own = Sample.endpoint("192.168.7.10", 3074)
            // Each time to somebody else: a flow that lives keeps its port.
            var last = UInt16(6000)
            let isOver = try await eventually(within: 300) {
                last += 1
                let place = Sample.endpoint("198.51.100.7", last)
                return try await seen(lab.lan1, from: "192.168.7.10", 3074, at: lab.internet, place)
                    == own
            }
            #expect(isOver)
            #expect(Timestamp.present >= start + 7)
        }
    }

    @Test func `is found as it was by the next engine, and goes with the forward`() async throws {
        try await Lab.with { lab in
            let draft = Self.draft(ends: .at(.present + 3600))
            var first: LabEngine? = try await Self.carrying(draft, on: lab)
            #expect(try first?.engine.installed().count == 1)
            first = nil
            try await lab.gateway.untilNobodyOwnsTables()
            let second = try await LabEngine.open(on: lab)
            second.settings.now = .present
            let forwards = Self.keeping(second, draft)
            #expect(try second.carry(forwards) == ApplyReport(adopted: 1, foundIntact: true))

            // Renewed, with another target port, and at last without.
            let map = "nft list map inet portcullis leave4"
            let longer = Self.keeping(second, Self.draft(ends: .at(.present + 7200)))
            let moved = Self.keeping(
                second, Sample.draft("game", .udp, Sample.ports(40001), ends: .at(.present + 60)))
            for (before, after) in [(forwards[0], longer[0]), (longer[0], moved[0])] {
                _ = try second.engine.apply(
                    .edits([ActiveEdit(before: before, after: after)], second.settings))
            }
            let listed = try lab.gateway.shell(map)
            #expect(listed.contains("192.168.7.10 . udp . 40001"))
            #expect(!listed.contains("3074"))
            _ = try second.engine.apply(
                .edits([ActiveEdit(before: moved[0], after: nil)], second.settings))
            #expect(try !lab.gateway.shell(map).contains("elements"))
        }
    }
}
