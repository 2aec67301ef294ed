package import Addressing
package import LinuxKit
package import Netlink

/// Has the kernel report what its tables do to certain packets (`nft monitor trace`).
///
/// Theory of operation. A table of its own marks the packets before any other chain sees them
/// (`meta nftrace set 1`); from there on the kernel reports every rule that matches, in every table.
/// The table belongs to the socket (`flags owner`, Linux 5.12) and goes with it, even when the
/// process is killed; before 5.12 it is deleted at the end. Nothing of it touches a packet.
package struct PacketTrace: ~Copyable {
    private var command: NetlinkSocket
    private var reports: NetlinkSocket
    private let table: String

    /// One kind of packets: those that look so as they come in.
    package struct Pattern: Hashable, Sendable {
        package var transport: TransportProtocol
        package var source: IPAddress
        /// Nil for any: then only a few packets a minute are reported.
        package var sourcePort: UInt16?
        package var destination: Endpoint

        package init(
            _ transport: TransportProtocol, from source: IPAddress, port sourcePort: UInt16?,
            to destination: Endpoint
        ) {
            self.transport = transport
            self.source = source
            self.sourcePort = sourcePort
            self.destination = destination
        }
    }

    /// NFNLGRP_NFTRACE.
    private static let group: Int32 = 9

    /// Begins to trace in the network namespace of the calling thread.
    package init(of patterns: [Pattern]) throws(KernelError) {
        let reports = try NetlinkSocket(.netfilter, groups: [Self.group])
        var command = try NetlinkSocket(.netfilter)
        // Several may be at it at once.
        let table = Layout.tracePrefix + "\(command.port)"
        var refusals = try Self.install(table, NFTables.TableFlags.owner, patterns, &command)
        if !refusals.isEmpty { refusals = try Self.install(table, 0, patterns, &command) }
        if let first = refusals.first { throw KernelError(code: first.code, call: .trace) }
        self.reports = reports
        self.command = command
        self.table = table
    }

    private static func install(
        _ table: String, _ flags: UInt32, _ patterns: [Pattern], _ socket: inout NetlinkSocket
    ) throws(KernelError) -> [Reply] {
        var batch = Batch(table: table, firstSequence: socket.nextSequence())
        batch.operation(.newTable, .create) { $0.big32(2, flags) }
        let chain = ChainDeclaration("marks", hook: .init(.prerouting, priority: .min))
        batch.operation(.newChain, .create) { chain.write(to: &$0) }
        for pattern in patterns {
            let rule = Rule("traced", pattern.expressions)
            batch.operation(.newRule, [.create, .append]) {
                rule.write(to: &$0, chain: chain.name)
            }
        }
        let (bytes, end) = batch.finish()
        defer { socket.skipSequences(to: end) }
        return try socket.commit(bytes, end: end)
    }

    /// Hands over what was reported, until nothing has come for so many milliseconds or `body` has
    /// enough.
    package mutating func follow(
        quiet milliseconds: Int32, _ body: (TraceRecord) -> Bool
    ) throws(KernelError) {
        var isEnough = false
        let own = table
        while !isEnough {
            let came = try reports.receive(within: milliseconds) { message in
                guard let record = TraceRecord(message), record.table != own else { return }
                isEnough = body(record) || isEnough
            }
            guard came else { return }
        }
    }

    /// Ends it.
    package consuming func end() {
        var batch = Batch(table: table, firstSequence: command.nextSequence())
        batch.operation(.deleteTable) { _ in }
        let (bytes, end) = batch.finish()
        _ = try? command.commit(bytes, end: end)
    }
}

extension PacketTrace.Pattern {
    fileprivate var expressions: [Expression] {
        let isV4 = source.family == .v4
        func equal(_ piece: Expression.Payload, _ bytes: [UInt8]) -> [Expression] {
            [.payload(piece, register: 1), .compare(register: 1, .equal, bytes)]
        }
        func port(_ number: UInt16) -> [UInt8] {
            [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
        }
        return Matching.family(isV4) + Matching.transport(transport.rawValue)
            + equal(isV4 ? .source4 : .source6, source.octets)
            + equal(isV4 ? .destination4 : .destination6, destination.address.octets)
            + (sourcePort.map { equal(.sourcePort, port($0)) } ?? [])
            + equal(.destinationPort, port(destination.port))
            + [
                .limit(packets: 1, seconds: 60, burst: 3), .value([1], register: 1),
                .setTrace(register: 1),
            ]
    }
}
