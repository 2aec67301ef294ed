import Addressing
package import Netlink

/// The routing rules and tables by which answers leave by the WAN that the request came in by.
///
/// Theory of operation. Each WAN with a next hop has a table of its own with a default route, and
/// rules that lead there:
///
///     base      fwmark N/mask   lookup main, its default route left out
///     base + 1  fwmark N/mask   lookup base + N
///     base + 2  from ADDRESS    lookup main, its default route left out
///     base + 3  from ADDRESS    lookup base + N
///
/// So every more specific route of the machine still wins (a subnet of the LAN, a tunnel). What is
/// wanted is a value; what is installed is another, read from the kernel by the protocol number that
/// only we use; the difference is sent. Start, change, reload and stop are the same step.
package struct PolicyRouting: Hashable, Sendable {
    package var rules: Set<PolicyRule> = []
    package var routes: Set<TableRoute> = []

    package init() {}

    /// - Parameter base: the first of the rules' priorities; the tables have the numbers behind it.
    package init(_ paths: [WANPath], mask: WANMask, base: UInt32) {
        for path in paths {
            let table = base + UInt32(path.number)
            let mark = PolicyRule.Selector.mark(mask.mark(of: path.number), mask: mask.bits)
            for hop in path.hops {
                routes.insert(
                    TableRoute(
                        table: table, index: path.index, hop: hop, isOnLink: path.isFar(hop)))
                lead(mark, to: table, hop.family, priority: base)
                for entry in path.addresses where entry.address.family == hop.family {
                    lead(.source(entry.address), to: table, hop.family, priority: base + 2)
                }
            }
        }
    }

    private mutating func lead(
        _ selector: PolicyRule.Selector, to table: UInt32, _ family: AddressFamily,
        priority: UInt32
    ) {
        rules.insert(
            PolicyRule(
                family, priority: priority, selector, table: PolicyRule.mainTable,
                leavesOutDefault: true))
        rules.insert(PolicyRule(family, priority: priority + 1, selector, table: table))
    }
}

extension WANPath {
    /// Whether the gateway lies in no subnet of the interface, so that the kernel has to be told that
    /// it is there.
    fileprivate func isFar(_ hop: NextHop) -> Bool {
        guard case .gateway(let gateway) = hop, gateway.v6?.isLinkLocal != true else {
            return false
        }
        return !addresses.contains {
            Prefix(containing: $0.address, length: $0.prefixLength).contains(gateway)
        }
    }
}
