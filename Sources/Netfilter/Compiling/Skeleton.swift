import Forwarding
import Netlink

/// The part of the table that does not depend on forwards: chains with a few rules each.
struct Skeleton {
    var chains: [ChainDeclaration]
    var rules: [String: [Rule]]

    init(mask: MarkMask, wanMask: WANMask, _ settings: EngineSettings) {
        let match = Matching(mask: mask)
        let guarded = settings.guarded
        let parts: [(ChainDeclaration, [Rule])] =
            [
                (ChainDeclaration("tag4"), Self.tagging(isV4: true)),
                (ChainDeclaration("tag6"), Self.tagging(isV4: false)),
                (ChainDeclaration("rest4"), Self.wholeAddresses(isV4: true)),
                (ChainDeclaration("rest6"), Self.wholeAddresses(isV4: false)),
                (
                    ChainDeclaration("first"),
                    [Cut.entry] + Self.admission(match)
                        + Self.arrival(match, wanMask, settings.network)
                ),
                (ChainDeclaration(Cut.chain), Cut.rules),
                (ChainDeclaration("nat"), Self.translation(match)),
                // MSS clamping may not be reached from the input hook, so counting stands apart.
                (
                    ChainDeclaration("pass"),
                    [Self.clamping, Rule("count", [Matching.goto("count")])]
                ),
                (ChainDeclaration("count"), Self.counting(match)),
                // Before anybody else sees the flow (conntrack itself stands at -200): its mark is
                // still empty, so that writing it disturbs nobody's bits.
                (
                    ChainDeclaration("pre_tag", hook: .init(.prerouting, priority: -199)),
                    Self.entry
                ),
                (ChainDeclaration("out_tag", hook: .init(.output, priority: -199)), Self.entry),
                // Just before the usual place (-100): our forwards win over other programs' NAT.
                (
                    ChainDeclaration(
                        "pre_nat", hook: .init(isNAT: true, .prerouting, priority: -105)),
                    [Rule("to the target", [Matching.jump("nat")])]
                ),
                (
                    ChainDeclaration("out_nat", hook: .init(isNAT: true, .output, priority: -105)),
                    [Rule("to the target", [Matching.jump("nat")])]
                ),
                (
                    ChainDeclaration("forwarded", hook: .init(.forward, priority: -5)),
                    Self.forwarding(match, settings)
                ),
                // What the gateway itself sends to targets, or answers as one, is not forwarded.
                (
                    ChainDeclaration("to_gateway", hook: .init(.input, priority: -5)),
                    [Rule("ours", match.isOurs + [Matching.goto("count")])]
                ),
                (
                    ChainDeclaration("from_gateway", hook: .init(.output, priority: -5)),
                    [Rule("ours", match.isOurs + [Matching.goto("count")])]
                ),
                (
                    ChainDeclaration(
                        "post_nat", hook: .init(isNAT: true, .postrouting, priority: 95)),
                    Self.sourceTranslation(match)
                ),
                (
                    ChainDeclaration("hush", hook: .init(.output, priority: 0)),
                    guarded ? Self.silence(match) : []
                ),
            ] + Self.answers(match, wanMask, settings.network)
        chains = parts.map(\.0)
        rules = Dictionary(uniqueKeysWithValues: parts.map { ($0.0.name, $0.1) })
    }

    /// Every packet comes by here; most are of flows that go on, and of no concern.
    private static let entry = [
        Rule("new flow", Matching.state(.new) + [Matching.goto("first")])
    ]

    private static func admission(_ match: Matching) -> [Rule] {
        func look(isV4: Bool, _ chain: String) -> Rule {
            Rule(
                "which forward",
                Matching.isUnmarked + Matching.family(isV4) + [Matching.jump(chain)])
        }
        return [
            look(isV4: true, "tag4"), look(isV4: false, "tag6"),
            Rule("who may", match.mark(in: "gate", .verdict)),
            Rule(
                "new flows",
                match.isOurs + Matching.isConfirmed(false) + match.count(in: .flows)),
        ]
    }

