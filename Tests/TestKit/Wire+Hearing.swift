package import Addressing
import Glibc

/// Datagrams that are for everybody, or from nobody.
extension Wire {
    /// A UDP socket that takes what anybody sends to a port over one family, groups included.
    package static func hearing(on host: Host, at place: Endpoint) async throws -> Wire {
        try await host.run {
            let isV6 = place.address.family == .v6
            let wire = try Wire(opening: .udp, v6: isV6)
            if isV6 { try wire.option(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
            try wire.bind(place)
            return wire
        }
    }

    /// Sends a datagram whose UDP header is the caller's own, over IPv4.
    package static func sendRaw(
        on host: Host, from source: UInt16, to place: Endpoint, _ bytes: [UInt8]
    ) async throws {
        let length = UInt16(8 + bytes.count)
        // Without a checksum, which IPv4 allows (RFC 768).
        let header = [source, place.port, length, 0].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        try await host.run {
            let number = socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_UDP))
            let wire = Wire(try check("socket", number))
            try wire.connectNow(Endpoint(place.address, 0))
            try wire.send(header + bytes)
        }
    }
}
