import Addressing
import Forwarding
import LinuxKit
import Logging
import TestKit

@testable import PortMapping

/// The server in the gateway of a lab.
struct PortControlLab {
    let lab: Lab
    let desk: FakeDesk
    let server: PortControlServer

    static func with(
        _ limits: RequestLimits = .standard, dialects: Set<MappingDialect> = [.pcp, .natPMP],
        _ body: (PortControlLab) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            let desk = FakeDesk {
                $0.network = Sample.network
                $0.leasing.policy.rules = [FakeDesk.open]
            }
            guard let control = PortControl(MappingSettings(dialects: dialects)) else { return }
            let gateway = lab.gateway
            let server = PortControlServer(
                control, desk: desk, limits: limits,
                socket: { kind, place, interface in
                    try await gateway.run {
                        try LANSocket(kind, at: place, on: interface).handedOver()
                    }
                }, log: Logger(label: "test"))
            let made = PortControlLab(lab: lab, desk: desk, server: server)
            do { try await body(made) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    /// Opens the sockets, on the interfaces named.
    func follow(_ interfaces: [String] = ["br0", "guest0"]) async {
        let settings = MappingSettings(
            dialects: [.pcp], interfaces: interfaces.map(Sample.interface))
        let standing = desk.standingNow
        await server.follow(settings.lans(in: standing.network), standing)
    }

    func socket(
        on host: Host, to address: String = "192.168.7.1"
    ) async throws -> TestKit.Wire {
        try await Wire.udp(on: host, to: Sample.endpoint(address, 5351))
    }

    /// The gateway's own address on the link of the first network.
    func linkLocal() throws -> IPAddress {
        let text = try lab.gateway.shell("ip -6 -o addr show dev br0 scope link")
        let word = text.split(separator: " ").first { $0.hasPrefix("fe80") }
        return Sample.address(String(word?.prefix { $0 != "/" } ?? ""))
    }

    /// A socket of the first device's for what is told to all.
    func hearing(_ address: String = "0.0.0.0", port: UInt16 = 5350) async throws -> TestKit.Wire {
        try await Wire.hearing(on: lab.lan1, at: Sample.endpoint(address, port))
    }

    /// The next datagram, waited for on a thread of its own: the server needs those of the tasks.
    func next(
        _ wire: TestKit.Wire, within limit: Int32 = 5000
    ) async throws -> (bytes: [UInt8], source: Endpoint?)? {
        try await lab.lan1.run { try wire.receiveWithSource(within: limit) }
    }

    func receive(_ wire: TestKit.Wire, within limit: Int32 = 5000) async throws -> [UInt8]? {
        try await next(wire, within: limit)?.bytes
    }

    /// T1 from the lab's first device, with one's own port.
    static func map(_ port: UInt16 = 20_000, from device: UInt8 = 10) throws -> [UInt8] {
        var bytes = try Vector.bytes("request-t01")
        bytes.replaceSubrange(20..<24, with: [192, 168, 7, device])
        let port = [UInt8(port >> 8), UInt8(port & 0xff)]
        bytes.replaceSubrange(40..<44, with: port + port)
        return bytes
    }
}
