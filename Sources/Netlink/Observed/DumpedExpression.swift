/// One step of a rule of any table.
///
/// Registers and keys are the kernel's numbers (include/uapi/linux/netfilter/nf_tables.h); what is
/// not
/// among them, or is written in a way that we do not know, is `unknown` and has its name.
package enum DumpedExpression: Hashable, Sendable {
    case meta(key: UInt32, register: UInt32)
    case setMeta(key: UInt32, register: UInt32)
    case payload(DumpedPayload, register: UInt32)
    case writePayload(DumpedPayload)
    /// `direction` is nil for what a flow has only once; 0 original, 1 reply.
    case conntrack(key: UInt32, direction: UInt8?, register: UInt32)
    case setConntrack(key: UInt32, register: UInt32)
    case compare(register: UInt32, DumpedComparison, [UInt8])
    case range(register: UInt32, isInside: Bool, from: [UInt8], to: [UInt8])
    /// destination = (source & mask) ^ xor.
    case bitwise(source: UInt32, destination: UInt32, mask: [UInt8], xor: [UInt8])
    case byteOrder(source: UInt32, destination: UInt32, length: UInt32, size: UInt32)
    case lookup(set: String, key: UInt32, DumpedLookup)
    case value([UInt8], register: UInt32)
    case verdict(DumpedVerdict)
    case counter
    case limit
    case log(prefix: String)
    case object(kind: UInt32?, name: String)
    case reject(DumpedReject)
    case masquerade
    case nat(DumpedNAT)
    case redirect(port: UInt32?)
    case fib(result: UInt32, flags: UInt32, register: UInt32)
    case notrack
    case queue
    /// Parts of iptables that nf_tables runs as they are.
    case match(CompatExtension)
    case target(CompatExtension)
    case unknown(String)
}

/// A piece of the packet.
///
/// The base is 0 for the link header, 1 network, 2 transport, 3 what is inside.
package struct DumpedPayload: Hashable, Sendable {
    package var base: UInt32
    package var offset: UInt32
    package var length: UInt32

    package init(base: UInt32, offset: UInt32, length: UInt32) {
        self.base = base
        self.offset = offset
        self.length = length
    }
}

package enum DumpedComparison: UInt32, Hashable, Sendable {
    case equal = 0
    case notEqual, less, lessOrEqual, greater, greaterOrEqual
}

package enum DumpedLookup: Hashable, Sendable {
    case contains
    case lacks
    case value(register: UInt32)
    case verdict
}

package enum DumpedReject: Hashable, Sendable {
    case unreachable(code: UInt8)
    case reset
}

/// Translation to what stands in registers.
package struct DumpedNAT: Hashable, Sendable {
    package var isDestination: Bool
    package var family: UInt32
    package var address: UInt32?
    package var lastAddress: UInt32?
    package var port: UInt32?
    package var lastPort: UInt32?
}

/// A match or target of iptables: name, revision, and its structure as bytes.
package struct CompatExtension: Hashable, Sendable {
    package var name: String
    package var revision: UInt32
    package var info: [UInt8]

    package init(name: String, revision: UInt32, info: [UInt8]) {
        self.name = name
        self.revision = revision
        self.info = info
    }
}
