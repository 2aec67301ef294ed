import Addressing
import Netlink

/// Matches and targets of iptables in words.
enum CompatText {
    static func text(_ match: CompatExtension) -> String {
        switch CompatMatch(match) {
        case .tcp(let ports, _, _): ports.text("tcp")
        case .udp(let ports): ports.text("udp")
        case .multiport(let multiport): text(multiport)
        case .conntrack(let asked): text(asked)
        case .addressType(let asked):
            asked.destination != 0
                ? "fib daddr type \(type(asked.destination))"
                : "fib saddr type \(type(asked.source))"
        case .comment(let comment): "/* \(comment) */"
        case .mark(let asked, let isInverted): "meta mark \(text(asked, isInverted))"
        case .connectionMark(let asked, let isInverted): "ct mark \(text(asked, isInverted))"
        case .addressRange, .unknown: "match \(match.name)"
        }
    }

    static func text(target: CompatExtension) -> String {
        switch CompatTarget(target) {
        case .reject: "reject"
        case .destinationNAT(let nat): "dnat to \(place(nat))"
        case .redirect(let nat): "redirect to :\(nat.port.map { "\($0)" } ?? "the same")"
        default: "target \(target.name)"
        }
    }

    private static func place(_ nat: CompatNAT) -> String {
        guard let octets = nat.address else { return nat.port.map { ":\($0)" } ?? "a range" }
        // An IPv4 address fills the first four of sixteen.
        let isV4 = octets.dropFirst(4).allSatisfy { $0 == 0 }
        guard let address = IPAddress(octets: isV4 ? octets.prefix(4) : octets[...]) else {
            return "a range"
        }
        return nat.port.map { "\(Endpoint(address, $0))" } ?? "\(address)"
    }

    private static func text(_ multiport: CompatMultiport) -> String {
        let side =
            switch multiport.side {
            case .source: "sport"
            case .destination: "dport"
            case .either: "port"
            }
        let ports = multiport.ports.map(rangeText).joined(separator: ", ")
        return "th \(side) \(multiport.isInverted ? "!= " : ""){ \(ports) }"
    }

    private static func text(_ asked: CompatConntrack) -> String {
        var parts: [String] = []
        if let states = asked.states {
            let names: [(UInt32, String)] = [
                (0x1, "invalid"), (0x2, "established"), (0x4, "related"), (0x8, "new"),
                (0x40, "snat"), (0x80, "dnat"), (0x100, "untracked"),
            ]
            let found = names.filter { states & $0.0 != 0 }.map(\.1).joined(separator: ",")
            parts.append("ct state \(asked.statesInverted ? "!= " : "")\(found)")
        }
        if let status = asked.status {
            let value = ValueText.text(PartlyKnown(host: status).values, .status)
            parts.append("ct status \(asked.statusInverted ? "!= " : "")\(value)")
        }
        if let direction = asked.direction {
            parts.append("ct direction \(direction == 0 ? "original" : "reply")")
        }
        if asked.hasMore || parts.isEmpty { parts.append("match conntrack") }
        return parts.joined(separator: " ")
    }

    private static func text(_ asked: CompatMatch.Masked, _ isInverted: Bool) -> String {
        func hex(_ word: UInt32) -> String { "0x" + String(word, radix: 16) }
        let mask = asked.mask == .max ? "" : "& \(hex(asked.mask)) "
        return mask + (isInverted ? "!= " : mask.isEmpty ? "" : "== ") + hex(asked.value)
    }

    private static func type(_ bits: UInt16) -> String { bits == 4 ? "local" : "\(bits)" }

    fileprivate static func rangeText(_ range: ClosedRange<UInt16>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}

extension CompatPorts {
    fileprivate func text(_ transport: String) -> String {
        var parts: [String] = []
        for (side, range, isInverted) in [
            ("sport", source, sourceInverted), ("dport", destination, destinationInverted),
        ] {
            guard let range, range != 0...0xffff else { continue }
            let sign = isInverted ? "!= " : ""
            parts.append("\(transport) \(side) \(sign)\(CompatText.rangeText(range))")
        }
        return parts.isEmpty ? "meta l4proto \(transport)" : parts.joined(separator: " ")
    }
}