    private static func tagging(isV4: Bool) -> [Rule] {
        let digit = isV4 ? "4" : "6"
        func tag(_ what: String, _ found: [Expression]) -> Rule {
            Rule(what, found + [.setConntrackMark(register: 1), Matching.return])
        }
        let atWAN = Matching.destination(isV4: isV4, in: "wan" + digit)
        let pinholes = ["pin6", "pin6_range"].map {
            tag("pinhole", Matching.arrives(.contains) + Matching.endpointLookup(isV4: false, $0))
        }
        let rest = Matching.goto("rest" + digit)
        let others = Rule("not carried", Matching.isCarried(.lacks) + [rest])
        return [others] + (isV4 ? [] : pinholes) + [
            tag("at one address", Matching.endpointLookup(isV4: isV4, "at" + digit)),
            tag("range at one address", Matching.endpointLookup(isV4: isV4, "at\(digit)_range")),
            tag("at every WAN", atWAN + Matching.portLookup("any" + digit)),
            tag("range at every WAN", atWAN + Matching.portLookup("any\(digit)_range")),
            Rule("the rest", [rest]),
        ]
    }

    /// What no port names, protocols without ports too.
    private static func wholeAddresses(isV4: Bool) -> [Rule] {
        func tag(_ what: String, _ found: [Expression]) -> Rule {
            Rule(what, found + [.setConntrackMark(register: 1)])
        }
        let asked: Expression.Payload = isV4 ? .destination4 : .destination6
        let device = tag(
            "whole device",
            Matching.arrives(.contains) + Matching.addressLookup(asked, isV4: false, "open6"))
        let address = tag(
            "whole address", Matching.addressLookup(asked, isV4: isV4, isV4 ? "whole4" : "whole6"))
        return isV4 ? [address] : [device, address]
    }

    private static func translation(_ match: Matching) -> [Rule] {
        // Only what is carried has a mark, so the transport needs no second look.
        func rule(_ what: String, _ map: String, _ translation: Expression) -> Rule {
            Rule(what, match.mark(in: map, .value(register: 1)) + [translation])
        }
        return [
            rule("same port", "dst4_same", .dnat(.ipv4, address: 1, port: nil)),
            rule("other port", "dst4", .dnat(.ipv4, address: 1, port: 9)),
            rule("same port", "dst6_same", .dnat(.ipv6, address: 1, port: nil)),
            rule("other port", "dst6", .dnat(.ipv6, address: 1, port: 2)),
            Rule("shifted range", match.mark(in: "shift", .verdict)),
        ]
    }

    /// Ends what is ours: behind it comes the policy of the base chain, which accepts.
    private static func counting(_ match: Matching) -> [Rule] {
        [
            Rule(
                "from targets",
                Matching.direction(.reply) + match.count(in: .outbound) + [Matching.accept]),
            Rule("to targets", match.count(in: .inbound)),
        ]
    }

    private static func forwarding(_ match: Matching, _ settings: EngineSettings) -> [Rule] {
        // Clamping asks for the route of each SYN: where all links are alike it would change
        // nothing, and cost 3 % of the connections per second.
        let next = settings.network.linksDiffer ? "pass" : "count"
        let passing = Rule("ours", match.isOurs + [Matching.goto(next)])
        guard settings.guarded else { return [passing] }
        return [
            passing,
            Rule("going on", Matching.state(.establishedOrRelated) + [Matching.accept]),
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

    private static let clamping = Rule(
        "mss",
        Matching.transport(6) + [
            .payload(.tcpFlags, register: 1), .and(register: 1, mask: [0x02]),
            .compare(register: 1, .notEqual, [0]),
            .routeMSS(register: 1), .toNetworkOrder16(register: 1), .clampMSS(register: 1),
        ])

    private static func sourceTranslation(_ match: Matching) -> [Rule] {
        let hairpin = [true, false].map { isV4 in
            Rule(
                "hairpin",
                // What is seldom comes first: most rules of a chain are left at their first test.
                Matching.sharesSubnet(isV4: isV4) + match.isOurs + Matching.isTranslated + [
                    .conntrack(
                        isV4 ? .originalDestination4 : .originalDestination6, register: 1),
                    .snat(isV4 ? .ipv4 : .ipv6, address: 1),
                ])
        }
        return [Rule("source rewritten", match.mark(in: "rewrite") + [.masquerade()])] + hairpin
            + [ownPort(match)]
    }

    /// A mapping goes both ways (RFC 6886 section 3.9): whoever the target sends to from its mapped port
    /// sees the external one.
    ///
    /// It is translated also where nothing else masquerades: the mapping says that it is reached
    /// there.
    private static func ownPort(_ match: Matching) -> Rule {
        Rule(
            "leaves from its external port",
            Matching.leavesByWAN + Matching.family(true) + match.isNobodys + [
                .payload(.source4, register: 1), .meta(.transport, register: 9),
                .payload(.sourcePort, register: 10),
                .lookup(set: "leave4", key: 1, .value(register: 1)), .masquerade(port: 1),
            ])
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
