/// One step of a rule.
///
/// Registers are numbered as the kernel does: 1 is 16 bytes wide and covers 8 to 11; 8 to 23 are 4
/// bytes wide each (include/uapi/linux/netfilter/nf_tables.h).
package enum Expression: Hashable, Sendable {
    case meta(Meta, register: UInt32)
    case payload(Payload, register: UInt32)
    case conntrack(Conntrack, register: UInt32)
    /// Writes the register into the flow's mark.
    case setConntrackMark(register: UInt32)
    case compare(register: UInt32, Comparison, [UInt8])
    /// register = register & mask (host-order words).
    case and(register: UInt32, mask: [UInt8])
    /// Gives the bits of the mask another value, and leaves the others (host-order words).
    case replaceBits(register: UInt32, mask: UInt32, with: UInt32)
    /// Writes the register into the packet's mark.
    case setMark(register: UInt32)
    case lookup(set: String, key: UInt32, Lookup)
    case verdict(NFTables.Verdict, chain: String?)
    /// Puts a value into the register.
    case value([UInt8], register: UInt32)
    /// The packet is reported at every rule from here on (`meta nftrace set`).
    case setTrace(register: UInt32)
    /// Matches so many packets in `seconds`, `burst` at once.
    case limit(packets: UInt64, seconds: UInt64, burst: UInt32)
    case counter
    case namedCounter(String)
    /// Adds the key to a set of counters, and counts.
    case count(set: String, key: UInt32)
    /// Adds the key to a set, with an expression of its own, and asks that; with a time-out the
    /// element is gone so many milliseconds after its last packet.
    indirect case perKey(set: String, key: UInt32, timeout: UInt64?, Stateful)
    case stateful(Stateful)
    case dnat(IPFamily, address: UInt32, port: UInt32?)
    case snat(IPFamily, address: UInt32)
    /// With a port the sender gets that one, and no other.
    case masquerade(port: UInt32? = nil)
    /// Drops the packet, and resets the TCP connection of its sender (in prerouting since Linux 5.9).
    case resetSender
    /// Whether the socket that the packet is for takes the addresses of others (`IP_TRANSPARENT`): one
    /// byte, 1 or 0. Without a socket the rule does not match (since Linux 4.20, `nft_socket`).
    case socketIsTransparent(register: UInt32)
    /// The largest segment that fits the way out and the way back (host order).
    case routeMSS(register: UInt32)
    case toNetworkOrder16(register: UInt32)
    /// Lowers the MSS option of a TCP segment to the register's value.
    case clampMSS(register: UInt32)

    package enum Meta: UInt32, Hashable, Sendable {
        case mark = 3
        case inInterface = 6
        case outInterface = 7
        case family = 15
        case transport = 16
    }

    package enum Conntrack: UInt32, Hashable, Sendable {
        case state = 0
        case direction = 1
        case status = 2
        case mark = 3
        case originalDestination4 = 20
        case originalDestination6 = 22
    }

    package enum Comparison: UInt32, Hashable, Sendable {
        case equal = 0
        case notEqual = 1
    }

    package enum Lookup: Hashable, Sendable {
        case contains
        case lacks
        /// The value that belongs to the key.
        case value(register: UInt32)
        case verdict
    }

    package enum IPFamily: UInt32, Hashable, Sendable {
        case ipv4 = 2
        case ipv6 = 10
    }

    /// A piece of the packet.
    package struct Payload: Hashable, Sendable {
        /// 1 network header, 2 transport header.
        var base: UInt32
        var offset: UInt32
        var length: UInt32

        package static let source4 = Payload(base: 1, offset: 12, length: 4)
        package static let destination4 = Payload(base: 1, offset: 16, length: 4)
        package static let source6 = Payload(base: 1, offset: 8, length: 16)
        package static let destination6 = Payload(base: 1, offset: 24, length: 16)
        package static let sourcePort = Payload(base: 2, offset: 0, length: 2)
        package static let destinationPort = Payload(base: 2, offset: 2, length: 2)
        package static let tcpFlags = Payload(base: 2, offset: 13, length: 1)
        package static let tcpSequence = Payload(base: 2, offset: 4, length: 4)
        package static let icmpType = Payload(base: 2, offset: 0, length: 1)
        package static let icmpCode = Payload(base: 2, offset: 1, length: 1)
    }
}

extension Expression {
    private var name: String {
        switch self {
        case .meta, .setMark, .setTrace: "meta"
        case .payload: "payload"
        case .conntrack, .setConntrackMark: "ct"
        case .compare: "cmp"
        case .and, .replaceBits: "bitwise"
        case .lookup: "lookup"
        case .verdict, .value: "immediate"
        case .limit: "limit"
        case .counter: "counter"
        case .namedCounter: "objref"
        case .count, .perKey: "dynset"
        case .stateful(let stateful): stateful.name
        case .dnat, .snat: "nat"
        case .masquerade: "masq"
        case .resetSender: "reject"
        case .socketIsTransparent: "socket"
        case .routeMSS: "rt"
        case .toNetworkOrder16: "byteorder"
        case .clampMSS: "exthdr"
        }
    }

