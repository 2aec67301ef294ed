import Addressing
import Netlink

/// Has what targets answer to the addresses of others come to this machine's own sockets.
///
/// Theory of operation. A transparent socket has sent a packet in the name of a client. The answer is
/// for the client's address, and the kernel would forward it there. So packets for which there is such
/// a socket are marked where they come in, and a routing rule leads what is marked to a table in which
/// every address is the machine's own:
///
///     table inet portcullis_relay: prerouting, priority mangle: socket transparent 1, set the mark
///     priority      fwmark BIT/BIT iif lo  lookup main
///     priority + 1  fwmark BIT/BIT         lookup TABLE
///     table TABLE   local default dev lo
///
/// The first rule is for the kernel's check of sources (rp_filter), which asks for the way back as if it
/// came from `lo`: with `src_valid_mark` it asks with the mark, and would find that the target is
/// the machine itself and drop its answers.
package struct TransparentWay: Hashable, Sendable {
    /// One bit, which nobody else uses.
    private let mark: UInt32
    private let table: UInt32
    private let priority: UInt32

    /// - Parameter taken: bits of the packet's mark that have another meaning.
    package init(beside taken: UInt32, table: UInt32, priority: UInt32) {
        // The highest four, then the lowest eight: common programs have theirs in between.
        let order = [28, 29, 30, 31] + Array(0..<28)
        mark = order.lazy.map { UInt32(1) << UInt32($0) }.first { $0 & taken == 0 } ?? 0
        self.table = table
        self.priority = priority
    }

    /// Beside the bits of forwards and WANs as they are unless configured.
    package static let standard = TransparentWay(
        beside: 0x0fff_ff00, table: 7416, priority: 7404)

    package static let filterTable = "portcullis_relay"

    /// Opens it; what is there already is put right.
    package func open() throws(KernelError) {
        var route = try NetlinkSocket(.route)
        for family in AddressFamily.allCases {
            let way = LocalRoute(family, table: table)
            try Self.require(
                try route.request {
                    way.write(.put, owner: RouteOwner.relay, sequence: $0, to: &$1)
                })
            for rule in rules(family) {
                try Self.require(
                    try route.request {
                        rule.write(.add, owner: RouteOwner.relay, sequence: $0, to: &$1)
                    })
            }
        }
        try commit { batch in
            batch.operation(.newTable, .create) { $0.big32(2, 0) }
            batch.operation(.deleteTable) { _ in }
            batch.operation(.newTable, .create) { $0.big32(2, 0) }
            batch.operation(.newChain, .create) { chain.write(to: &$0) }
            batch.operation(.newRule, [.create, .append]) {
                marking.write(to: &$0, chain: chain.name)
            }
        }
    }

    /// Closes it; what is not there stays away.
    package func close() throws(KernelError) {
        try commit { batch in
            batch.operation(.newTable, .create) { $0.big32(2, 0) }
            batch.operation(.deleteTable) { _ in }
        }
        var route = try NetlinkSocket(.route)
        for family in AddressFamily.allCases {
            for rule in rules(family) {
                _ = try route.request {
                    rule.write(.delete, owner: RouteOwner.relay, sequence: $0, to: &$1)
                }
            }
            let way = LocalRoute(family, table: table)
            _ = try route.request {
                way.write(.delete, owner: RouteOwner.relay, sequence: $0, to: &$1)
            }
        }
    }

    private func rules(_ family: AddressFamily) -> [PolicyRule] {
        let selector = PolicyRule.Selector.mark(mark, mask: mark)
        var check = PolicyRule(
            family, priority: priority, selector, table: PolicyRule.mainTable)
        check.isFromLoopback = true
        return [check, PolicyRule(family, priority: priority + 1, selector, table: table)]
    }

    private let chain = ChainDeclaration(
        "answers", hook: ChainDeclaration.Entry(.prerouting, priority: -150))

    private var marking: Rule {
        Rule(
            "for a relay's socket",
            [
                .socketIsTransparent(register: 1),
                .compare(register: 1, .equal, [1]),
                .meta(.mark, register: 1),
                .replaceBits(register: 1, mask: mark, with: mark),
                .setMark(register: 1), .verdict(.accept, chain: nil),
            ])
    }

    private func commit(_ fill: (inout Batch) -> Void) throws(KernelError) {
        var netfilter = try NetlinkSocket(.netfilter)
        var batch = Batch(
            table: Self.filterTable, firstSequence: netfilter.nextSequence())
        fill(&batch)
        let (bytes, end) = batch.finish()
        if let refusal = try netfilter.commit(bytes, end: end).first {
            throw KernelError(code: refusal.code, call: .table)
        }
    }

    /// A machine without one of the families has no flows of it.
    private static func require(_ code: Int32) throws(KernelError) {
        let harmless = [
            0, ErrorNumber.exists, ErrorNumber.notSupported, ErrorNumber.familyNotSupported,
        ]
        guard harmless.contains(code) else { throw KernelError(code: code, call: .divert) }
    }
}
