import Addressing
import Diagnosis
import TestKit
import Testing

@Suite struct `Packets of our own making` {
    private func packet(_ transport: TransportProtocol, v6: Bool = false) -> ProbePacket {
        ProbePacket(
            transport: transport,
            source: Sample.endpoint(v6 ? "2001:db8:51::7" : "198.51.100.7", 61_234),
            destination: Sample.endpoint(v6 ? "2001:db8:7::10" : "203.0.113.5", 8443))
    }

    /// With its checksum in place the sum over header, or pseudo header and segment, is zero.
    private func segmentSum(_ bytes: [UInt8], v6: Bool) -> UInt16 {
        let start = v6 ? 40 : 20
        let addresses = v6 ? bytes[8..<40] : bytes[12..<20]
        let length = bytes.count - start
        return ProbePacket.internetChecksum(
            Array(addresses) + [0, 0, UInt8(length >> 8), UInt8(length & 0xff)]
                + [0, 0, 0, bytes[v6 ? 6 : 9]] + Array(bytes[start...]))
    }

    @Test(arguments: [TransportProtocol.tcp, .udp], [false, true])
    func `checksums hold`(transport: TransportProtocol, v6: Bool) {
        let bytes = packet(transport, v6: v6).opening
        #expect(segmentSum(bytes, v6: v6) == 0)
        guard !v6 else { return }
        #expect(ProbePacket.internetChecksum(Array(bytes[0..<20])) == 0)
        #expect(Int(bytes[2]) << 8 | Int(bytes[3]) == bytes.count)
    }

    @Test func `a connection is opened, and broken off one number further`() throws {
        let opening = packet(.tcp).opening
        let closing = try #require(packet(.tcp).closing)
        #expect(opening[33] == 0x02)
        #expect(closing[33] == 0x04)
        #expect(closing[27] == opening[27] + 1)
        #expect(packet(.udp).closing == nil)
    }

    @Test func `the checksum of SCTP is CRC-32C`() {
        // RFC 3720 appendix B.4; the check value of the catalogue of CRCs.
        #expect(ProbePacket.crc32c(Array("123456789".utf8)) == 0xe306_9283)
        #expect(ProbePacket.crc32c([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        var bytes = Array(packet(.sctp).opening[20...])
        let stored = bytes[8..<12].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        bytes.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        #expect(ProbePacket.crc32c(bytes) == stored)
    }
}
