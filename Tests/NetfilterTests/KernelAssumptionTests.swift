import Addressing
import LinuxKit
import Netlink
import TestKit
import Testing

/// What the engine takes for granted about nf_tables, each alone.
@Suite struct `nf_tables of this kernel` {
    static let counts = SetDeclaration("s", key: [.mark], hasTimeouts: true)
    static let map = SetDeclaration("m", key: [.transport, .port], data: .value([.mark]))

    static func mark(_ number: UInt32, timeout: UInt64? = nil) -> SetElement {
        SetElement(RegisterImage().mark(number), timeout: timeout)
    }

    static func tag(_ port: UInt16, _ mark: UInt32) -> SetElement {
        SetElement(
            RegisterImage().transport(.udp).port(port), data: .value(RegisterImage().mark(mark)))
    }

    @Test func `one refused element undoes the whole batch`() async throws {
        try await Lab.with { lab in
            let table = try await ProbeTable.make(on: lab.gateway, [Self.map])
            try table.succeed { $0.element(.newElements, in: "m", Self.tag(1, 1)) }
            let before = try await lab.gateway.elements(of: "m")
            let refusals = try table.commit {
                $0.element(.newElements, in: "m", Self.tag(2, 2))
                $0.element(.deleteElements, in: "m", Self.tag(1, 1))
                $0.element(.newElements, in: "m", Self.tag(2, 3))
            }
            #expect(refusals.map(\.code) == [ErrorNumber.exists])
            #expect(try await lab.gateway.elements(of: "m") == before)
        }
    }

    @Test func `adding what is there already changes nothing`() async throws {
        try await Lab.with { lab in
            let table = try await ProbeTable.make(on: lab.gateway, [Self.map])
            for _ in 0..<2 {
                try table.succeed { $0.element(.newElements, in: "m", Self.tag(1, 1)) }
            }
            #expect(try await lab.gateway.elements(of: "m") == [Self.tag(1, 1).key])
        }
    }

