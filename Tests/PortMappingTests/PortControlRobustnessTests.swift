import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import PortMapping

@Suite struct `Whatever is sent to the port of PCP and NAT-PMP` {
    /// 100,000 datagrams in all.
    @Test(arguments: Seed.batch(20))
    func `leaves no crash, no mapping beyond the quota, and no long answer`(seed: Seed) throws {
        var gen = Gen(seed)
        let desk = FakeDesk {
            $0.leasing.policy.perDevice = 8
            $0.leasing.policy.managers = [Sample.prefix("192.168.1.10/32")]
        }
        var talk = Conversation(desk)
        talk.settings.hasManagers = true
        let vectors = (Vector.all("PCP") + Vector.all("NATPMP")).map(\.bytes)
        let sources = ["192.168.1.10", "192.168.1.20", "192.168.1.1", "2001:db8:1::10", "9.9.9.9"]
        for _ in 0..<5000 {
            let bytes = datagram(vectors, &gen)
            talk.seed = gen.next()
            let answer = try talk.say(bytes, epoch: 1, from: gen.pick(sources)) ?? []
            // A header at least (RFC 6887 section 7.2), and no more than was sent.
            #expect(answer.count <= max(24, (bytes.count + 3) / 4 * 4))
            #expect(answer.count <= PCP.longest)
        }
        let leases = desk.with { $0.table.leases }
        #expect(leases.count == desk.count)
        let devices = Dictionary(grouping: leases) { $0.lease?.device }
        #expect(devices.values.allSatisfy { (1...8).contains($0.count) })
        // Both that are asked for in the vectors have some: what is counted here could be too much.
        for device in ["192.168.1.10", "2001:db8:1::10"] {
            #expect(devices[Sample.address(device)] != nil)
        }
        #expect(devices.keys.allSatisfy { $0 != Sample.address("9.9.9.9") })
        #expect(leases.allSatisfy { $0.external.ports.first >= 1024 })
    }

    private func datagram(_ vectors: [[UInt8]], _ gen: inout Gen) -> [UInt8] {
        if gen.oneIn(10) {
            return (0..<gen.int(0...1200)).map { _ in UInt8(truncatingIfNeeded: gen.next()) }
        }
        var bytes = gen.pick(vectors)
        for _ in 0..<gen.int(0...4) where !bytes.isEmpty {
            bytes[gen.int(0...bytes.count - 1)] = UInt8(truncatingIfNeeded: gen.next())
        }
        if gen.oneIn(5) { bytes = Array(bytes.prefix(gen.int(0...bytes.count))) }
        if gen.oneIn(5) { bytes += gen.pick(vectors) }
        return bytes
    }
}
