import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `A device that is choosy` {
    private var devices = Devices()
    private let peer = Sample.endpoint("198.51.100.7", 443)

    private func request(
        _ ports: PortRange, external: UInt16? = nil, address: String? = nil, peer: Endpoint? = nil
    ) -> LeaseRequest {
        var request = Devices.request(
            Devices.asker(), .udp, ports, external: external, choice: .exactly, peer: peer)
        request.address = address.map(Sample.address)
        return request
    }

    @Test mutating func `gets any port where it only cares for the address`() {
        let ours = request(Sample.ports(5001), address: "203.0.113.5")
        #expect(devices.ask(ours).externalPort == 5001)
        let other = Devices.request(
            Devices.asker(.pcp, "192.168.7.20", mac: nil), .udp, Sample.ports(5002), nonce: 2)
        devices.ask(other)
        let taken = request(Sample.ports(5002), address: "203.0.113.5")
        #expect(devices.ask(taken).externalPort.map { $0 != 5002 } == true)
    }

    @Test(arguments: ["203.0.113.6", "192.168.7.10"])
    mutating func `gets nothing at an address that is not the gateway's outside`(address: String) {
        let wish = request(Sample.ports(5001), external: 5001, address: address)
        #expect(devices.ask(wish).denial == .cannotProvide)
    }

    @Test mutating func `is told where its flow leaves, whatever it wishes for`() {
        var wish = request(Sample.ports(50_000), external: 50_001, peer: peer)
        wish.observed = 50_123
        #expect(devices.ask(wish).externalPort == 50_123)
        #expect(devices.ask(wish).externalPort == 50_123, "and again")
    }

    @Test mutating func `gets its wish for a peer, or nothing`() {
        let wish = request(Sample.ports(50_000), external: 50_001, peer: peer)
        #expect(devices.ask(wish).externalPort == 50_001)
        let other = Devices.request(
            Devices.asker(.pcp, "192.168.7.20", mac: nil), .udp, Sample.ports(50_000),
            external: 50_001, choice: .exactly, nonce: 2, peer: peer)
        #expect(devices.ask(other).denial == .taken)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    mutating func `gets an even port for an even one, where it asks for that`(seed: UInt64) {
        let other = Devices.asker(.pcp, "192.168.7.20", mac: nil)
        devices.ask(Devices.request(other, .udp, Sample.ports(6000), nonce: 2))
        var wish = Devices.request(Devices.asker(), .udp, Sample.ports(6000, 6003))
        wish.keepsParity = true
        wish.seed = seed
        #expect(devices.ask(wish).externalPort.map { $0 % 2 == 0 && $0 != 6000 } == true)
    }

    @Test mutating func `cannot take all ports by sets of them`() {
        var given = 0
        for start in stride(from: 2000, to: 32_000, by: 1000) as StrideTo<UInt16> {
            let set = Devices.request(Devices.asker(), .udp, Sample.ports(start, start + 999))
            given += devices.ask(set).granted?.external.ports.count ?? 0
        }
        #expect(given == 4000)
        let one = Devices.request(Devices.asker(), .udp, Sample.ports(40_000))
        #expect(devices.ask(one).granted != nil)
    }
}
