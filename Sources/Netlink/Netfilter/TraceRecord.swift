package import Addressing

/// What happened to a traced packet at one place (NFNLGRP_NFTRACE, include/uapi/linux/netfilter/
/// nf_tables.h).
///
/// The kernel reports each rule that matched to its end, the end of each base chain, and with the
/// first report of each base chain the packet as it is there.
package struct TraceRecord: Hashable, Sendable {
    /// One for each packet and the interface that it came in by.
    package var id: UInt32
    /// The family of the table.
    package var family: NFTablesFamily
    package var table: String
    package var chain: String
    /// Nil for the end of a chain.
    package var handle: UInt64?
    package var kind: Kind
    package var verdict: DumpedVerdict?
    /// The policy by which the base chain ended.
    package var policy: DumpedVerdict?
    /// In the first report of a base chain only.
    package var packet: Header?
    /// Numbers of interfaces; likewise.
    package var inInterface: UInt32?
    package var outInterface: UInt32?

    package enum Kind: UInt32, Hashable, Sendable {
        case policy = 1, `return`, rule
    }

    /// As far as it tells one flow from another.
    package struct Header: Hashable, Sendable {
        package var transport: UInt8
        package var source: Endpoint
        package var destination: Endpoint
        /// Nil for other protocols.
        package var tcpFlags: UInt8?

        /// Whether it refuses a connection, or breaks one off.
        package var isReset: Bool { (tcpFlags ?? 0) & 0x04 != 0 }
    }

    /// Nil when the message is none of a trace.
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.trace.type,
            let family = NFTablesFamily(rawValue: message.netfilterFamily),
            let table = attributes[1]?.string, let chain = attributes[2]?.string,
            let kind = attributes[4]?.big32.flatMap(Kind.init), let id = attributes[6]?.big32
        else { return nil }
        self.family = family
        self.table = table
        self.chain = chain
        self.kind = kind
        self.id = id
        handle = attributes[3]?.big64
        verdict = attributes[5].map { DumpedVerdict($0.nested) }
        policy = attributes[16]?.big32.map { $0 == 0 ? .drop : .accept }
        inInterface = attributes[10]?.big32
        outInterface = attributes[12]?.big32
        if let network = attributes[8] {
            packet = Header(network: network.payload, transport: attributes[9]?.payload ?? [])
        }
    }

    /// Linux 6.18 sends such a record, without a rule, before that of a policy; the packet may stand
    /// in it.
    package var saysNothing: Bool { kind == .rule && handle == nil && verdict == .continue }
}

extension TraceRecord.Header {
    /// Nil for what has no addresses or no ports where they are looked for.
    init?(network: ArraySlice<UInt8>, transport: ArraySlice<UInt8>) {
        let (header, ports) = (Array(network), Array(transport))
        guard let version = header.first.map({ $0 >> 4 }), ports.count >= 4 else { return nil }
        let isV4 = version == 4
        guard header.count >= (isV4 ? 20 : 40), isV4 || version == 6 else { return nil }
        let start = isV4 ? 12 : 8
        let width = isV4 ? 4 : 16
        guard let source = IPAddress(octets: header[start..<start + width]),
            let destination = IPAddress(octets: header[start + width..<start + 2 * width])
        else { return nil }
        self.transport = header[isV4 ? 9 : 6]
        self.source = Endpoint(source, ports.big16(0))
        self.destination = Endpoint(destination, ports.big16(2))
        tcpFlags =
            self.transport == TransportProtocol.tcp.rawValue && ports.count > 13 ? ports[13] : nil
    }
}
