import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `What no forward names` {
    static let both: [TransportProtocol] = [.tcp, .udp]
    static let lanHosts = ["192.168.7.10", "2001:db8:7::10"]
    static let wanAddresses = ["203.0.113.5", "2001:db8:ff::5"]

    @Test(arguments: both, wanAddresses)
    func `a closed port says nothing to the outside`(
        transport: TransportProtocol, address: String
    ) async throws {
        try await Lab.with { lab in
            // What is expected to be caught is there without us.
            let closed = Sample.endpoint(address, 9)
            #expect(try await lab.internet.knock(transport, at: closed) == .refused)
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            #expect(try await lab.internet.knock(transport, at: closed) == .silence)
            // It is another matter inside.
            let inner = Sample.endpoint(address.contains(":") ? "2001:db8:7::1" : "192.168.7.1", 9)
            #expect(try await lab.lan1.knock(transport, at: inner) == .refused)
            engine.settings.guarded = false
            try engine.put([])
            #expect(try await lab.internet.knock(transport, at: closed) == .refused)
        }
    }

    @Test(arguments: both, wanAddresses)
    func `a program of the gateway that listens to the outside is answered`(
        transport: TransportProtocol, address: String
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let own = try await Wire.listening(transport, on: lab.gateway, 2222)
            let visit = try await own.visit(
                transport, from: lab.internet, to: Sample.endpoint(address, 2222))
            #expect(visit?.isAnswered == true)
            #expect(try engine.engine.traffic().guarded == Volume())
        }
    }

    @Test func `a program that closes with data unread resets its connection`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let own = try await Wire.listening(.tcp, on: lab.gateway, 2222)
            let client = try #require(
                try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint("203.0.113.5", 2222)))
            try client.send([1, 2, 3])
            do {
                let accepted = try #require(try own.accept())
                // Unread, so that closing is a reset.
                #expect(try await eventually { try lab.hasUnread(on: 2222) })
                _ = accepted.wire
            }
            #expect(
                await eventually {
                    do {
                        try client.send([4])
                        return false
                    } catch { return true }
                })
            #expect(try engine.engine.installed().count == 1)
        }
    }

    @Test(arguments: both, lanHosts)
    func `a packet routed straight at a LAN host is dropped and counted`(
        transport: TransportProtocol, address: String
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let server = try await Wire.listening(transport, on: lab.lan1, 7000)
            let straight = Sample.endpoint(address, 7000)
            #expect(try await lab.internet.knock(transport, at: straight) == .silence)
            #expect(try server.receive(within: 0) == nil)
            let dropped = try engine.engine.traffic().guarded
            #expect(dropped.packets > 0)
            #expect(dropped.bytes >= 28 * dropped.packets)

            engine.settings.guarded = false
            try engine.put([])
            let visit = try await server.visit(transport, from: lab.internet, to: straight)
            #expect(visit?.isAnswered == true)

            engine.settings.guarded = true
            try engine.put([])
            #expect(try await lab.internet.knock(transport, at: straight) == .silence)
            #expect(try engine.engine.traffic().guarded.packets > dropped.packets)
        }
    }

    @Test(arguments: both)
    func `from inside all goes on as before`(transport: TransportProtocol) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            let outside = try await Wire.listening(transport, on: lab.internet, 7000)
            let out = try await outside.visit(
                transport, from: lab.lan1, to: Sample.endpoint("203.0.113.9", 7000))
            #expect(out == .answered(seenAs: "192.168.7.10"))
            let inside = try await Wire.listening(transport, on: lab.lan1, 7000)
            let across = try await inside.visit(
                transport, from: lab.guest, to: Sample.endpoint("192.168.7.10", 7000))
            #expect(across == .answered(seenAs: "192.168.9.30"))
            #expect(try engine.engine.traffic() == TrafficReport())
        }
    }

    @Test(arguments: both)
    func `packets between two WANs are guarded, and back out of the same one are not`(
        transport: TransportProtocol
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.internet.shell(
                """
                ip route add 10.1.0.0/16 via 203.0.113.5
                ip route add 10.2.0.0/16 via 203.0.113.5
                """)
            try lab.gateway.shell(
                """
                ip route add 10.1.0.0/16 via 192.0.2.9
                ip route add 10.2.0.0/16 via 203.0.113.9
                """)
            _ = try await lab.internet.knock(transport, at: Sample.endpoint("10.2.0.1", 7000))
            #expect(try engine.engine.traffic().guarded == Volume())
            _ = try await lab.internet.knock(transport, at: Sample.endpoint("10.1.0.1", 7000))
            #expect(try engine.engine.traffic().guarded.packets > 0)
        }
    }
}

extension Lab {
    /// Whether a connection of the gateway's has bytes that nobody has read.
    fileprivate func hasUnread(on port: Int) throws -> Bool {
        let sockets = try gateway.shell("ss -Htn state established sport = :\(port)")
        return sockets.split(separator: "\n").contains { $0.split(separator: " ").first != "0" }
    }
}
