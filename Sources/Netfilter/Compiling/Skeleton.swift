import Netlink

/// The part of the table that does not depend on forwards: chains with a few rules each.
struct Skeleton {
    var chains: [ChainDeclaration]
    var rules: [String: [Rule]]

    /// - Parameter guarded: whether new flows from a WAN to elsewhere need a forward.
    init(mask: MarkMask, guarded: Bool) {
        let match = Matching(mask: mask)
        let parts: [(ChainDeclaration, [Rule])] = [
            (ChainDeclaration("tag4"), Self.tagging(isV4: true)),
            (ChainDeclaration("tag6"), Self.tagging(isV4: false)),
            (ChainDeclaration("tag"), Self.admission(match)),
            (ChainDeclaration("nat"), Self.translation(match)),
            (ChainDeclaration("count"), Self.counting(match)),
            // Before anybody else sees the flow (conntrack itself stands at -200): its mark is
            // still empty, so that writing it disturbs nobody's bits.
            (
                ChainDeclaration("pre_tag", hook: .init(.prerouting, priority: -199)),
                [Rule("first look", [Matching.jump("tag")])]
            ),
            (
                ChainDeclaration("out_tag", hook: .init(.output, priority: -199)),
                [Rule("the gateway's own use", [Matching.jump("tag")])]
            ),
            // Just before the usual place (-100): our forwards win over other programs' NAT.
            (
                ChainDeclaration("pre_nat", hook: .init(isNAT: true, .prerouting, priority: -105)),
                [Rule("to the target", [Matching.jump("nat")])]
            ),
            (
                ChainDeclaration("out_nat", hook: .init(isNAT: true, .output, priority: -105)),
                [Rule("to the target", [Matching.jump("nat")])]
            ),
            (
                ChainDeclaration("forwarded", hook: .init(.forward, priority: -5)),
                Self.forwarding(match, guarded: guarded)
            ),
            // What the gateway itself sends to targets, or answers as one, is not forwarded.
            (
                ChainDeclaration("to_gateway", hook: .init(.input, priority: -5)),
                [Rule("ours", match.isOurs + [Matching.jump("count")])]
            ),
            (
                ChainDeclaration("from_gateway", hook: .init(.output, priority: -5)),
                [Rule("ours", match.isOurs + [Matching.jump("count")])]
            ),
            (
                ChainDeclaration("mss", hook: .init(.postrouting, priority: -150)),
                [Self.clamping(match)]
            ),
            (
                ChainDeclaration("post_nat", hook: .init(isNAT: true, .postrouting, priority: 95)),
                Self.sourceTranslation(match)
            ),
            (
                ChainDeclaration("hush", hook: .init(.output, priority: 0)),
                guarded ? Self.silence(match) : []
            ),
        ]
        chains = parts.map(\.0)
        rules = Dictionary(uniqueKeysWithValues: parts.map { ($0.0.name, $0.1) })
    }

    private static func tagging(isV4: Bool) -> [Rule] {
        let digit = isV4 ? "4" : "6"
        func tag(_ what: String, _ found: [Expression]) -> Rule {
            Rule(what, Matching.isCarried + found + [.setConntrackMark(register: 1)])
        }
        let atWAN = Matching.destination(isV4: isV4, in: "wan" + digit)
        let pinholes = ["pin6", "pin6_range"].map {
            tag("pinhole", Matching.arrives(.contains) + Matching.endpointLookup(isV4: false, $0))
        }
        return (isV4 ? [] : pinholes) + [
            tag("at one address", Matching.endpointLookup(isV4: isV4, "at" + digit)),
            tag("range at one address", Matching.endpointLookup(isV4: isV4, "at\(digit)_range")),
            tag("at every WAN", atWAN + Matching.portLookup("any" + digit)),
            tag("range at every WAN", atWAN + Matching.portLookup("any\(digit)_range")),
        ]
    }

    private static func admission(_ match: Matching) -> [Rule] {
        let isFirst = Matching.state(.new) + Matching.isUnmarked
        return [
            Rule("which forward", isFirst + Matching.family(true) + [Matching.jump("tag4")]),
            Rule("which forward", isFirst + Matching.family(false) + [Matching.jump("tag6")]),
            Rule("none", match.isNobodys + [Matching.return]),
            Rule(
                "lease is over",
                match.mark(in: "leased") + match.mark(in: "lease", .lacks)
                    + [.counter, Matching.drop]),
            Rule("who may", Matching.state(.new) + match.mark(in: "gate", .verdict)),
        ]
    }

