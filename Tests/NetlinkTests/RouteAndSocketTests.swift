import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Route messages` {
    @Test(
        arguments: [
            (.links, "rt-link-dump"), (.addresses, "rt-addr-dump"), (.neighbours, "rt-neigh-dump"),
        ] as [(RouteMessage.Dump, String)])
    func `a dump is asked for with an empty header`(
        dump: RouteMessage.Dump, vector: String
    ) throws {
        var writer = MessageWriter()
        dump.write(sequence: 1, to: &writer)
        #expect(writer.bytes.hex == (try Vector.named(vector)).hex)
    }

    @Test func `so are routes`() {
        var writer = MessageWriter()
        RouteMessage.Dump.routes.write(sequence: 1, to: &writer)
        #expect(
            writer.bytes.hex == "1c0000001a0001030100000000000000"
                + String(repeating: "0", count: 24))
    }

    @Test func `a new address is read`() throws {
        let message = try Vector.message("rt-newaddr-event")
        guard case .address(let address, removed: false) = RouteMessage(message) else {
            Issue.record("no address")
            return
        }
        #expect(address.index == 2)
        #expect(address.address == Sample.address("203.0.113.77"))
        #expect(address.prefixLength == 24)
        #expect(!address.isTentative)
    }

    /// A message as the kernel would send it: family header and attributes.
    private func message(
        _ type: UInt16, _ fixed: [UInt8], _ body: (inout MessageWriter) -> Void = { _ in }
    ) throws -> Message {
        var writer = MessageWriter()
        writer.message(MessageHeader(type: type, flags: [], sequence: 0)) {
            $0.fixed(fixed)
            body(&$0)
        }
        return try #require(Array(MessageReader(writer.bytes)).first)
    }

    @Test(arguments: [(0x40, true), (0x8, true), (0x80, false), (0xc0, true)] as [(UInt32, Bool)])
    func `an address that is not proven yet is tentative`(flags: UInt32, isTentative: Bool) throws {
        let message = try message(21, [10, 64, 0, 0, 3, 0, 0, 0]) {
            $0.bytes(1, Sample.address("2001:db8::5").octets)
            $0.hostOrder32(8, flags)
        }
        guard case .address(let address, removed: true) = RouteMessage(message) else {
            Issue.record("no address")
            return
        }
        #expect(address.address == Sample.address("2001:db8::5"))
        #expect(address.isTentative == isTentative)
    }

    @Test func `on a point-to-point link the own address counts`() throws {
        let message = try message(20, [2, 32, 0x80, 0, 9, 0, 0, 0]) {
            $0.bytes(1, [10, 0, 0, 1])
            $0.bytes(2, [10, 0, 0, 2])
        }
        guard case .address(let address, _) = RouteMessage(message) else {
            Issue.record("no address")
            return
        }
        #expect(address.address == Sample.address("10.0.0.2"))
    }

    @Test(
        arguments: [(1, true, false), (0x1_0049, true, true), (0, false, false)]
            as [(UInt32, Bool, Bool)])
    func `a link is read`(flags: UInt32, isUp: Bool, isLoopback: Bool) throws {
        let flagBytes = (0..<4).map { UInt8(truncatingIfNeeded: flags >> (8 * $0)) }
        let message = try message(16, [0, 0, 1, 0, 7, 1, 0, 0] + flagBytes + [0, 0, 0, 0]) {
            $0.string(3, "wan0")
            $0.hostOrder32(4, 1492)
        }
        guard case .link(let link, removed: false) = RouteMessage(message) else {
            Issue.record("no link")
            return
        }
        #expect(link.index == 0x107)
        #expect(link.name == Sample.interface("wan0"))
        #expect(link.isUp == isUp)
        #expect(link.isLoopback == isLoopback)
        #expect(link.hasCarrier == (flags > 0xffff))
        #expect(link.mtu == 1492)
    }

    @Test func `only the default route of the main table is told`() throws {
        let vector = try Vector.named("rt-route-add").bytes
        func route(_ change: (inout [UInt8]) -> Void) -> DefaultRoute? {
            var bytes = vector
            change(&bytes)
            for message in MessageReader(bytes) {
                if case .routes(let routes, removed: false) = RouteMessage(message) {
                    return routes.first
                }
            }
            return nil
        }
        #expect(route { _ in } == nil)
        let main = try #require(route { $0[48] = 254 })
        #expect(main.family == .v4)
        #expect(main.index == 2)
        #expect(main.gateway == Sample.address("203.0.113.9"))
        #expect(main.priority == 0)
        #expect(route { ($0[48], $0[17]) = (254, 8) } == nil)
        #expect(route { ($0[48], $0[23]) = (254, 2) } == nil)
    }

    @Test(
        arguments: [
            (0x02, true), (0x04, true), (0x08, true), (0x10, true), (0x40, true), (0x80, true),
            (0x01, false), (0x20, false), (0x00, false),
        ] as [(UInt8, Bool)])
    func `a neighbour has an address only while the kernel knows it`(
        state: UInt8, isKnown: Bool
    ) throws {
        let message = try message(28, [2, 0, 0, 0, 4, 0, 0, 0, state, 0, 0, 1]) {
            $0.bytes(1, [192, 168, 7, 10])
            $0.bytes(2, [2, 0, 0, 0, 0, 1])
        }
        guard case .neighbour(let neighbour, removed: false) = RouteMessage(message) else {
            Issue.record("no neighbour")
            return
        }
        #expect(neighbour.index == 4)
        #expect(neighbour.address == Sample.address("192.168.7.10"))
        #expect(neighbour.mac == (isKnown ? MACAddress("02:00:00:00:00:01") : nil))
    }

    @Test func `one neighbour is asked for by its address and the interface`() {
        var writer = MessageWriter()
        NeighbourQuestion(Sample.address("192.168.7.10"), on: 4).write(sequence: 1, to: &writer)
        #expect(
            writer.bytes.hex == "240000001e000500" + "01000000" + "00000000"
                + "02000000" + "04000000" + "00000000" + "08000100c0a8070a")
    }

    @Test func `one interface is asked for by its name`() {
        var writer = MessageWriter()
        LinkQuestion(Sample.interface("wan0")).write(sequence: 1, to: &writer)
        #expect(
            writer.bytes.hex == "2c00000012000500" + "01000000" + "00000000"
                + String(repeating: "0", count: 32) + "09000300" + "77616e3000000000")
    }

    @Test func `the counters of an interface are read, where they are whole`() throws {
        func counters(_ bytes: [UInt8]) throws -> LinkCounters? {
            LinkCounters(
                try message(16, [UInt8](repeating: 0, count: 16)) { $0.bytes(23, bytes) })
        }
        let bytes = ([1, 2, 3, 4] as [UInt8]).flatMap { [$0, 0, 0, 0, 0, 1, 0, 0] as [UInt8] }
        let base: UInt64 = 1 << 40
        #expect(
            try counters(bytes)
                == LinkCounters(
                    receivedPackets: base + 1, sentPackets: base + 2, receivedBytes: base + 3,
                    sentBytes: base + 4))
        #expect(try counters(Array(bytes.dropLast())) == nil)
    }

    @Test func `other messages are none of ours`() throws {
        for name in ["rt-rule-fwmark", "rt-addr-dump", "batch-begin", "ct-entry-0"] {
            #expect(RouteMessage(try Vector.message(name)) == nil)
        }
    }
}

@Suite struct `Socket diagnostics` {
    @Test(
        arguments: [
            (.v4, .tcp, "diag-tcp4-listen"), (.v6, .udp, "diag-udp6"),
        ] as [(AddressFamily, TransportProtocol, String)])
    func `a dump asks for those who wait`(
        family: AddressFamily, transport: TransportProtocol, vector: String
    ) throws {
        var writer = MessageWriter()
        SocketDiag.dump(family, transport, sequence: 1, to: &writer)
        #expect(writer.bytes.hex == (try Vector.named(vector)).hex)
    }

    @Test func `a socket is read`() throws {
        let socket = try #require(ListeningSocket(try Vector.message("diag-reply-udp"), .udp))
        #expect(socket.transport == .udp)
        #expect(socket.family == .v4)
        #expect(socket.address == Sample.address("203.0.113.5"))
        #expect(socket.port == 5351)
        #expect(socket.inode == 0xda8d_53)
        #expect(!socket.isV6Only)
    }

    @Test func `an IPv6 wildcard tells whether it leaves IPv4 alone`() throws {
        for isV6Only in [false, true] {
            var writer = MessageWriter()
            writer.message(MessageHeader(type: 20, flags: .multi, sequence: 1)) {
                $0.fixed([10, 10, 0, 0, 0, 22])
                $0.fixed([UInt8](repeating: 0, count: 66))
                $0.byte(11, isV6Only ? 1 : 0)
            }
            let message = try #require(Array(MessageReader(writer.bytes)).first)
            let socket = try #require(ListeningSocket(message, .tcp))
            #expect(socket.address == .v6(.any))
            #expect(socket.port == 22)
            #expect(socket.isV6Only == isV6Only)
        }
    }
}
