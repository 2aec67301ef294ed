import Addressing
import Forwarding
import Netlink

/// Who may use a forward, as the kernel checks it: a chain that drops what may not come in.
///
/// Forwards with the same terms share one chain; its name is a hash of the terms.
struct Admission: Hashable {
    var allowed: [Prefix]
    var denied: [Prefix]
    /// Whether some are let in besides, from one port each.
    ///
    /// Who they are stands in sets for all forwards: each device has others, and a thousand chains take
    /// eight times as long to load.
    var admitsPeers: Bool
    /// The same for blocks of addresses, which are rare.
    var blocks: [RemotePeer]
    var hairpin: Bool
    var pinholeInterface: InterfaceName?
    /// Whether a schedule that keeps live flows closes it for new ones.
    var isTimed: Bool
    /// Bounds for those that may.
    var limits: FlowLimits?

    /// Nil when everybody may, at any time.
    init?(_ forward: ActiveForward) {
        allowed = forward.sources.allowed
        denied = forward.sources.denied
        admitsPeers = forward.sources.peers.contains { !$0.isBlock }
        blocks = forward.sources.peers.filter(\.isBlock)
        hairpin = forward.hairpin
        pinholeInterface = forward.pinholeInterface
        isTimed = forward.admits != .always
        limits = FlowLimits(forward)
        let isOpen =
            !isNarrow && denied.isEmpty && hairpin && pinholeInterface == nil && !isTimed
        if isOpen { return nil }
    }

    /// Whether only some may come in from outside.
    private var isNarrow: Bool { !allowed.isEmpty || admitsPeers || !blocks.isEmpty }

    var chain: String { Layout.admissionPrefix + digits }

    private var digits: String {
        termsHash(
            "\(allowed)|\(denied)|\(hairpin)|\(pinholeInterface?.text ?? "")"
                + (admitsPeers ? "|peers" : "") + (blocks.isEmpty ? "" : "|\(blocks)")
                + (isTimed ? "|timed" : "")
                + (limits.map { "|\($0.chain)" } ?? ""))
    }

    private func setName(allow: Bool, isV4: Bool) -> String {
        "\(allow ? "allow" : "deny")\(isV4 ? 4 : 6)_\(digits)"
    }

    private func prefixes(allow: Bool, isV4: Bool) -> [Prefix] {
        (allow ? allowed : denied).filter { ($0.family == .v4) == isV4 }
    }

    /// The prefix sets of this policy with their elements; empty ones are left out.
    var sets: [(SetDeclaration, [SetElement])] {
        var sets: [(SetDeclaration, [SetElement])] = []
        for (allow, isV4) in [(true, true), (true, false), (false, true), (false, false)] {
            let prefixes = prefixes(allow: allow, isV4: isV4)
            guard !prefixes.isEmpty else { continue }
            let declaration = SetDeclaration(
                setName(allow: allow, isV4: isV4), key: [isV4 ? .ipv4 : .ipv6], isInterval: true)
            sets.append((declaration, Self.intervals(prefixes)))
        }
        return sets + blockSets
    }

    private func blockSet(isV4: Bool) -> String { "peer\(isV4 ? 4 : 6)_\(digits)" }

    private func blocks(isV4: Bool) -> [RemotePeer] {
        blocks.filter { ($0.prefix.family == .v4) == isV4 }
    }

    /// Address and port as a concatenation of intervals.
    private var blockSets: [(SetDeclaration, [SetElement])] {
        [true, false].compactMap { isV4 in
            let blocks = blocks(isV4: isV4)
            guard !blocks.isEmpty else { return nil }
            let declaration = SetDeclaration(
                blockSet(isV4: isV4), key: [isV4 ? .ipv4 : .ipv6, .port], isInterval: true)
            let elements = blocks.map { peer in
                let port = peer.port ?? 0
                return SetElement(
                    RegisterImage().address(peer.prefix.base).port(port),
                    through: RegisterImage().address(peer.prefix.last).port(port))
            }
            return (declaration, elements)
        }
    }

    func rules(_ mask: MarkMask) -> [Rule] {
        let match = Matching(mask: mask)
        let refuse = match.count(in: .denied) + [Matching.drop]
        func sources(_ what: String, allow: Bool, _ end: [Expression]) -> [Rule] {
            [true, false].filter { !prefixes(allow: allow, isV4: $0).isEmpty }.map { isV4 in
                Rule(
                    what,
                    Matching.source(isV4: isV4, in: setName(allow: allow, isV4: isV4)) + end)
            }
        }
        let admit = limits.map { Matching.goto($0.chain) } ?? Matching.return
        let inside = Matching.arrives(.lacks) + (hairpin ? [admit] : refuse)
        var rules =
            isTimed
            ? [
                Rule(
                    "closed",
                    Matching.isConfirmed(false) + match.mark(in: "open", .lacks) + refuse)
            ] : []
        rules += sources("denied", allow: false, refuse)
        rules.append(Rule(hairpin ? "inside" : "inside, without hairpin", inside))
        if let pinholeInterface {
            rules.append(
                Rule(
                    "other interface",
                    Matching.family(false) + [
                        .meta(.inInterface, register: 1),
                        .compare(
                            register: 1, .notEqual,
                            RegisterImage().interface(pinholeInterface).bytes),
                    ] + refuse))
        }
        guard isNarrow else {
            return rules + (limits == nil ? [] : [Rule("everybody", [admit])])
        }
        return rules + sources("allowed", allow: true, [admit]) + peerRules(match, [admit])
            + [Rule("not allowed", refuse)]
    }

    private func peerRules(_ match: Matching, _ end: [Expression]) -> [Rule] {
        let single =
            admitsPeers
            ? [true, false].map { isV4 in
                Rule("peer", match.peer(isV4: isV4, in: isV4 ? "peer4" : "peer6") + end)
            } : []
        return single
            + [true, false].filter { !blocks(isV4: $0).isEmpty }.map { isV4 in
                Rule(
                    "block of peers",
                    Matching.sourceAndPort(isV4: isV4, in: blockSet(isV4: isV4)) + end)
            }
    }

    /// Each block is a first address and the address behind the last, with a flag.
    ///
    /// A block that ends with the address space has no end; blocks that touch are joined, since
    /// both would stand at the same key.
    private static func intervals(_ prefixes: [Prefix]) -> [SetElement] {
        var elements: [SetElement] = []
        for prefix in prefixes.sorted() {
            let start = RegisterImage().address(prefix.base)
            if elements.last?.endsInterval == true, elements.last?.key == start {
                elements.removeLast()
            } else {
                elements.append(SetElement(start))
            }
            guard let end = prefix.last.next else { continue }
            elements.append(SetElement(RegisterImage().address(end), endsInterval: true))
        }
        return elements
    }
}

extension RemotePeer {
    var isBlock: Bool { prefix.base != prefix.last }
}

extension IPAddress {
    /// The address behind this one; nil behind the last.
    fileprivate var next: IPAddress? {
        switch self {
        case .v4(let v4):
            return v4.bits == .max ? nil : .v4(IPv4Address(bits: v4.bits + 1))
        case .v6(let v6):
            let (low, carry) = v6.low.addingReportingOverflow(1)
            let (high, overflow) = v6.high.addingReportingOverflow(carry ? 1 : 0)
            return overflow ? nil : .v6(IPv6Address(high: high, low: low))
        }
    }
}
