import Addressing
import Foundation
import TestKit
import Testing

/// P9 of the pains: with several WANs, replies leave by the wrong gateway.
///
/// Each provider drops what does not come from an address of its own, as providers do (BCP 38), so a
/// client gets an answer only when it leaves by the right WAN.
@Suite struct `Several WANs` {
    struct Case: CustomTestStringConvertible {
        var transport: TransportProtocol
        var asked: String
        var client: String
        var testDescription: String { "\(transport.name) to \(asked)" }
    }

    static let cases = [TransportProtocol.tcp, .udp].flatMap { transport in
        [
            Case(transport: transport, asked: "203.0.113.5", client: "198.51.100.7"),
            Case(transport: transport, asked: "192.0.2.5", client: "198.51.100.7"),
            Case(transport: transport, asked: "2001:db8:7::10", client: "2001:db8:51::7"),
        ]
    }

    /// P9.
    @Test(arguments: cases)
    func `P9: the answer leaves by the WAN that the request came in by`(way: Case) async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let echo = try await Echo("nas", on: lab.lan1, way.transport, 8443)
            let gateway = try await lab.gatewayWithBothWANs()
            try lab.addForwards(to: gateway)
            #expect(try await lab.asks(way.asked, from: way.client, way.transport) == "nas")
            #expect(try lab.strays() == 0)
            withExtendedLifetime(echo) {}
        }
    }

    /// The next hop of a WAN that has no default route at all comes from the settings.
    @Test func `a forward on one WAN is answered by it, its next hop named by the operator`()
        async throws
    {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            try lab.gateway.shell("ip route del default dev wan1; ip -6 route del default dev wan1")
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await lab.gatewayWithBothWANs(
                "gateways = { wan1 = [\"192.0.2.9\", \"2001:db8:fe::9\"] }")
            try gateway.done("add", "8443/tcp", "192.168.7.10", "--on", "wan1")
            try gateway.done("add", "8443/tcp", "2001:db8:7::10", "--on", "wan1", "--name", "pin")
            #expect(try await lab.asks("192.0.2.5", from: "198.51.100.7") == "nas")
            #expect(try await lab.asks("2001:db8:7::10", from: "2001:db8:51::7") == "nas")
            #expect(try await lab.asks("203.0.113.5", from: "198.51.100.7", within: 300) == nil)
            #expect(try lab.strays() == 0)
            let status = try gateway.done("status")
            #expect(status.contains("wan1: by it, via 192.0.2.9 and 2001:db8:fe::9"))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `without policy routing the answers go the wrong way`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let before = try lab.policy()
            let gateway = try await lab.gatewayWithBothWANs("policy_routing = \"off\"")
            try lab.addForwards(to: gateway)
            #expect(try await lab.asks("192.0.2.5", from: "198.51.100.7", within: 400) == nil)
            #expect(try lab.strays() > 0)
            #expect(try lab.policy() == before)
            #expect(try !gateway.done("status").contains("by it"))
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `the gateway's own programs answer by the WAN that they were asked at`()
        async throws
    {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let own = try await Echo("gateway", on: lab.gateway, .tcp, 2222)
            let gateway = try await lab.gatewayWithBothWANs()
            // One is forwarded to the gateway's inside address, the other asked as it is.
            try gateway.done("add", "8022/tcp", "192.168.7.1:2222", "--name", "inside")
            for port in [2222, 8022] as [UInt16] {
                let answer = try await lab.asks("192.0.2.5", from: "198.51.100.7", port: port)
                #expect(answer == "gateway", "\(port)")
            }
            #expect(try lab.strays() == 0)
            withExtendedLifetime(own) {}
        }
    }

    @Test func `a strict reverse path filter is loosened, and the log says so`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            try lab.gateway.shell("sysctl -q -w net.ipv4.conf.all.rp_filter=1")
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await lab.gatewayWithBothWANs()
            try lab.addForwards(to: gateway)
            #expect(try await lab.asks("192.0.2.5", from: "198.51.100.7") == "nas")
            #expect(gateway.log.contains("net/ipv4/conf/wan1/rp_filter was 0, is now 2"))
            withExtendedLifetime(echo) {}
        }
    }

    /// P9, too: other programs mark packets for reasons of their own.
    @Test func `foreign rules, routes and bits of marks stay as they are`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            try lab.gateway.shell(
                """
                ip rule add fwmark 0x4000/0x4000 lookup 300 pref 900
                ip rule add from 192.168.9.0/24 lookup 300 pref 7401 protocol static
                ip route add default via 203.0.113.9 table 300
                ip route add default via 203.0.113.9 table 7402 metric 9 protocol static
                nft 'add table inet other
                add chain inet other pre { type filter hook prerouting priority -150; }
                add rule inet other pre tcp dport 8443 ct mark set ct mark | 0x40
                add rule inet other pre ct direction reply meta mark set meta mark | 0x8
                add chain inet other post { type filter hook postrouting priority 300; }
                add rule inet other post oifname wan1 ct mark & 0x0f000040 == 0x02000040 \
                    meta mark & 0x0f000008 == 0x02000008 counter'
                """)
            let before = try lab.policy()
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await lab.gatewayWithBothWANs(stop: "withdraw")
            try lab.addForwards(to: gateway)
            #expect(try await lab.asks("192.0.2.5", from: "198.51.100.7") == "nas")
            let seen = try lab.gateway.shell("nft list chain inet other post")
            #expect(!seen.contains("packets 0 "), "\(seen)")
            #expect(try Set(lab.policy()).isSuperset(of: before))
            gateway.terminate()
            #expect(try lab.policy() == before)
            withExtendedLifetime(echo) {}
        }
    }
}
