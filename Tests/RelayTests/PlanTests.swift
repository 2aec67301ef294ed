import Addressing
import CLinux
import Forwarding
import TestKit
import Testing

@testable import Relay

@Suite struct `A span of addresses` {
    @Test(arguments: Seed.batch(100))
    func `has in it what the prefix has`(seed: Seed) {
        var gen = Gen(seed)
        let address = gen.pick([IPAddress.v4(gen.v4()), .v6(gen.v6())])
        let prefix = Prefix(
            containing: address, length: gen.int(0...address.octets.count * 8))
        let span = AddressSpan(prefix)
        let near = [address, prefix.base, prefix.last].flatMap { [$0] + $0.neighbours }
        for other in near + [.v4(gen.v4()), .v6(gen.v6())] {
            #expect(
                span.contains(clinux_endpoint(other, 7)) == prefix.contains(other),
                "\(other) in \(prefix)")
        }
    }

    @Test(arguments: Seed.batch(20))
    func `takes the addresses of sockets as they come back`(seed: Seed) {
        var gen = Gen(seed)
        for endpoint in [Endpoint(.v4(gen.v4()), 80), Endpoint(.v6(gen.v6()), 443)] {
            #expect(clinux_endpoint(endpoint.address, endpoint.port).endpoint == endpoint)
        }
    }
}

extension Gen {
    fileprivate mutating func v4() -> IPv4Address {
        IPv4Address(bits: UInt32(truncatingIfNeeded: next()))
    }

    fileprivate mutating func v6() -> IPv6Address { IPv6Address(high: next(), low: next()) }
}

extension IPAddress {
    fileprivate var neighbours: [IPAddress] {
        switch self {
        case .v4(let v4):
            [.v4(IPv4Address(bits: v4.bits &- 1)), .v4(IPv4Address(bits: v4.bits &+ 1))]
        case .v6(let v6):
            [
                .v6(IPv6Address(high: v6.high, low: v6.low &- 1)),
                .v6(IPv6Address(high: v6.high, low: v6.low &+ 1)),
                .v6(IPv6Address(high: v6.high &+ 1, low: v6.low)),
            ]
        }
    }
}
