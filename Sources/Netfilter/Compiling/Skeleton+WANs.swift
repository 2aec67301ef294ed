import Addressing
import Forwarding
import Netlink

/// Several WANs: a flow keeps in its mark by which WAN it came in, and its answers carry that on to the
/// routing rules (`PolicyRouting`).
///
/// A gateway with one WAN has none of it. Other bits of either mark stay as they are. Constants of one
/// rule for each WAN, not a map: `nft` before 1.1 ends with an assertion when it lists a rule that
/// joins a mark with what a map said.
extension Skeleton {
    /// Behind the gate, for new flows that a forward owns.
    static func arrival(
        _ match: Matching, _ mask: WANMask, _ network: NetworkView
    ) -> [Rule] {
        network.numberedWANs.map { wan in
            Rule(
                "came in by a WAN",
                [
                    .meta(.inInterface, register: 1),
                    .compare(
                        register: 1, .equal, RegisterImage().interface(wan.name).bytes),
                ] + match.isOurs + [
                    .conntrack(.mark, register: 1),
                    .replaceBits(
                        register: 1, mask: mask.bits, with: mask.mark(of: wan.number)),
                    .setConntrackMark(register: 1),
                ])
        }
    }

    /// Behind the place where others set marks (-150), so that theirs do not undo ours, and before
    /// routing.
    private static let priority: Int32 = -140

    static func answers(
        _ match: Matching, _ mask: WANMask, _ network: NetworkView
    ) -> [(ChainDeclaration, [Rule])] {
        guard !network.numberedWANs.isEmpty else { return [] }
        let entry = [
            Rule(
                "answers",
                Matching.direction(.reply) + match.isOurs + [Matching.goto("by_wan")])
        ]
        let rules = network.numberedWANs.map { wan in
            let mark = mask.mark(of: wan.number)
            return Rule(
                "back by its WAN",
                [
                    .conntrack(.mark, register: 1),
                    .and(register: 1, mask: mask.bits.hostOrder),
                    .compare(register: 1, .equal, mark.hostOrder),
                    .meta(.mark, register: 1),
                    .replaceBits(register: 1, mask: mask.bits, with: mark),
                    .setMark(register: 1), Matching.accept,
                ])
        }
        return [
            (ChainDeclaration("by_wan"), rules),
            (
                ChainDeclaration("answer", hook: .init(.prerouting, priority: priority)), entry
            ),
            // What the gateway itself answers has been routed already, and is routed again.
            (
                ChainDeclaration(
                    "out_answer", hook: .init(reroutes: true, .output, priority: priority)),
                entry
            ),
        ]
    }
}
