import Addressing
import LinuxKit
import Netlink
import TestKit
import Testing

/// What the engine takes for granted about connection tracking, each alone.
@Suite struct `Connection tracking of this kernel` {
    /// Datagrams to five ports of the gateway's; each flow is marked with the port.
    private static func withFlows(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.with { lab in
            try lab.gateway.shell(
                """
                nft 'add table inet t
                add chain inet t c { type filter hook prerouting priority 0; }
                add rule inet t c ct state new udp dport 1001 ct mark set 0x00000100
                add rule inet t c ct state new udp dport 1002 ct mark set 0x00000200
                add rule inet t c ct state new udp dport 1003 ct mark set 0x01000100'
                """)
            for port in 1000...1003 as ClosedRange<UInt16> {
                for address in ["203.0.113.5", "2001:db8:ff::5"] {
                    let wire = try await Wire.udp(
                        on: lab.internet, to: Sample.endpoint(address, port))
                    try wire.send([0])
                }
            }
            #expect(try await eventually { try await lab.gateway.conntrack().count == 8 })
            try await body(lab)
        }
    }

    @Test func `a delete with the tuple and another number leaves the flow`() async throws {
        try await Self.withFlows { lab in
            let flows = try await lab.gateway.conntrack()
            for flow in flows {
                var other = flow
                other.id ^= 1
                #expect(try await lab.gateway.delete(other) == ErrorNumber.noEntry)
            }
            #expect(try await lab.gateway.conntrack().count == flows.count)
            #expect(try await lab.gateway.delete(flows[0]) == 0)
            let left = try await lab.gateway.conntrack().map(\.id)
            #expect(Set(left) == Set(flows.dropFirst().map(\.id)))
            #expect(try await lab.gateway.delete(flows[0]) == ErrorNumber.noEntry)
        }
    }

    @Test(
        arguments: [
            (0x100, 0x00ff_ff00, [1001, 1003]), (0x200, 0x00ff_ff00, [1002]),
            (0x0100_0100, 0xffff_ffff, [1003]), (0, 0x00ff_ff00, [1000]),
            (0, 0, [1000, 1001, 1002, 1003]),
        ] as [(UInt32, UInt32, [UInt16])])
    func `a dump is filtered by mark and mask`(
        mark: UInt32, mask: UInt32, ports: [UInt16]
    ) async throws {
        try await Self.withFlows { lab in
            let found = try await lab.gateway.dump {
                ConntrackRequest.dump(mark: mark, mask: mask, sequence: $0, to: &$1)
            }
            #expect(found.map(\.original.destinationPort).sorted() == (ports + ports).sorted())
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func `a dump is filtered by port and family`(family: AddressFamily) async throws {
        try await Self.withFlows { lab in
            let found = try await lab.gateway.dump {
                ConntrackRequest.dump(
                    mark: 0, mask: 0, family: family, transport: .udp, destinationPort: 1002,
                    sequence: $0, to: &$1)
            }
            #expect(found.map(\.original.destinationPort) == [1002])
            #expect(found.first?.original.source.family == family)
            let unmarked = try await lab.gateway.dump {
                ConntrackRequest.dump(
                    mark: 0, mask: 0x00ff_ff00, family: family, transport: .udp,
                    destinationPort: 1002, sequence: $0, to: &$1)
            }
            #expect(unmarked.isEmpty)
        }
    }
}

extension Host {
    fileprivate func dump(
        _ request: @escaping @Sendable (UInt32, inout MessageWriter) -> Void
    ) async throws -> [ConntrackEntry] {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            var found: [ConntrackEntry] = []
            _ = try socket.dump(request) { message in
                ConntrackEntry(message).map { found.append($0) }
            }
            return found
        }
    }

    /// - Returns: the error number, 0 for done.
    fileprivate func delete(_ entry: ConntrackEntry) async throws -> Int32 {
        try await run {
            var socket = try NetlinkSocket(.netfilter)
            return try socket.request { ConntrackRequest.delete(entry, sequence: $0, to: &$1) }
        }
    }
}
