import Addressing
import Foundation
import TestKit
import Testing

/// P14 of the pains: the provider gives another IPv6 prefix, and inbound rules break.
@Suite struct `A new IPv6 prefix` {
    private let old = Sample.endpoint("2001:db8:7::10", 8443)

    /// By suffix, and by hardware address with an identifier made of it.
    @Test(arguments: [false, true])
    func `P14: is followed by the pinhole within two seconds, and the old address is closed`(
        byMAC: Bool
    ) async throws {
        try await Lab.with { lab in
            let mac = try #require(try lab.macOfLAN1())
            let identifier = try #require(
                byMAC ? InterfaceIdentifier(mac.interfaceIdentifier) : InterfaceIdentifier(0x10))
            func address(_ prefix: String) throws -> String {
                let prefix = try #require(Sample.address(prefix).v6)
                return identifier.address(in: prefix).description
            }
            let (first, second) = (try address("2001:db8:7::"), try address("2001:db8:8::"))
            try lab.lan1.shell("ip addr replace \(first)/64 dev eth0 nodad")
            let echo = try await Echo("nas", on: lab.lan1, .tcp, 8443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let host = byMAC ? mac.description : identifier.description
            #expect(try gateway.cli("add", "8443/tcp", "[\(host)]", "--name", "nas").succeeded)
            try lab.lan1.shell("ping -6 -c 1 -W 2 -I \(first) 2001:db8:7::1 >/dev/null")
            let before = Sample.endpoint(first, 8443)
            #expect(
                try await eventually {
                    try await asks(before, from: lab.internet, within: 300) == "nas"
                })

            try lab.internet.shell("ip -6 route add 2001:db8:8::/64 via 2001:db8:ff::5")
            try lab.lan1.shell("ip addr add \(second)/64 dev eth0 nodad")
            try lab.gateway.shell(
                """
                ip addr add 2001:db8:8::1/64 dev br0 nodad
                ip addr change 2001:db8:7::1/64 dev br0 preferred_lft 0
                """)
            let start = ContinuousClock.now
            let after = Sample.endpoint(second, 8443)
            #expect(
                try await eventually(within: 2) {
                    try await asks(after, from: lab.internet, within: 300) == "nas"
                })
            #expect(.now - start < .seconds(2))
            #expect(try await asks(before, from: lab.internet, within: 300) == nil)
            let shown = try gateway.json(["show", "nas"], as: Shown.self)
            #expect(shown.targets.contains(second) && !shown.targets.contains(first))
            #expect(try gateway.done("log", "nas").contains("followed"))

            try lab.gateway.shell("ip addr del 2001:db8:7::1/64 dev br0")
            try lab.lan1.shell("ip addr del \(first)/64 dev eth0")
            #expect(try await asks(after, from: lab.internet) == "nas")
            withExtendedLifetime(echo) {}
        }
    }

    @Test func `that comes while a client is connected ends the connection to the old address`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "[::10/64@br0]", "--name", "nas")
            let client = try #require(try await Wire.connected(on: lab.internet, to: old))
            let accepted = try #require(try server.accept())
            try lab.gateway.shell(
                """
                ip addr add 2001:db8:8::1/64 dev br0 nodad
                ip addr change 2001:db8:7::1/64 dev br0 preferred_lft 0
                """)
            #expect(
                try await eventually(within: 2) {
                    try gateway.json(["flows"], as: FlowsShown.self).flows.isEmpty
                })
            try client.send([1])
            #expect(try accepted.wire.receive(within: 300) == nil)
        }
    }

    @Test func `is exported, stored and listed by the identifier`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "::10/64@br0", "--name", "nas")
            #expect(try gateway.done("export").contains("to = \"[::10/64@br0]:8443\""))
            gateway.kill()
            try await gateway.start()
            let shown = try gateway.json(["show", "nas"], as: Shown.self)
            #expect(shown.to == "[::10/64@br0]:8443")
            #expect(shown.targets == ["2001:db8:7::10"])
        }
    }
}

extension Lab {
    fileprivate func macOfLAN1() throws -> MACAddress? {
        MACAddress(
            try lan1.shell("cat /sys/class/net/eth0/address").trimmingCharacters(
                in: .whitespacesAndNewlines))
    }
}
