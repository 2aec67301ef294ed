import Addressing
import Foundation
import TestKit
import Testing

/// P13 of the pains: a WAN that fails and comes back, and a daemon that does.
@Suite struct `A WAN that fails` {
    @Test func `P13: goes and comes back, and nothing is cut at the other`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let gateway = try await lab.gatewayWithBothWANs()
            try lab.addForwards(to: gateway)
            let asked = Sample.endpoint("192.0.2.5", 8443)
            let client = try #require(
                try await Wire.connected(
                    on: lab.internet, from: Sample.endpoint("198.51.100.7", 0), to: asked))
            let kept = try #require(try server.accept())
            let whole = try lab.policy()

            try lab.gateway.shell("ip link set wan0 down")
            #expect(
                try await eventually {
                    try !lab.hasTable(7401)
                })
            #expect(try gateway.done("status").contains("wan0: by the machine's own routes"))
            try client.send([1])
            #expect(try kept.wire.receive() == [1])
            try kept.wire.send([2])
            #expect(try client.receive() == [2])
            let second = try await Wire.connected(
                on: lab.internet, from: Sample.endpoint("198.51.100.7", 0), to: asked)
            #expect(second != nil)

            try lab.gateway.shell(
                """
                ip link set wan0 up
                ip -6 addr replace 2001:db8:ff::5/64 dev wan0 nodad
                ip route replace default via 203.0.113.9
                ip -6 route replace default via 2001:db8:ff::9
                """)
            #expect(try await eventually { try lab.policy() == whole })
            #expect(
                try await eventually {
                    try await Wire.connected(
                        on: lab.internet, from: Sample.endpoint("198.51.100.7", 0),
                        to: Sample.endpoint("203.0.113.5", 8443), within: 300) != nil
                })
            try client.send([3])
            #expect(try kept.wire.receive() == [3])
            #expect(try lab.strays() == 0)
            #expect(try gateway.done("log").contains("wan0 without address without a next hop"))
        }
    }

    @Test func `loses its table when its default route goes, or its signal`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let gateway = try await lab.gatewayWithBothWANs()
            let whole = try lab.policy()
            try lab.gateway.shell("ip route del default dev wan1; ip -6 route del default dev wan1")
            #expect(
                try await eventually { try !lab.hasTable(7402) })
            try lab.gateway.shell(
                """
                ip route add default via 192.0.2.9 metric 200
                ip -6 route add default via 2001:db8:fe::9 metric 2000
                """)
            #expect(try await eventually { try lab.policy() == whole })
            try lab.internet.shell("ip link set eth1 down")
            #expect(
                try await eventually { try !lab.hasTable(7402) })
            try lab.internet.shell("ip link set eth1 up")
            #expect(try await eventually { try lab.policy() == whole })
            withExtendedLifetime(gateway) {}
        }
    }

    @Test
    func `answers keep their way through kill -9, the time without a daemon and the next start`()
        async throws
    {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await lab.gatewayWithBothWANs()
            try lab.addForwards(to: gateway)
            let whole = try lab.policy()
            func answers() async throws -> Bool {
                let (first, second) = (
                    try await lab.asks("192.0.2.5", from: "198.51.100.7"),
                    try await lab.asks("203.0.113.5", from: "198.51.100.7")
                )
                return first == "nas" && second == "nas"
            }
            gateway.kill()
            #expect(try await answers())
            // Leftovers of a run that knew another WAN.
            try lab.gateway.shell(
                """
                ip rule add fwmark 0x07000000/0x0f000000 lookup 7407 pref 7401 protocol 74
                ip route add default via 192.0.2.9 table 7407 protocol 74
                """)
            try await gateway.start()
            #expect(try await eventually { try lab.policy() == whole })
            #expect(try await answers())
            gateway.terminate()
            #expect(try lab.policy() == whole)
            #expect(try await answers())
            #expect(try lab.strays() == 0)
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `stop with withdraw, and a reload that turns it off, take everything away`()
        async throws
    {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let before = try lab.policy()
            let gateway = try await lab.gatewayWithBothWANs(stop: "withdraw")
            #expect(try lab.policy().count > before.count)
            let text = try String(contentsOf: gateway.configuration, encoding: .utf8)
            try Data("[network]\npolicy_routing = \"off\"\n".utf8).write(to: gateway.configuration)
            gateway.signal(SIGHUP)
            #expect(try await eventually { try lab.policy() == before })
            #expect(try !lab.gateway.shell("nft list chains").contains("by_wan"))
            try Data(text.utf8).write(to: gateway.configuration)
            gateway.signal(SIGHUP)
            #expect(try await eventually { try lab.policy().count > before.count })
            #expect(try lab.gateway.shell("nft list chains").contains("by_wan"))
            #expect(gateway.terminate() == 0)
            #expect(try lab.policy() == before)
        }
    }

    /// systemd-networkd takes away the rules that it does not know when it starts.
    @Test func `rules that another program takes away come back`() async throws {
        try await Lab.with { lab in
            try lab.connectBothWANs()
            let gateway = try await lab.gatewayWithBothWANs()
            let whole = try lab.policy()
            try lab.gateway.shell(
                """
                for f in -4 -6; do
                    while ip $f rule del protocol 74 2>/dev/null; do :; done
                    ip $f route flush table 7402
                done
                """)
            #expect(try await eventually(within: 2) { try lab.policy() == whole })
            withExtendedLifetime(gateway) {}
        }
    }
}