    @Test func `an element goes at its time`() async throws {
        try await Lab.with { lab in
            let table = try await ProbeTable.make(on: lab.gateway, [Self.counts])
            let clock = ContinuousClock()
            let start = clock.now
            try table.succeed {
                $0.element(.newElements, in: "s", Self.mark(1, timeout: 1000))
                $0.element(.newElements, in: "s", Self.mark(2))
            }
            let done = clock.now
            #expect(
                try await eventually(within: 10) {
                    try await lab.gateway.elements(of: "s") == [Self.mark(2).key]
                })
            #expect(clock.now - start >= .milliseconds(950))
            #expect(clock.now - done < .seconds(4))
        }
    }

    @Test func `an element that timed out is deleted by adding it first`() async throws {
        try await Lab.with { lab in
            let table = try await ProbeTable.make(on: lab.gateway, [Self.counts])
            try table.succeed { $0.element(.newElements, in: "s", Self.mark(1, timeout: 10)) }
            #expect(try await eventually { try await lab.gateway.elements(of: "s").isEmpty })
            let refusals = try table.commit { $0.element(.deleteElements, in: "s", Self.mark(1)) }
            #expect(refusals.map(\.code) == [ErrorNumber.noEntry])
            // Whether it is still there or not.
            for timeout in [10, 60_000] as [UInt64] {
                try table.succeed {
                    $0.element(.newElements, in: "s", Self.mark(1, timeout: timeout))
                }
                try table.succeed {
                    $0.element(.newElements, in: "s", Self.mark(1, timeout: 1000))
                    $0.element(.deleteElements, in: "s", Self.mark(1))
                }
                #expect(try await lab.gateway.elements(of: "s").isEmpty)
            }
        }
    }

    @Test func `an owned table is out of others' reach`() async throws {
        try await Lab.with { lab in
            let table = try await ProbeTable.make(
                on: lab.gateway, [Self.map],
                flags: NFTables.TableFlags.owner | NFTables.TableFlags.persist)
            try lab.gateway.shell("nft add table ip other; nft flush ruleset")
            #expect(try lab.gateway.shell("nft list tables") == "table inet probe\n")
            for attempt in [
                "nft delete table inet probe", "nft add element inet probe m { udp . 1 : 1 }",
            ] {
                #expect(try !lab.gateway.command(["sh", "-c", attempt]).succeeded, "\(attempt)")
            }
            try table.succeed { $0.element(.newElements, in: "m", Self.tag(1, 1)) }
        }
    }

    @Test(arguments: [true, false])
    func `a table outlives its owner if it is to persist`(persists: Bool) async throws {
        try await Lab.with { lab in
            let flags = NFTables.TableFlags.owner | (persists ? NFTables.TableFlags.persist : 0)
            var table: ProbeTable? = try await ProbeTable.make(
                on: lab.gateway, [Self.map], flags: flags)
            try table?.succeed { $0.element(.newElements, in: "m", Self.tag(1, 1)) }
            table = nil
            try await lab.gateway.untilNobodyOwnsTables()
            guard persists else {
                #expect(try lab.gateway.shell("nft list tables").isEmpty)
                return
            }
            #expect(try await lab.gateway.elements(of: "m") == [Self.tag(1, 1).key])
            // Somebody else can take it over, and has it to himself then.
            let next = try await ProbeTable.make(on: lab.gateway, [], flags: flags)
            try next.succeed { $0.element(.newElements, in: "m", Self.tag(2, 2)) }
            try lab.gateway.shell("nft flush ruleset")
            #expect(try await lab.gateway.elements(of: "m").count == 2)
        }
    }

    @Test func `translation to a range of ports does not shift`() async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                nft 'add table ip t
                add chain ip t c { type nat hook prerouting priority -100; }
                add rule ip t c udp dport 30000-30007 dnat to 192.168.7.10:40000-40007'
                """)
            for port in 30000...30007 as ClosedRange<UInt16> {
                _ = try await Wire.knock(
                    on: lab.internet, .udp, from: Sample.endpoint("203.0.113.9", port),
                    to: Sample.endpoint("203.0.113.5", port))
            }
            let flows = try await lab.gateway.conntrack()
            let shifts = flows.map {
                Int($0.reply.sourcePort) - Int($0.original.destinationPort)
            }
            #expect(shifts.count == 8)
            #expect(shifts != [Int](repeating: 10000, count: 8))
        }
    }
}

/// A table of our own making, written by one socket.
// SAFETY: each test uses its table from one task, one call after the other.
private final class ProbeTable: @unchecked Sendable {
    private var socket: NetlinkSocket

    private init(_ socket: consuming NetlinkSocket) { self.socket = socket }

    static func make(
        on host: Host, _ sets: [SetDeclaration], flags: UInt32 = 0
    ) async throws -> ProbeTable {
        try await host.make {
            let table = ProbeTable(try NetlinkSocket(.netfilter))
            try table.succeed {
                $0.operation(.newTable, .create) { $0.big32(2, flags) }
                for set in sets {
                    let id = $0.currentSequence
                    $0.operation(.newSet, .create) { set.write(to: &$0, id: id) }
                }
            }
            return table
        }
    }

    func commit(_ body: (inout Batch) -> Void) throws -> [Reply] {
        var batch = Batch(table: "probe", firstSequence: socket.nextSequence())
        body(&batch)
        let (bytes, end) = batch.finish()
        defer { socket.skipSequences(to: end) }
        return try socket.commit(bytes, end: end)
    }

    func succeed(_ body: (inout Batch) -> Void) throws {
        let refusals = try commit(body)
        try #require(refusals.isEmpty, "\(refusals)")
    }
}

extension Host {
    /// The keys that are in a set of the probe's table.
    fileprivate func elements(of set: String) async throws -> Set<RegisterImage> {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            var keys: Set<RegisterImage> = []
            _ = try socket.dump(
                { sequence, writer in
                    let type = NFTables.Operation.getElements.type
                    let header = MessageHeader(
                        type: type, flags: [.request, .dump], sequence: sequence)
                    writer.message(header) {
                        $0.fixed([NFTables.inet, 0, 0, 0])
                        $0.string(1, "probe")
                        $0.string(2, set)
                    }
                },
                { message in
                    DumpedElement.elements(in: message) { keys.insert($0.element.key) }
                })
            return keys
        }
    }
}
