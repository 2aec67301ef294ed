import Addressing
import Forwarding
import LinuxKit
import Netlink
import TestKit
import Testing

@Suite struct `A question to the kernel` {
    private static let device = Sample.endpoint("192.168.7.10", 4500)
    private static let remote = Sample.endpoint("203.0.113.9", 5000)

    private static func outside(
        _ lab: Lab, _ transport: TransportProtocol, from device: Endpoint, to remote: Endpoint
    ) async throws -> Endpoint? {
        try await lab.gateway.run { try TranslatedEndpoint.of(transport, from: device, to: remote) }
    }

    @Test func `about a flow that leaves tells as whom it is seen outside`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            var forward = try #require(
                engine.active(
                    1,
                    Sample.draft("a", .udp, Sample.ports(40001), targetPorts: Sample.ports(4500))))
            forward.keepsPort = true
            try engine.carry([forward])
            let server = try await Wire.listening(.udp, on: lab.internet, 5000)
            #expect(try await Self.outside(lab, .udp, from: Self.device, to: Self.remote) == nil)
            let wire = try await Wire.udp(on: lab.lan1, from: Self.device, to: Self.remote)
            try wire.send([1])
            let seen = try #require(try server.receiveWithSource()?.source)
            #expect(seen == Sample.endpoint("203.0.113.5", 40001))
            #expect(try await Self.outside(lab, .udp, from: Self.device, to: Self.remote) == seen)
            // Nothing of this is a flow of the device's.
            #expect(try await Self.outside(lab, .tcp, from: Self.device, to: Self.remote) == nil)
            #expect(try await Self.outside(lab, .udp, from: Self.remote, to: seen) == nil)
            let other = Endpoint(Self.remote.address, 5001)
            #expect(try await Self.outside(lab, .udp, from: Self.device, to: other) == nil)
        }
    }

    @Test func `about a flow of IPv6 tells the device's own place`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.open(on: lab)
            try engine.carry([])
            let (device, remote) = (
                Sample.endpoint("2001:db8:7::10", 4500), Sample.endpoint("2001:db8:ff::9", 5000)
            )
            let server = try await Wire.listening(.udp, on: lab.internet, 5000)
            let wire = try await Wire.udp(on: lab.lan1, from: device, to: remote)
            try wire.send([1])
            #expect(try server.receive() == [1])
            #expect(try await Self.outside(lab, .udp, from: device, to: remote) == device)
        }
    }

    @Test func `about a neighbour tells its hardware address while it is known`() async throws {
        try await Lab.with { lab in
            func ask(_ address: String, _ interface: String = "br0") async throws -> MACAddress? {
                try await lab.gateway.run {
                    try NeighbourLookup.hardwareAddress(
                        of: Sample.address(address), on: Sample.interface(interface))
                }
            }
            let words = try lab.lan1.shell("ip -br link show dev eth0").split(separator: " ")
            let mac = try #require(words.compactMap { MACAddress(String($0)) }.first)
            #expect(try await ask("192.168.7.10") == nil)
            try lab.gateway.shell(
                "ping -c1 -W2 192.168.7.10; ping -c1 -W2 2001:db8:7::10; ping -c1 -W2 192.168.7.20")
            #expect(try await ask("192.168.7.10") == mac)
            #expect(try await ask("2001:db8:7::10") == mac)
            let other = try await ask("192.168.7.20")
            #expect(other != nil && other != mac)
            #expect(try await ask("192.168.7.10", "wan0") == nil)
            #expect(try await ask("192.168.7.10", "none0") == nil)
            #expect(try await ask("192.168.7.99") == nil)
            // Asked for in vain, it is in the table without a hardware address.
            _ = try lab.gateway.command(["ping", "-c1", "-W1", "192.168.7.99"])
            #expect(try await ask("192.168.7.99") == nil)
        }
    }

    @Test func `about an interface tells what passed it, and how fast it is`() async throws {
        try await Lab.with { lab in
            func read(_ name: String) async throws -> InterfaceReading? {
                try await lab.gateway.run { try InterfaceReading.of(Sample.interface(name)) }
            }
            let before = try #require(try await read("wan0"))
            let server = try await Wire.listening(.udp, on: lab.gateway, 9)
            let wire = try await Wire.udp(on: lab.internet, to: Sample.endpoint("203.0.113.5", 9))
            for _ in 0..<20 { try wire.send([UInt8](repeating: 0, count: 1000)) }
            let hasPassed = try await eventually {
                let counters = try #require(try await read("wan0")).counters
                // Ethernet, IP and UDP have 42 bytes.
                return counters.receivedPackets >= before.counters.receivedPackets + 20
                    && counters.receivedBytes >= before.counters.receivedBytes + 20 * 1042
                    && counters.receivedBytes < before.counters.receivedBytes + 20 * 1042 + 4000
            }
            #expect(hasPassed)
            withExtendedLifetime(server) {}
            try lab.gateway.shell("ping -c3 -i0.01 -s 500 203.0.113.9")
            let after = try #require(try await read("wan0"))
            #expect(after.counters.sentPackets >= before.counters.sentPackets + 3)
            #expect(after.counters.sentBytes >= before.counters.sentBytes + 3 * 542)
            #expect(after.state.name == Sample.interface("wan0") && after.state.hasCarrier)
            // What veth says of itself.
            #expect(after.speed == 10_000_000_000)
            #expect(try await read("lo")?.speed == nil)
            #expect(try await read("none0") == nil)
            try lab.internet.shell("ip link set eth0 down")
            #expect(try #require(try await read("wan0")).state.hasCarrier == false)
        }
    }
}