    func write(to writer: inout MessageWriter) {
        writer.nest(1) { entry in
            entry.string(1, name)
            entry.nest(2) { writeBody(to: &$0) }
        }
    }

    private func writeBody(to data: inout MessageWriter) {
        switch self {
        case .meta(let key, let register):
            data.big32(2, key.rawValue)
            data.big32(1, register)
        case .payload(let piece, let register):
            data.big32(1, register)
            data.big32(2, piece.base)
            data.big32(3, piece.offset)
            data.big32(4, piece.length)
        case .conntrack(let key, let register):
            data.big32(2, key.rawValue)
            data.big32(1, register)
            if key == .originalDestination4 || key == .originalDestination6 { data.byte(3, 0) }
        case .setConntrackMark(let register):
            data.big32(2, Conntrack.mark.rawValue)
            data.big32(4, register)
        case .compare(let register, let comparison, let value):
            data.big32(1, register)
            data.big32(2, comparison.rawValue)
            data.nest(3) { $0.bytes(1, value) }
        case .and(let register, let mask):
            let nothing = [UInt8](repeating: 0, count: mask.count)
            writeBitwise(register, mask, nothing, to: &data)
        case .replaceBits(let register, let mask, let value):
            writeBitwise(register, (~mask).hostOrder, (value & mask).hostOrder, to: &data)
        case .setMark(let register):
            data.big32(2, Meta.mark.rawValue)
            data.big32(3, register)
        case .lookup(let set, let key, let kind):
            writeLookup(set, key, kind, to: &data)
        case .verdict(let verdict, let chain):
            writeVerdict(verdict, chain, to: &data)
        case .value(let bytes, let register):
            data.big32(1, register)
            data.nest(2) { $0.bytes(1, bytes) }
        case .setTrace(let register):
            data.big32(2, 12)
            data.big32(3, register)
        case .limit(let packets, let seconds, let burst):
            data.big64(1, packets)
            data.big64(2, seconds)
            data.big32(3, burst)
            data.big32(4, 0)
            data.big32(5, 0)
        case .counter: break
        case .masquerade(let port):
            guard let port else { break }
            // NF_NAT_RANGE_PROTO_SPECIFIED, which kernels before 5.7 do not see for themselves.
            data.big32(1, 2)
            data.big32(2, port)
        // NFT_REJECT_TCP_RST
        case .resetSender: data.big32(1, 1)
        case .namedCounter(let name):
            data.big32(1, 1)
            data.string(2, name)
        case .count(let set, let key):
            data.big32(4, key)
            data.big32(3, 0)
            data.string(1, set)
            data.nest(7) { $0.string(1, "counter") }
        case .perKey(let set, let key, let timeout, let stateful):
            data.big32(4, key)
            data.big32(3, timeout == nil ? 0 : 1)
            data.string(1, set)
            if let timeout { data.big64(6, timeout) }
            data.nest(7) { stateful.write(to: &$0) }
        case .stateful(let stateful): stateful.writeBody(to: &data)
        case .dnat(let family, let address, let port):
            data.big32(1, 1)
            data.big32(2, family.rawValue)
            data.big32(3, address)
            if let port { data.big32(5, port) }
        case .snat(let family, let address):
            data.big32(1, 0)
            data.big32(2, family.rawValue)
            data.big32(3, address)
        case .socketIsTransparent(let register):
            data.big32(1, 0)
            data.big32(2, register)
        case .routeMSS(let register):
            data.big32(2, 3)
            data.big32(1, register)
        case .toNetworkOrder16(let register):
            data.big32(1, register)
            data.big32(2, register)
            data.big32(3, 1)
            data.big32(4, 2)
            data.big32(5, 2)
        case .clampMSS(let register):
            data.big32(7, register)
            data.byte(2, 2)
            data.big32(3, 2)
            data.big32(4, 2)
            data.big32(6, 1)
        }
    }

    /// Makes a register (register & mask) ^ flip.
    private func writeBitwise(
        _ register: UInt32, _ mask: [UInt8], _ flip: [UInt8], to data: inout MessageWriter
    ) {
        data.big32(1, register)
        data.big32(2, register)
        data.big32(6, 0)
        data.big32(3, UInt32(mask.count))
        data.nest(4) { $0.bytes(1, mask) }
        data.nest(5) { $0.bytes(1, flip) }
    }

    private func writeLookup(
        _ set: String, _ key: UInt32, _ kind: Lookup, to data: inout MessageWriter
    ) {
        data.big32(2, key)
        switch kind {
        case .contains, .lacks: break
        case .value(let register): data.big32(3, register)
        case .verdict: data.big32(3, 0)
        }
        data.string(1, set)
        if kind == .lacks { data.big32(5, 1) }
    }

    private func writeVerdict(
        _ verdict: NFTables.Verdict, _ chain: String?, to data: inout MessageWriter
    ) {
        data.big32(1, 0)
        data.nest(2) { value in
            value.nest(2) {
                $0.big32(1, UInt32(bitPattern: verdict.rawValue))
                if let chain { $0.string(2, chain) }
            }
        }
    }
}

extension UInt32 {
    /// As registers hold it.
    package var hostOrder: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
