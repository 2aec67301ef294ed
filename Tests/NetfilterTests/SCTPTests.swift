import Addressing
import Forwarding
import Glibc
import TestKit
import Testing

/// Kernels without SCTP sockets can forward it all the same, so the packets are made by hand here
/// (RFC 9260).
@Suite struct `SCTP` {
    @Test func `a forward carries an association both ways`() async throws {
        try await Lab.with { lab in
            let engine = try await LabEngine.carrying(
                Sample.draft(
                    "signalling", .sctp, Sample.ports(2905), targetPorts: Sample.ports(2906)),
                Sample.draft(
                    "range", .sctp, Sample.ports(3000, 3003), targetPorts: Sample.ports(4000, 4003)
                ), on: lab)
            let client = try await RawSCTP.open(on: lab.internet)
            let server = try await RawSCTP.open(on: lab.lan1)
            for (port, targetPort) in [(2905, 2906), (3002, 4002)] as [(UInt16, UInt16)] {
                let greeting = Greeting(
                    .initiate, from: 5000, to: port, verification: [0, 0, 0, 0])
                try client.send(greeting, to: "203.0.113.5")
                let arrived = try #require(try server.receive())
                #expect(arrived.source == Sample.address("203.0.113.9"))
                #expect(arrived.greeting.sourcePort == 5000)
                #expect(arrived.greeting.destinationPort == targetPort)
                let answer = Greeting(
                    .acknowledge, from: targetPort, to: 5000, verification: Greeting.tag)
                try server.send(answer, to: "203.0.113.9")
                let back = try #require(try client.receive())
                #expect(back.source == Sample.address("203.0.113.5"))
                #expect(back.greeting.sourcePort == port)
            }
            let flows = try engine.engine.flows(of: Sample.id(1))
            #expect(flows.map(\.transport) == [.sctp])
            #expect(try engine.traffic(of: 1).inbound.packets == 1)
            #expect(try engine.traffic(of: 1).outbound.packets == 1)
            #expect(try engine.put(1, nil).flowsEnded == 1)
            try client.send(
                Greeting(.initiate, from: 5001, to: 2905, verification: [0, 0, 0, 0]),
                to: "203.0.113.5")
            #expect(try server.receive(within: 200) == nil)
        }
    }

    @Test func `a peer is let in from its port only`() async throws {
        try await Lab.with { lab in
            let peers = SourcePolicy(peers: [Sample.peer("203.0.113.9", 5000)])
            let engine = try await LabEngine.carrying(
                Sample.draft("signalling", .sctp, Sample.ports(2905), sources: peers), on: lab)
            let client = try await RawSCTP.open(on: lab.internet)
            let server = try await RawSCTP.open(on: lab.lan1)
            for port in [5001, 5000] as [UInt16] {
                let greeting = Greeting(
                    .initiate, from: port, to: 2905, verification: [0, 0, 0, 0])
                try client.send(greeting, to: "203.0.113.5")
            }
            #expect(try server.receive()?.greeting.sourcePort == 5000)
            #expect(try server.receive(within: 200) == nil)
            #expect(try engine.traffic(of: 1).denied == 1)
        }
    }
}

/// A packet that begins an association.
private struct Greeting {
    var sourcePort: UInt16
    var destinationPort: UInt16
    var bytes: [UInt8]

    enum Chunk: UInt8 {
        case initiate = 1
        case acknowledge = 2
    }

    static let tag: [UInt8] = [1, 2, 3, 4]

    init(_ chunk: Chunk, from source: UInt16, to destination: UInt16, verification: [UInt8]) {
        func big(_ value: UInt16) -> [UInt8] {
            [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        let head = big(source) + big(destination) + verification
        // Tag, window, streams out and in, first number.
        let body = [chunk.rawValue, 0, 0, 20] + Self.tag + [0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
        let checksum = Self.checksum(head + [0, 0, 0, 0] + body)
        self.init(head + checksum + body)
    }

    init(_ bytes: [UInt8]) {
        sourcePort = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        destinationPort = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        self.bytes = bytes
    }

    var isIntact: Bool {
        var blank = bytes
        blank.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        return Self.checksum(blank) == Array(bytes[8..<12])
    }

    /// CRC-32C, as it stands in the packet.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> (8 * UInt32($0))) }
    }
}

private final class RawSCTP: Sendable {
    private let number: Int32

    private init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    static func open(on host: Host) async throws -> RawSCTP {
        try await host.run {
            let number = socket(AF_INET, Int32(SOCK_RAW.rawValue), 132)
            try #require(number >= 0)
            return RawSCTP(number)
        }
    }

    func send(_ greeting: Greeting, to address: String) throws {
        let bytes = greeting.bytes
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = (Sample.address(address).v4?.bits ?? 0).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: the kernel reads the array and the address, which outlive the call.
        let sent = unsafe withUnsafePointer(to: place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(number, bytes, bytes.count, 0, $0, size)
            }
        }
        try #require(sent == bytes.count)
    }

    /// The next packet that is whole; nil when none came.
    func receive(within limit: Int32 = 3000) throws -> (source: IPAddress, greeting: Greeting)? {
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, and a buffer of the length that is told; both outlive the calls.
        guard unsafe poll(&waiting, 1, limit) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = unsafe recv(number, &bytes, bytes.count, 0)
        let header = Int(bytes[0] & 15) * 4
        guard count >= header + 12, let source = IPAddress(octets: bytes[12..<16]) else {
            return nil
        }
        let greeting = Greeting(Array(bytes[header..<count]))
        return greeting.isIntact ? (source, greeting) : nil
    }
}
