import Addressing
import Netlink
import TestKit
import Testing

/// Records as a kernel sent them for one SYN, from the marking rule to the last policy.
@Suite struct `Trace records` {
    private func records() throws -> [TraceRecord] {
        try (0...10).map { number in
            try #require(TraceRecord(try Vector.message("trace-\(number)")))
        }
    }

    @Test func `all are of one packet`() throws {
        #expect(Set(try records().map(\.id)).count == 1)
    }

    @Test func `the first of a base chain says how the packet looks there`() throws {
        let records = try records()
        let first = try #require(records[0].packet)
        #expect(first.transport == 6)
        #expect(first.tcpFlags == 2)
        #expect(!first.isReset)
        #expect(records[0].kind == .rule)
        #expect(records[0].verdict == .continue)
        let translated = records.compactMap(\.packet).last { $0.destination != first.destination }
        #expect(translated?.destination == Sample.endpoint("192.168.1.10", 443))
        #expect(translated?.source == first.source)
    }

    @Test func `jumps, accepts and policies are told apart`() throws {
        let records = try records()
        #expect(records.contains { if case .jump = $0.verdict { true } else { false } })
        #expect(records.contains { $0.verdict == .accept && $0.handle != nil })
        #expect(records.contains { $0.kind == .policy && $0.policy == .accept })
        #expect(records.allSatisfy { $0.kind != .policy || $0.handle == nil })
    }

    @Test func `a record before a policy says nothing`() throws {
        // Captured on Linux 6.18.
        let bytes = [UInt8](
            hex: "48000000110a000000000000000000000100000008000f00000000020800040000000003"
                + "08000600a8d552a4060002006300000007000100747200000c00050008000100ffffffff")
        let record = try #require(MessageReader(bytes).lazy.compactMap(TraceRecord.init).first)
        #expect(record.saysNothing)
        #expect(record.packet == nil)
    }
}

@Suite struct `Questions to rtnetlink` {
    @Test func `a route is asked for as ip route get does`() {
        var writer = MessageWriter()
        RouteQuestion(
            to: Sample.address("192.168.7.10"), from: Sample.address("198.51.100.7"), in: 4, mark: 5
        ).write(sequence: 1, to: &writer)
        #expect(
            writer.bytes.hex == "3c0000001a0005000100000000000000" + "022020000000000000000000"
                + "08000100c0a8070a" + "08000200c6336407" + "0800030004000000"
                + "0800100005000000")
    }

    @Test func `a diversion is written as tc does`() {
        var writer = MessageWriter()
        let diversion = Diversion(from: 2, to: 4)
        diversion.writeQueue(sequence: 1, to: &writer)
        #expect(
            writer.bytes.hex == "30000000240005060100000000000000"
                + "00000000020000000000fffff1ffffff00000000" + "0c000100696e677265737300")
        writer.reset()
        diversion.writeFilter(sequence: 1, to: &writer)
        // As iproute2 6.1 sent it, but for the flags of nests.
        #expect(
            writer.bytes.hex == "8c0000002c0005060100000000000000"
                + "0000000002000000000000000000ffff00030100" + "0800010075333200"
                + "60000280" + "38000780" + "34000180" + "0b0001006d697272656400002400028020000200"
                + "00000000000000000400000000000000000000000300000004000000"
                + "240005000100010000000000000000000000000000000000000000000000000000000000")
    }
}
