import Addressing
import Forwarding
import TestKit
import Testing
import Wire

@testable import Relay

@Suite struct `Terms of datagrams` {
    @Test(arguments: ["127.0.0.1", "::1"])
    func `version 2 stands before every datagram`(address: String) throws {
        let (client, target) = (try DatagramPeer(at: address), try DatagramPeer(at: address))
        let relay = try DatagramRelay(to: target.endpoint, at: address) {
            $0.terms.datagramProxy = .v2Each
        }
        let header = ProxyFormat.v2Datagram.bytes(from: client.endpoint, to: relay.external)
        for payload in [[], [1, 2, 3], [UInt8](repeating: 7, count: 1400)] {
            try client.send(payload, to: relay.external)
            try client.send(payload, to: relay.external)
            #expect(try target.receiveBytes() == header + payload)
            #expect(try target.receiveBytes() == header + payload)
        }
    }

    @Test func `version 2 stands before the first datagram alone`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) { $0.terms.datagramProxy = .v2First }
        let header = ProxyFormat.v2Datagram.bytes(from: client.endpoint, to: relay.external)
        for number: UInt8 in 0..<40 { try client.send([number], to: relay.external) }
        #expect(try target.receiveBytes() == header + [0])
        for number: UInt8 in 1..<40 { #expect(try target.receiveBytes() == [number]) }
    }

    @Test func `the simple header stands before every datagram`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) { $0.terms.datagramProxy = .simple }
        let header = ProxyFormat.simple.bytes(from: client.endpoint, to: relay.external)
        #expect(header.count == 38)
        for number: UInt8 in 0..<3 {
            try client.send([number], to: relay.external)
            #expect(try target.receiveBytes() == header + [number])
        }
    }

    @Test func `what a header makes too long is dropped whole and counted`() throws {
        let (client, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) { $0.terms.datagramProxy = .v2First }
        let header = ProxyFormat.v2Datagram.bytes(from: client.endpoint, to: relay.external)
        try client.send([UInt8](repeating: 1, count: 65507), to: relay.external)
        #expect(try relay.comesTo { try relay.resources.losses.dropped == 1 })
        let rest = [UInt8](repeating: 2, count: 65507 - header.count)
        try client.send(rest, to: relay.external)
        #expect(try target.receiveBytes() == header + rest)
    }

    @Test(arguments: [ProxyFormat.v2Datagram, .simple])
    func `a trusted proxy says whose a datagram is`(format: ProxyFormat) throws {
        let (proxy, target) = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.trusted = [Sample.prefix("127.0.0.1/32")]
            $0.denied = [Sample.prefix("203.0.113.66/32")]
        }
        let clients = [1, 2].map { Sample.endpoint("203.0.113.\($0)", 4000) }
        var flows: [Endpoint] = []
        for client in clients {
            let header = format.bytes(from: client, to: relay.external)
            try proxy.send(header + [5, 6], to: relay.external)
            let request = try #require(try target.receive())
            #expect(request.bytes == [5, 6])
            flows.append(request.source)
            try proxy.send(header, to: relay.external)
            #expect(try target.receiveBytes() == [])
        }
        #expect(flows[0] != flows[1])
        try target.send([7], to: flows[1])
        #expect(try proxy.receiveBytes() == [7])
        #expect(Set(try relay.flows.map(\.source.endpoint)) == Set(clients))
        #expect(Set(try relay.flows.map(\.peer.endpoint)) == [proxy.endpoint])
        let denied = format.bytes(from: Sample.endpoint("203.0.113.66", 1), to: relay.external)
        try proxy.send(denied + [1], to: relay.external)
        #expect(try relay.comesTo { try relay.counters.denied == 1 })
    }

    @Test func `nothing without a header, and nothing of others, gets past a forward with proxies`()
        throws
    {
        let (proxy, other) = (try DatagramPeer(), try DatagramPeer(at: "127.0.0.2"))
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.trusted = [Sample.prefix("127.0.0.1/32")]
        }
        let header = ProxyFormat.v2Datagram.bytes(
            from: Sample.endpoint("203.0.113.1", 1), to: relay.external)
        let bad = [[], [1, 2, 3], Array(header.dropLast()), [0x56, 0xec, 0]]
        for datagram in bad { try proxy.send(datagram, to: relay.external) }
        try other.send(header + [1], to: relay.external)
        #expect(try relay.comesTo { try relay.counters.denied == 5 })
        #expect(try relay.flows.isEmpty)
        #expect(try target.receive(within: 0) == nil)
    }

    @Test func `who is not admitted has no flow`() throws {
        let (client, other) = (try DatagramPeer(), try DatagramPeer(at: "127.0.0.2"))
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint) {
            $0.allowed = [Sample.prefix("127.0.0.2/32")]
        }
        try client.send([1], to: relay.external)
        try other.send([2], to: relay.external)
        #expect(try target.receiveBytes() == [2])
        #expect(try relay.counters.denied == 1)
        #expect(try relay.flows.map(\.source.endpoint) == [other.endpoint])
    }

    @Test func `no more flows at a time than the limit`() throws {
        let target = try DatagramPeer()
        let relay = try DatagramRelay(to: target.endpoint) { $0.terms.limits.connections = 2 }
        let clients = try (0..<3).map { _ in try DatagramPeer() }
        for client in clients { try client.send([1], to: relay.external) }
        #expect(try relay.comesTo { try relay.counters.limited == 1 })
        #expect(try relay.flows.count == 2)
        try clients[0].send([2], to: relay.external)
        #expect(try relay.comesTo { try relay.counters.inboundPackets == 3 })
    }

    @Test func `new flows go to the targets in turn, and each stays with its own`() throws {
        let targets = (try DatagramPeer(), try DatagramPeer())
        let relay = try DatagramRelay(to: targets.0.endpoint, targets.1.endpoint)
        let clients = try (0..<6).map { _ in try DatagramPeer() }
        for _ in 0..<2 {
            for client in clients {
                try client.send([1], to: relay.external)
                let received = try relay.comesTo {
                    try targets.0.receive(within: 0) != nil
                        || targets.1.receive(within: 0) != nil
                }
                #expect(received)
            }
        }
        #expect(try relay.flows.map(\.place).sorted() == [0, 0, 0, 1, 1, 1])
    }

    @Test func `a client of one family reaches a target of the other`() throws {
        let (client, target) = (try DatagramPeer(at: "::1"), try DatagramPeer())
        let relay = try DatagramRelay(to: target.endpoint, at: "::1")
        try client.send([1], to: relay.external)
        try target.send([2], to: try #require(try target.receive()).source)
        #expect(try client.receive()?.source == relay.external)
    }
}
