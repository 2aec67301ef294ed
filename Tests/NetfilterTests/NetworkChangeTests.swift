import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A network that changes` {
    static let me = "203.0.113.9"

    private func network(wan0: String?) -> NetworkView {
        var network = Sample.network
        network.links.removeAll { $0.interface.text == "wan0" && $0.address.family == .v4 }
        guard let wan0 else { return network }
        network.links.append(
            Link(
                interface: Sample.interface("wan0"), address: Sample.address(wan0),
                prefixLength: 24))
        return network
    }

    @Test func `a new WAN address needs only to be told and cuts no other flow`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let old = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: "203.0.113.5", 8443)
            let bystander = try await Caller.on(
                lab.internet, from: "192.0.2.9", port: 40001, to: "192.0.2.5", 8443)
            #expect(try old.reaches(server))
            #expect(try bystander.reaches(server))
            let number = try await lab.gateway.flowNumber(from: bystander.source)

            try lab.gateway.shell(
                """
                ip addr add 203.0.113.77/24 dev wan0
                ip addr del 203.0.113.5/24 dev wan0
                ip addr add 203.0.113.77/24 dev wan0 2>/dev/null || true
                ip route replace default via 203.0.113.9
                """)
            #expect(try engine.move(to: network(wan0: "203.0.113.77")).flowsEnded == 1)
            let new = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: "203.0.113.77", 8443)
            #expect(try new.reaches(server))
            #expect(try bystander.reaches(server))
            #expect(try await lab.gateway.flowNumber(from: bystander.source) == number)
            let inside = try await Caller.on(
                lab.lan2, from: "192.168.7.20", port: 40000, to: "203.0.113.77", 8443)
            #expect(try inside.reaches(server))
        }
    }

    @Test func `a forward on one interface follows its address by an edit`() async throws {
        try await Lab.with { lab in
            let scope = ExternalSide.Scope.interface(Sample.interface("wan0"))
            let draft = Sample.draft("voice", .udp, scope: scope)
            let engine = try await LabEngine.carrying(draft, on: lab)
            try lab.gateway.shell("ip addr add 203.0.113.77/24 dev wan0")
            engine.settings.network = network(wan0: "203.0.113.77")
            try engine.put(1, draft)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let new = try await Caller.on(
                lab.internet, from: Self.me, port: 40000, to: "203.0.113.77", 8443)
            #expect(try new.reaches(server))
            let old = Sample.endpoint("203.0.113.5", 8443)
            #expect(try await lab.internet.knock(.udp, at: old) != .answered)
            #expect(try server.receive(within: 0) == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a WAN interface that is deleted and made again needs no reload`(
        isTold: Bool
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft("voice", .udp), on: lab)
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let caller = try await Caller.on(
                lab.internet, from: "198.51.100.7", port: 40000, to: "203.0.113.5", 8443)
            let bystander = try await Caller.on(
                lab.internet, from: "192.0.2.9", port: 40001, to: "192.0.2.5", 8443)
            #expect(try caller.reaches(server))
            #expect(try bystander.reaches(server))
            let number = try await lab.gateway.flowNumber(from: caller.source)

            try lab.gateway.shell("ip link del wan0")
            if isTold { #expect(try engine.move(to: network(wan0: nil)).flowsEnded == 0) }
            #expect(try bystander.reaches(server))
            try lab.reconnectWAN0()
            if isTold { #expect(try engine.move(to: Sample.network).flowsEnded == 0) }
            #expect(try bystander.reaches(server))
            // The same address, so the flow goes on where it was.
            let back = try await Caller.on(
                lab.internet, from: Self.me, port: 40002, to: "203.0.113.5", 8443)
            #expect(try back.reaches(server))
            #expect(try caller.reaches(server))
            #expect(try await lab.gateway.flowNumber(from: caller.source) == number)
            // The guard knows it again, too.
            let straight = Sample.endpoint("192.168.7.10", 8443)
            #expect(try await lab.internet.knock(.udp, at: straight) == .silence)
            #expect(try engine.engine.traffic().guarded.packets > 0)
        }
    }

    @Test func `a new subnet inside is known to the hairpin`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcp, to: "10.7.0.10"), on: lab)
            try lab.gateway.shell("ip addr add 10.7.0.1/16 dev br0")
            try lab.lan1.shell("ip addr add 10.7.0.10/16 dev eth0")
            try lab.lan2.shell(
                "ip addr add 10.7.0.20/16 dev eth0; ip route change default via 10.7.0.1")
            var network = Sample.network
            // Wider first, then cut down: the subnet of the LAN lies in the one that goes again.
            for (address, length) in [("10.7.0.1", 8), ("10.7.0.1", 16)] {
                network.links.removeAll { $0.address == Sample.address(address) }
                network.links.append(
                    Link(
                        interface: Sample.interface("br0"), address: Sample.address(address),
                        prefixLength: length))
                try engine.move(to: network)
            }
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let visit = try await server.visit(
                .tcp, from: lab.lan2, source: Sample.endpoint("10.7.0.20", 0),
                to: Sample.endpoint("203.0.113.5", 8443))
            #expect(visit == .answered(seenAs: "203.0.113.5"))
        }
    }
}

extension Lab {
    /// Makes the deleted link between the gateway and the internet again.
    fileprivate func reconnectWAN0() throws {
        let (inner, outer) = (gateway.namespace, internet.namespace)
        try Command.shell(
            """
            ip link add wan0 netns \(inner) type veth peer name eth0 netns \(outer)
            ip -n \(inner) addr add 203.0.113.5/24 dev wan0
            ip -n \(inner) link set wan0 up
            ip -n \(outer) addr add 203.0.113.9/24 dev eth0
            ip -n \(outer) link set eth0 up
            ip -n \(inner) route replace default via 203.0.113.9
            ip -n \(outer) route replace 192.168.0.0/16 via 203.0.113.5
            """)
    }
}