    private static func translation(_ match: Matching) -> [Rule] {
        func rule(_ what: String, _ map: String, _ expressions: Expression) -> Rule {
            Rule(
                what, Matching.isCarried + match.mark(in: map, .value(register: 1)) + [expressions])
        }
        return [
            Rule("shifted range", match.mark(in: "shift", .verdict)),
            rule("same port", "dst4_same", .dnat(.ipv4, address: 1, port: nil)),
            rule("other port", "dst4", .dnat(.ipv4, address: 1, port: 9)),
            rule("same port", "dst6_same", .dnat(.ipv6, address: 1, port: nil)),
            rule("other port", "dst6", .dnat(.ipv6, address: 1, port: 2)),
        ]
    }

    private static func counting(_ match: Matching) -> [Rule] {
        [
            Rule("to targets", Matching.direction(.original) + match.count(in: .inbound)),
            Rule("from targets", Matching.direction(.reply) + match.count(in: .outbound)),
            Rule("new flows", Matching.state(.new) + match.count(in: .flows)),
        ]
    }

    private static func forwarding(_ match: Matching, guarded: Bool) -> [Rule] {
        let counting = Rule("ours", match.isOurs + [Matching.jump("count")])
        guard guarded else { return [counting] }
        return [
            counting,
            Rule("going on", Matching.state(.establishedOrRelated) + [Matching.accept]),
            Rule("ours", match.isOurs + [Matching.accept]),
            Rule(
                "back out where it came from",
                [
                    .meta(.inInterface, register: 1), .meta(.outInterface, register: 2),
                    .lookup(set: "turn", key: 1, .contains), Matching.accept,
                ]),
            Rule(
                "guard",
                Matching.arrives(.contains) + [.namedCounter(Layout.guardCounter), Matching.drop]),
        ]
    }

    private static func clamping(_ match: Matching) -> Rule {
        Rule(
            "mss",
            match.isOurs + Matching.transport(6) + [
                .payload(.tcpFlags, register: 1), .and(register: 1, mask: [0x02]),
                .compare(register: 1, .notEqual, [0]),
                .routeMSS(register: 1), .toNetworkOrder16(register: 1), .clampMSS(register: 1),
            ])
    }

    private static func sourceTranslation(_ match: Matching) -> [Rule] {
        let hairpin = [true, false].map { isV4 in
            Rule(
                "hairpin",
                match.isOurs + Matching.isTranslated + Matching.sharesSubnet(isV4: isV4) + [
                    .conntrack(
                        isV4 ? .originalDestination4 : .originalDestination6, register: 1),
                    .snat(isV4 ? .ipv4 : .ipv6, address: 1),
                ])
        }
        return [Rule("source rewritten", match.mark(in: "rewrite") + [.masquerade])] + hairpin
    }

    /// A closed port says nothing to the outside (RFC 5382 REQ-4): the kernel's refusals are caught
    /// on their way out.
    ///
    /// Programs that do listen are not concerned; their resets carry a sequence number.
    private static func silence(_ match: Matching) -> [Rule] {
        func unreachable(isV4: Bool) -> Rule {
            Rule(
                "closed port",
                Matching.leavesByWAN + Matching.family(isV4) + Matching.transport(isV4 ? 1 : 58) + [
                    .payload(.icmpType, register: 1),
                    .compare(register: 1, .equal, [isV4 ? 3 : 1]),
                    .payload(.icmpCode, register: 1),
                    .compare(register: 1, .equal, [isV4 ? 3 : 4]),
                    .counter, Matching.drop,
                ])
        }
        let resets = Rule(
            "closed port",
            Matching.leavesByWAN + match.isNobodys + Matching.transport(6) + [
                .payload(.tcpFlags, register: 1), .and(register: 1, mask: [0x14]),
                .compare(register: 1, .equal, [0x14]),
                .payload(.tcpSequence, register: 1),
                .compare(register: 1, .equal, [0, 0, 0, 0]), .counter, Matching.drop,
            ])
        return [resets, unreachable(isV4: true), unreachable(isV4: false)]
    }
}
