import Addressing
import Forwarding

/// Reads a zone of firewalld: what `firewall-cmd --list-all` prints, or the XML file.
enum FirewalldReader {
    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        if lines.contains(where: { $0.text.contains("<zone") }) {
            FirewalldXML.read(lines, &carriage)
        } else {
            FirewalldList.read(lines, &carriage)
        }
    }
}

/// What holds for all forwards of a zone.
struct FirewalldZone {
    var name = ""
    var interfaces: [String] = []
    var sources: [Prefix] = []

    /// Carries over one `forward-port`, in a rich rule perhaps.
    func carry(
        _ terms: [String: String], _ own: [Prefix], _ line: SourceLine,
        _ carriage: inout Carriage
    ) {
        do throws(Reason) {
            var wanted = try wanted(terms)
            wanted.allowed = try allowed(own)
            if let interface = interfaces.first.flatMap({ InterfaceName($0) }),
                interfaces.count == 1
            {
                guard InterfaceSide(interface.text) != .inside else {
                    throw .fromInside(interface.text)
                }
                wanted.scope = .interface(interface)
            }
            guard carriage.carry(wanted, from: line) else { return }
            remark(wanted, line, &carriage)
        } catch { carriage.remark(line, error) }
    }

    private func allowed(_ own: [Prefix]) throws(Reason) -> [Prefix] {
        // A zone with both takes packets from either; then its sources narrow nothing.
        let zone = interfaces.isEmpty ? sources : []
        guard !own.isEmpty, !zone.isEmpty else { return own + zone }
        guard own.allSatisfy({ prefix in zone.contains { $0.contains(prefix) } }) else {
            throw .condition("the sources of the zone")
        }
        return own
    }

    private func wanted(_ terms: [String: String]) throws(Reason) -> Wanted {
        guard let text = terms["port"], let ports = Reading.ports(text) else { throw .unreadable }
        guard let transports = Transports(terms["proto"] ?? ""), transports != .tcpAndUDP else {
            throw .transport(terms["proto"] ?? "no protocol")
        }
        guard let address = terms["toaddr"], !address.isEmpty else { throw .redirect }
        guard let host = IPAddress(address) else { throw .target(address) }
        var wanted = Wanted(transports: transports, ports: ports, host: .address(host))
        guard let text = terms["toport"], !text.isEmpty else { return wanted }
        guard let target = Reading.ports(text) else { throw .unreadable }
        wanted.targetPorts = target
        return wanted
    }

    private func remark(_ wanted: Wanted, _ line: SourceLine, _ carriage: inout Carriage) {
        if let ports = wanted.targetPorts, ports != wanted.ports, !ports.isSingle {
            carriage.remark(line, .shifted)
        }
        if interfaces.count > 1 { carriage.remark(line, .checkZone(name)) }
        guard case .interface(let interface) = wanted.scope else { return }
        guard InterfaceSide(interface.text) == .unknown else { return }
        carriage.remark(line, .checkInterface(interface.text))
    }
}

/// What `firewall-cmd --list-all` and `--list-all-zones` print.
enum FirewalldList {
    /// A key of a zone with its values, some of them on lines of their own.
    private struct Entry {
        var key: String
        var values: [(text: String, line: SourceLine)] = []
    }

    static func read(_ lines: [SourceLine], _ carriage: inout Carriage) {
        var (zone, entries): (String, [Entry]) = ("", [])
        for line in lines where !line.text.isEmpty {
            if let (key, rest) = Self.key(line.text) {
                entries.append(Entry(key: key, values: rest.isEmpty ? [] : [(rest, line)]))
            } else if line.text.hasPrefix("rule ") || line.text.hasPrefix("port=") {
                if entries.isEmpty { entries.append(Entry(key: "forward-ports")) }
                entries[entries.count - 1].values.append((line.text, line))
            } else if let name = zoneName(line) {
                carry(zone, entries, &carriage)
                (zone, entries) = (name, [])
            } else {
                carriage.remark(line, .unreadable)
            }
        }
        carry(zone, entries, &carriage)
    }

    /// `public`, `public (active)`, `public (default, active)`.
    private static func zoneName(_ line: SourceLine) -> String? {
        let (words, text) = (line.words, line.text)
        guard let name = words.first, !name.contains(":"), !name.contains("=") else { return nil }
        let rest = text.dropFirst(name.count).drop { $0 == " " }
        return rest.isEmpty || (rest.first == "(" && rest.last == ")") ? name : nil
    }

    private static let keys: Set<String> = [
        "target", "icmp-block-inversion", "ingress-priority", "egress-priority", "interfaces",
        "sources", "services", "ports", "protocols", "forward", "masquerade", "forward-ports",
        "source-ports", "icmp-blocks", "rich rules",
    ]

    private static func key(_ text: String) -> (String, String)? {
        let parts = text.parts(":", atMost: 2)
        guard parts.count == 2, keys.contains(parts[0]) else { return nil }
        return (parts[0], parts[1].trimmed)
    }

    private static func carry(_ name: String, _ entries: [Entry], _ carriage: inout Carriage) {
        var zone = FirewalldZone(name: name)
        for entry in entries {
            let words = entry.values.flatMap(\.text.blankSeparated)
            if entry.key == "interfaces" { zone.interfaces += words }
            if entry.key == "sources" { zone.sources += words.compactMap(Reading.prefix) }
        }
        for entry in entries {
            for (text, line) in entry.values { carry(entry.key, text, line, zone, &carriage) }
        }
    }

    private static func carry(
        _ key: String, _ text: String, _ line: SourceLine, _ zone: FirewalldZone,
        _ carriage: inout Carriage
    ) {
        switch (key, text) {
        case ("forward-ports", _):
            for part in text.blankSeparated {
                zone.carry(terms(part), [], line, &carriage)
            }
        case ("rich rules", _): FirewalldRichRule(text).carry(zone, line, &carriage)
        case ("interfaces", _), ("target", "default"), ("masquerade", "no"), ("forward", _),
            ("icmp-block-inversion", "no"), ("ingress-priority", "0"), ("egress-priority", "0"):
            break
        case ("sources", _):
            let isRead = text.blankSeparated.allSatisfy { Reading.prefix($0) != nil }
            if !isRead || !zone.interfaces.isEmpty { carriage.remark(line, .setting(line.text)) }
        case ("masquerade", _): carriage.remark(line, .sourceNAT)
        case ("target", _): carriage.remark(line, .policy(zone.name))
        default: carriage.remark(line, .gatewayRule)
        }
    }

    /// `port=80:proto=tcp:toport=8080:toaddr=192.168.7.10`; an IPv6 address has colons of its own.
    private static func terms(_ text: String) -> [String: String] {
        var terms: [String: String] = [:]
        var rest = text
        if let place = rest.firstRange(of: ":toaddr=") {
            terms["toaddr"] = String(rest[place.upperBound...])
            rest = String(rest[..<place.lowerBound])
        }
        for part in rest.parts(":") {
            let pair = part.parts("=", atMost: 2)
            if pair.count == 2 { terms[pair[0]] = pair[1] }
        }
        return terms
    }
}
