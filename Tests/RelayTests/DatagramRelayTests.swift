import Addressing
import Forwarding
import TestKit
import Testing

@testable import Relay

@Suite struct `Datagrams through a relay` {
    /// Bytes that tell each place and each datagram apart.
    static func content(_ count: Int, _ number: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ number &* 7) }
    }

    @Test(arguments: [0, 1, 1200, 1472, 1473, 9000, 65507], ["127.0.0.1", "::1"])
    func `every size arrives whole, both ways`(size: Int, address: String) throws {
        let (client, target) = (try DatagramPeer(at: address), try DatagramPeer(at: address))
        let relay = try DatagramRelay(to: target.endpoint, at: address)
        try client.send(Self.content(size), to: relay.external)
        let asked = try #require(try target.receive())
        #expect(asked.bytes == Self.content(size))
        try target.send(Self.content(size, 1), to: asked.source)
        let answer = try #require(try client.receive())
        #expect(answer.bytes == Self.content(size, 1))
        #expect(answer.source == relay.external)
        let counters = try relay.counters
        #expect(counters.flows == 1)
        #expect(counters.inboundPackets == 1)
        #expect(counters.inboundBytes == UInt64(size))
        #expect(counters.outboundPackets == 1)
        #expect(counters.outboundBytes == UInt64(size))
    }

    @Test(arguments: Seed.batch(8))
    func `datagrams that come in a crowd keep their bounds and their order`(seed: Seed) throws {
        var gen = Gen(seed)
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint)
        let sizes = [0, 1, 64, 64, 64, 64, 64, 64, 1200, 1200, 1200, 1452, 1453, 4000]
        var flow: Endpoint?
        for _ in 0..<20 {
            // As many as a socket's usual buffer holds.
            let crowd = (0..<gen.int(1...60)).map { Self.content(gen.pick(sizes), $0) }
            for datagram in crowd { try client.send(datagram, to: relay.external) }
            for datagram in crowd {
                let received = try #require(try target.receive())
                #expect(received.bytes == datagram)
                flow = received.source
            }
            let back = try #require(flow)
            for datagram in crowd { try target.send(datagram, to: back) }
            for datagram in crowd { #expect(try client.receiveBytes() == datagram) }
        }
        #expect(try relay.flows.count == 1)
        let counters = try relay.counters
        #expect(counters.inboundPackets == counters.outboundPackets)
        #expect(counters.inboundBytes == counters.outboundBytes)
        #expect(try relay.resources.losses.dropped == 0)
    }

    @Test func `each client has its answers`() throws {
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint)
        let clients = try (0..<50).map { _ in try DatagramPeer() }
        for (number, client) in clients.enumerated() {
            try client.send(Self.content(20, number), to: relay.external)
        }
        for _ in clients {
            let asked = try #require(try target.receive())
            try target.send(asked.bytes + [9], to: asked.source)
        }
        for (number, client) in clients.enumerated() {
            #expect(try client.receiveBytes() == Self.content(20, number) + [9])
            #expect(try client.receiveBytes(within: 0) == nil)
        }
        #expect(try relay.flows.count == clients.count)
    }

    @Test(arguments: ["127.0.0.2", "127.0.0.3"])
    func `answers come from the address that was asked`(asked: String) throws {
        let (client, target) = (try DatagramPeer(at: "0.0.0.0"), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint, at: "0.0.0.0")
        let place = Sample.endpoint(asked, relay.external.port)
        for number in 0..<3 {
            try client.send([UInt8(number)], to: place)
            let request = try #require(try target.receive())
            try target.send([100], to: request.source)
            #expect(try client.receive()?.source == place)
        }
        #expect(try relay.flows.map(\.external.endpoint) == [place])
    }

    @Test func `strangers are not heard`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let stranger = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint)
        try client.send([1], to: relay.external)
        let flow = try #require(try target.receive()).source
        try stranger.send([66], to: flow)
        try target.send([2], to: flow)
        #expect(try client.receiveBytes() == [2])
        #expect(try client.receiveBytes(within: 50) == nil)
    }

    @Test func `a target that refuses is found again when it is back`() throws {
        let (client, gone) = (try DatagramPeer(), try DatagramPeer().endpoint)
        let relay = try DatagramRelay(to: gone)
        for number in 0..<5 {
            try client.send([UInt8(number)], to: relay.external)
            #expect(try relay.comesTo { try relay.counters.inboundPackets == UInt64(number + 1) })
        }
        let before = try relay.flows.map(\.id)
        let target = try DatagramPeer(gone.port)
        try client.send([42], to: relay.external)
        let request = try #require(try target.receive())
        #expect(request.bytes == [42])
        try target.send([43], to: request.source)
        #expect(try client.receiveBytes() == [43])
        #expect(try relay.flows.map(\.id) == before)
    }

    @Test func `a flow that nobody answers ends by the shorter time`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.terms.timeouts.firstDatagram = 150
            $0.terms.timeouts.datagrams = 60_000
        }
        let answered = try DatagramPeer()
        try answered.send([1], to: relay.external)
        try target.send([2], to: try #require(try target.receive()).source)
        _ = try answered.receive()
        try client.send([1], to: relay.external)
        #expect(try relay.comesTo { try relay.resources.datagramFlows == 1 })
        let end = try #require(try relay.ended.first)
        #expect(end.reason.description == "sD")
        #expect(end.source.endpoint == client.endpoint)
        #expect(!end.isStream)
        #expect(end.inbound == 1)
        #expect(try relay.flows.map(\.source.endpoint) == [answered.endpoint])
    }

    @Test func `an answered flow ends when it has been silent for long`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.terms.timeouts.firstDatagram = 60_000
            $0.terms.timeouts.datagrams = 150
        }
        try client.send([1], to: relay.external)
        try target.send([2], to: try #require(try target.receive()).source)
        #expect(try client.receiveBytes() == [2])
        #expect(try relay.comesTo { try relay.resources.datagramFlows == 0 })
        #expect(try relay.ended.first?.reason.description == "cD")
    }

    @Test func `the idlest makes room, those without an answer first`() throws {
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint, flows: 8)
        let clients = try (0..<10).map { _ in try DatagramPeer() }
        for (number, client) in clients.prefix(8).enumerated() {
            try client.send([UInt8(number)], to: relay.external)
            let flow = try #require(try target.receive()).source
            // All but the third and the sixth.
            guard number != 2, number != 5 else { continue }
            try target.send([1], to: flow)
            _ = try client.receive()
        }
        for client in clients.suffix(2) {
            try client.send([1], to: relay.external)
            try target.send([2], to: try #require(try target.receive()).source)
            #expect(try client.receiveBytes() == [2])
        }
        #expect(
            try relay.ended.map(\.source.endpoint) == [clients[5].endpoint, clients[2].endpoint])
        #expect(try relay.ended.allSatisfy { $0.reason.description == "RD" })
        #expect(try relay.resources.datagramFlows == 8)
        #expect(try relay.resources.losses.evicted == 2)
        let late = try DatagramPeer()
        try late.send([1], to: relay.external)
        _ = try target.receive()
        #expect(try relay.ended.first?.source.endpoint == clients[0].endpoint)
    }

    @Test func `who is served goes on being served in a flood of made-up senders`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint, flows: 256)
        try client.send([1], to: relay.external)
        let flow = try #require(try target.receive()).source
        try target.send([2], to: flow)
        #expect(try client.receiveBytes() == [2])
        for number in 0..<4000 {
            let address = "127.\(1 + number / 250 % 250).\(number / 62500).\(1 + number % 250)"
            try DatagramPeer(at: address).send([66], to: relay.external)
            while try target.receive(within: 0) != nil {}
        }
        #expect(try relay.comesTo { try relay.counters.flows == 4001 })
        #expect(try relay.resources.datagramFlows == 256)
        while try target.receive(within: 50) != nil {}
        try target.send([3], to: flow)
        #expect(try client.receiveBytes() == [3])
        try client.send([4], to: relay.external)
        let request = try #require(try target.receive())
        #expect(request.bytes == [4])
        #expect(request.source == flow)
    }

    @Test func `flows that have ended leave no descriptor`() throws {
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.terms.timeouts.firstDatagram = 100
        }
        for round in 1...4 {
            for _ in 0..<500 {
                try DatagramPeer().send([1], to: relay.external)
                while try target.receive(within: 0) != nil {}
            }
            #expect(try relay.comesTo { try relay.resources.datagramFlows == 0 }, "\(round)")
        }
        #expect(try relay.resources.descriptors == 0)
    }

    @Test func `a closed listener serves those who are there, and nobody else`() throws {
        let (client, late) = (try DatagramPeer(), try DatagramPeer())
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.terms.timeouts.datagrams = 400
        }
        try client.send([1], to: relay.external)
        let flow = try #require(try target.receive()).source
        try target.send([2], to: flow)
        #expect(try client.receiveBytes() == [2])
        relay.closeListener()
        try late.send([66], to: relay.external)
        try client.send([3], to: relay.external)
        #expect(try target.receiveBytes() == [3])
        try target.send([4], to: flow)
        #expect(try client.receiveBytes() == [4])
        #expect(try relay.comesTo { try relay.resources.datagramFlows == 0 })
        // The place is free again.
        #expect(throws: Never.self) { try DatagramPeer(relay.external.port) }
        #expect(try relay.counters.flows == 1)
    }

    @Test func `flows are ended by hand`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint)
        try client.send([1], to: relay.external)
        _ = try target.receive()
        let flows = try relay.flows
        #expect(flows.map(\.isStream) == [false])
        #expect(flows.map(\.target?.endpoint) == [target.endpoint])
        relay.loop.post([.endDatagrams(flows.map(\.id), EndReason(.killed, .data))])
        #expect(try relay.flows.isEmpty)
        #expect(try relay.ended.map(\.reason.description) == ["KD"])
        relay.loop.post([.endDatagrams(flows.map(\.id), EndReason(.killed, .data))])
        try client.send([2], to: relay.external)
        #expect(try target.receiveBytes() == [2])
        #expect(try relay.flows.count == 1)
    }
}
