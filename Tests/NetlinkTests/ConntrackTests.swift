import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Connection tracking` {
    private static func written(_ body: (inout MessageWriter) -> Void) -> [UInt8] {
        var writer = MessageWriter()
        body(&writer)
        #expect(writer.overflow == nil)
        return writer.bytes
    }

    private static let first = ConntrackEntry.Tuple(
        transport: 6, source: Sample.address("203.0.113.9"),
        destination: Sample.address("203.0.113.5"), sourcePort: 0x843a, destinationPort: 8443)

    private static let answer = ConntrackEntry.Tuple(
        transport: 6, source: Sample.address("192.168.1.10"),
        destination: Sample.address("203.0.113.9"), sourcePort: 443, destinationPort: 0x843a)

    @Test func `a dump asks for a mark under a mask`() throws {
        let bytes = Self.written {
            ConntrackRequest.dump(mark: 0x0001_0c00, mask: 0x00ff_ff00, sequence: 1, to: &$0)
        }
        #expect(bytes.hex == (try Vector.named("ct-dump-mark")).hex)
    }

    @Test func `a dump may ask for a port, whatever the address`() throws {
        let bytes = Self.written {
            ConntrackRequest.dump(
                mark: 0x0001_0c00, mask: 0x00ff_ff00, family: .v4, transport: .tcp,
                destinationPort: 8443, sequence: 1, to: &$0)
        }
        let vector = WireText.message(try Vector.named("ct-dump-filter-dst").bytes)
        let unasked = ["  1", "    1 = 00000000", "    2 = cb007105", "    2 = 0000"]
        #expect(unasked.allSatisfy(vector.contains))
        let expected = vector.filter { !unasked.contains($0) }
            .map { $0 == "  1 = 2a000000" ? "  1 = 28000000" : $0 }
        let marks = ["8 = 00010c00", "21 = 00ffff00"]
        let ours = WireText.message(bytes)
        #expect(ours.filter { !marks.contains($0) } == expected)
        #expect(ours.count == expected.count + marks.count)
    }

    @Test func `a dump may ask for who sent the first packet`() {
        let bytes = Self.written {
            ConntrackRequest.dump(
                mark: 0, mask: 0x00ff_ff00, transport: .udp,
                source: IPv4Address(192, 168, 7, 10), sequence: 1, to: &$0)
        }
        let message = WireText.message(bytes)
        #expect(message[1] == "head 02000000")
        #expect(message.contains("    1 = c0a8070a") && message.contains("    1 = 11"))
        #expect(message.contains("  1 = 09000000"))
    }

    @Test func `a flow of IPv6 is asked for by its family`() {
        let bytes = Self.written {
            ConntrackRequest.dump(
                mark: 1, mask: 1, family: .v6, transport: .udp, destinationPort: 53, sequence: 1,
                to: &$0)
        }
        #expect(WireText.message(bytes)[1] == "head 0a000000")
    }

    @Test func `a flow is asked for by where its first packet went`() {
        let bytes = Self.written { ConntrackRequest.get(Self.first, sequence: 1, to: &$0) }
        let message = Array(MessageReader(bytes)).first
        #expect(message?.type == 0x0101)
        // A request with an acknowledgement, and no dump: that would be every flow.
        #expect(message?.flags == [.request, .acknowledge])
        let tuple = message?.attributes(after: 4)[1]?.nested
        #expect(tuple?[1]?.nested[1]?.payload.elementsEqual([203, 0, 113, 9]) == true)
        #expect(tuple?[1]?.nested[2]?.payload.elementsEqual([203, 0, 113, 5]) == true)
        #expect(tuple?[2]?.nested[1]?.byte == 6)
        #expect(tuple?[2]?.nested[2]?.big16 == 0x843a)
        #expect(tuple?[2]?.nested[3]?.big16 == 8443)
    }

    @Test func `a flow is ended by its tuple and its number`() throws {
        var entry = try #require(ConntrackEntry(try Vector.message("ct-entry-1")))
        entry.original = ConntrackEntry.Tuple(
            transport: 6, source: Sample.address("198.51.100.7"),
            destination: Sample.address("203.0.113.5"), sourcePort: 0xc822, destinationPort: 8443)
        entry.id = 0x5a1e_0254
        let bytes = Self.written { ConntrackRequest.delete(entry, sequence: 1, to: &$0) }
        #expect(bytes.hex == (try Vector.named("ct-delete-tuple-id")).hex)
    }

    @Test func `a flow of IPv6 is ended by addresses of sixteen bytes`() throws {
        var entry = try #require(ConntrackEntry(try Vector.message("ct-entry-1")))
        entry.original.source = Sample.address("2001:db8::1")
        entry.original.destination = Sample.address("2001:db8::2")
        let bytes = Self.written { ConntrackRequest.delete(entry, sequence: 1, to: &$0) }
        let lines = WireText.message(bytes)
        #expect(lines[1] == "head 0a000000")
        #expect(lines.contains("    3 = 20010db8000000000000000000000001"))
        #expect(lines.contains("    4 = 20010db8000000000000000000000002"))
    }

    @Test func `an entry of a dump is read whole`() throws {
        let entry = try #require(ConntrackEntry(try Vector.message("ct-entry-1")))
        #expect(entry.original == Self.first)
        #expect(entry.reply == Self.answer)
        #expect(entry.id == 0x5a1e_1414)
        #expect(entry.mark == 0x0001_0c00)
        #expect(
            entry.status == [
                .seenReply, .assured, .destinationNAT, ConntrackEntry.Status(rawValue: 0x188),
            ])
        #expect(entry.tcpState == 3)
        #expect(entry.timeout == 0x0006_977f)
        #expect(entry.originalCounter.packets == 3 && entry.originalCounter.bytes == 0xa4)
        #expect(entry.replyCounter.packets == 2 && entry.replyCounter.bytes == 0x91)
        #expect(entry.started == 0x18ea_92c1_65bb_c5d0)
    }

    @Test func `the other entry is another flow`() throws {
        let entry = try #require(ConntrackEntry(try Vector.message("ct-entry-0")))
        #expect(entry.original.destinationPort == 30003)
        #expect(entry.reply.source == Sample.address("192.168.1.10"))
        #expect(entry.reply.sourcePort == 30003)
        #expect(entry.mark == 0x0001_0d00)
        #expect(entry.replyCounter.bytes == 0x93)
    }

    @Test(arguments: [("ct-event-0", 0x1a8, 1), ("ct-event-1", 0x1aa, 2), ("ct-event-2", 0x1ae, 3)])
    func `events carry the state but no counters`(
        name: String, status: UInt32, state: UInt8
    ) throws {
        let entry = try #require(ConntrackEntry(try Vector.message(name)))
        #expect(entry.original == Self.first)
        #expect(entry.mark == 0x0001_0c00)
        #expect(entry.status.rawValue == status)
        #expect(entry.tcpState == state)
        #expect(entry.originalCounter.packets == 0 && entry.originalCounter.bytes == 0)
        #expect(entry.started == nil)
    }

    @Test func `the end of a flow carries its counters`() throws {
        let message = try Vector.message("ct-destroy-0")
        #expect(message.type == 0x0102)
        let entry = try #require(ConntrackEntry(message))
        #expect(entry.status.contains(.dying))
        #expect(entry.originalCounter.packets == 3 && entry.originalCounter.bytes == 0xa4)
        #expect(entry.mark == 0x0001_0c00)
    }

    @Test func `a message without a flow is none`() throws {
        for name in ["ct-dump-mark", "ct-delete-tuple-id", "reply-elem", "batch-begin"] {
            #expect(ConntrackEntry(try Vector.message(name)) == nil)
        }
    }
}
