import Addressing
import Forwarding
import Glibc
import TestKit
import Testing

@Suite struct `What comes back about a forwarded flow` {
    static let externals = [
        ("192.168.7.10", "203.0.113.5"), ("2001:db8:7::10", "2001:db8:ff::5"),
    ]

    @Test(arguments: [TransportProtocol.tcp, .udp], externals)
    func `a closed port of the target is told to the client`(
        transport: TransportProtocol, way: (target: String, external: String)
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcpAndUDP, to: way.target, nat6: true),
                Sample.draft("bad", .tcpAndUDP, Sample.ports(9), to: "192.168.7.20"), on: lab)
            let external = Sample.endpoint(way.external, 8443)
            #expect(try await lab.internet.knock(transport, at: external) == .refused)
            #expect(try await lab.guest.knock(transport, at: external) == .refused)
            #expect(try await lab.lan2.knock(transport, at: external) == .refused)
            #expect(try engine.traffic(of: 1).flows == 3)
        }
    }

    @Test func `a closed port behind a pinhole is told to the client`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("pin", .udp, to: "2001:db8:7::10"), on: lab)
            let device = Sample.endpoint("2001:db8:7::10", 8443)
            #expect(try await lab.internet.knock(.udp, at: device) == .refused)
            #expect(try engine.traffic(of: 1).flows == 1)
        }
    }

    @Test(arguments: externals)
    func `a big datagram that a smaller link stops is told to the client`(
        way: (target: String, external: String)
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("big", .udp, to: way.target, nat6: true), on: lab)
            try lab.gateway.shell("ip link set br0 mtu 1400")
            let server = try await Wire.listening(.udp, on: lab.lan1, 8443)
            let client = try await Wire.udp(
                on: lab.internet, to: Sample.endpoint(way.external, 8443))
            // 1472 and 1452 bytes just fit in 1500.
            let datagram = [UInt8](repeating: 7, count: 1440)
            let isTold = try await eventually {
                do {
                    try client.send(datagram)
                    return false
                } catch let failure as Wire.Failure where failure.code == EMSGSIZE {
                    return true
                }
            }
            #expect(isTold)
            // From now on the sender cuts it into pieces, and it gets there.
            #expect(
                try await eventually {
                    try client.send(datagram)
                    return try server.receive(within: 100)?.count == 1440
                })
            #expect(try engine.traffic(of: 1).flows >= 1)
        }
    }

    @Test(arguments: ["wan0", "br0"], externals)
    func `the MSS is clamped towards a smaller link and big transfers work`(
        narrow: String, way: (target: String, external: String)
    ) async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft("web", .tcp, to: way.target, nat6: true), on: lab)
            try lab.gateway.shell("ip link set \(narrow) mtu 1350")
            let server = try await Wire.listening(.tcp, on: lab.lan1, 8443)
            let client = try #require(
                try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint(way.external, 8443)))
            let accepted = try #require(try server.accept())
            // Both ends have links of 1500; options take 12 bytes of each segment (RFC 7323).
            let headers = way.external.contains(":") ? 60 : 40
            #expect(try lab.lan1.segmentSize == 1350 - headers - 12)
            #expect(try lab.internet.segmentSize == 1350 - headers - 12)

            let chunk = [UInt8](repeating: 9, count: 30_000)
            for (sender, receiver) in [(client, accepted.wire), (accepted.wire, client)] {
                for _ in 0..<10 {
                    try sender.send(chunk)
                    var count = 0
                    while count < chunk.count, let bytes = try receiver.receive(), !bytes.isEmpty {
                        count += bytes.count
                    }
                    #expect(count == chunk.count)
                }
            }
            #expect(try engine.traffic(of: 1).inbound.bytes > 300_000)
        }
    }

    @Test func `clamping comes when links begin to differ, and goes when they are alike`()
        async throws
    {
        try await Lab.with { lab in
            func isClamping() throws -> Bool {
                try lab.gateway.shell("nft list chain inet portcullis forwarded")
                    .contains("goto pass")
            }
            var settings = Sample.settings()
            settings.network.linksDiffer = false
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab, settings)
            #expect(try !isClamping())
            for differ in [true, false] {
                settings.network.linksDiffer = differ
                _ = try engine.engine.apply(.edits([], settings))
                #expect(try isClamping() == differ)
            }
        }
    }

    @Test func `the MSS of flows that no forward owns is left alone`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(Sample.draft(), on: lab)
            try lab.gateway.shell("ip link set wan0 mtu 1350")
            let server = try await Wire.listening(.tcp, on: lab.internet, 80)
            let client = try await Wire.connected(
                on: lab.lan1, to: Sample.endpoint("203.0.113.9", 80))
            let accepted = try #require(try server.accept())
            let size = try withExtendedLifetime((client, accepted)) {
                try lab.internet.segmentSize
            }
            #expect(size == 1500 - 40 - 12)
            #expect(try engine.engine.installed().count == 1)
        }
    }
}

extension Host {
    /// What the one TCP connection of this machine sends at most in a segment; nil when there is
    /// none, or several.
    fileprivate var segmentSize: Int? {
        get throws {
            let words = try shell("ss -Htin state established").split { $0.isWhitespace }
            let sizes = words.filter { $0.hasPrefix("mss:") }
            return sizes.count == 1 ? sizes.first.flatMap { Int($0.dropFirst(4)) } : nil
        }
    }
}
