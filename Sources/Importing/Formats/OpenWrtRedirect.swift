import Addressing
import Forwarding

/// A `config redirect` of OpenWrt.
struct OpenWrtRedirect {
    private let section: UCISection
    private let outside: Set<String>

    /// `outside` are the zones that are the WAN side.
    init(_ section: UCISection, _ outside: Set<String>) {
        (self.section, self.outside) = (section, outside)
    }

    /// What a redirect may say; any other option is a condition.
    private static let known: Set<String> = [
        ".name", "name", "target", "src", "src_dport", "src_dip", "src_ip", "dest", "dest_ip",
        "dest_port", "proto", "enabled", "reflection", "reflection_src", "reflection_zone",
        "family", "counter", "log", "log_limit",
    ]

    func carry(_ carriage: inout Carriage) {
        do throws(Reason) {
            let wanted = try wanted()
            var isCarried = false
            for transports in try OpenWrtTerms.transports(section) {
                var wanted = wanted
                wanted.transports = transports
                if carriage.carry(wanted, from: section.line) { isCarried = true }
            }
            if isCarried { remark(wanted, &carriage) }
        } catch { carriage.remark(section.line, error) }
    }

    private func wanted() throws(Reason) -> Wanted {
        let target = (section["target"] ?? "DNAT").uppercased()
        guard target == "DNAT" else {
            throw target == "SNAT" ? .sourceNAT : .action(target)
        }
        let zone = section["src"] ?? ""
        guard zone != "lan", InterfaceSide(zone) != .inside else { throw .fromInside(zone) }
        if let strange = section.options.first(where: { !Self.known.contains($0.key) }) {
            throw .condition(strange.line.text)
        }
        let isWhole = try OpenWrtTerms.transports(section) == [.everything]
        guard let asked = section["src_dport"] ?? (isWhole ? "1-65535" : nil) else {
            throw .everyPort
        }
        guard let ports = OpenWrtTerms.ports(asked), !isWhole || ports == .all else {
            throw .condition("src_dport \(asked)")
        }
        guard let address = section["dest_ip"] else { throw .redirect }
        guard let host = IPAddress(address).map(TargetHost.address) else {
            throw .target(address)
        }
        guard let transports = try OpenWrtTerms.transports(section).first else { throw .everyPort }
        var wanted = Wanted(
            name: section["name"] ?? section[".name"], transports: transports, ports: ports,
            scope: try scope(), host: host)
        if let text = section["dest_port"] {
            guard let ports = OpenWrtTerms.ports(text) else {
                throw .condition("dest_port \(text)")
            }
            wanted.targetPorts = ports
        }
        try OpenWrtTerms.sources(section, &wanted)
        wanted.hairpin = section["reflection"].map(OpenWrtTerms.isOn) ?? true
        wanted.enabled = section["enabled"].map(OpenWrtTerms.isOn) ?? true
        return wanted
    }

    private func scope() throws(Reason) -> ExternalSide.Scope {
        guard let text = section["src_dip"], text != "*" else { return .everyWAN }
        guard let prefix = Reading.prefix(text), prefix.isHost else {
            throw .severalAddresses(text)
        }
        return .address(prefix.base)
    }

    private func remark(_ wanted: Wanted, _ carriage: inout Carriage) {
        if wanted.transports == .everything { carriage.remark(section.line, .whole) }
        if let ports = wanted.targetPorts, ports != wanted.ports, !ports.isSingle {
            carriage.remark(section.line, .shifted)
        }
        let zone = section["src"] ?? ""
        if !outside.contains(zone) { carriage.remark(section.line, .checkZone(zone)) }
        let left: Set<String> = [
            "reflection_src", "reflection_zone", "counter", "log", "log_limit",
        ]
        for option in section.options where left.contains(option.key) {
            carriage.remark(option.line, .without(option.line.text))
        }
    }
}

/// A `config rule` of OpenWrt: a pinhole where it lets IPv6 through to one device.
struct OpenWrtRule {
    private let section: UCISection
    private let outside: Set<String>

    init(_ section: UCISection, _ outside: Set<String>) {
        (self.section, self.outside) = (section, outside)
    }

    private static let known: Set<String> = [
        ".name", "name", "target", "src", "src_ip", "dest", "dest_ip", "dest_port", "proto",
        "enabled", "family", "counter", "log", "log_limit",
    ]

    func carry(_ carriage: inout Carriage) {
        do throws(Reason) {
            let (wanted, ports) = try (wanted(), ports())
            for transports in try OpenWrtTerms.transports(section) {
                for ports in ports {
                    var wanted = wanted
                    (wanted.transports, wanted.ports) = (transports, ports)
                    carriage.carry(wanted, from: section.line)
                }
            }
            let left: Set<String> = ["counter", "log", "log_limit"]
            for option in section.options where left.contains(option.key) {
                carriage.remark(option.line, .without(option.line.text))
            }
        } catch { carriage.remark(section.line, error) }
    }

    private func wanted() throws(Reason) -> Wanted {
        guard let zone = section["src"], zone != "*", section["dest"] != nil else {
            throw .gatewayRule
        }
        guard outside.contains(zone), section["target"]?.uppercased() == "ACCEPT",
            let text = section["dest_ip"], let device = IPAddress(text), device.family == .v6
        else { throw .forwardRule }
        if let strange = section.options.first(where: { !Self.known.contains($0.key) }) {
            throw .condition(strange.line.text)
        }
        guard let port = try ports().first,
            let transports = try OpenWrtTerms.transports(section).first
        else { throw .everyPort }
        var wanted = Wanted(
            name: section["name"] ?? section[".name"], transports: transports, ports: port,
            host: .address(device))
        wanted.isPinhole = true
        wanted.enabled = section["enabled"].map(OpenWrtTerms.isOn) ?? true
        try OpenWrtTerms.sources(section, &wanted)
        return wanted
    }

    private func ports() throws(Reason) -> [PortRange] {
        let texts = section.list("dest_port")
        guard !texts.isEmpty else { throw .everyPort }
        let ports = texts.compactMap(OpenWrtTerms.ports)
        guard ports.count == texts.count else {
            throw .condition("dest_port \(texts.joined(separator: " "))")
        }
        return ports
    }
}

/// What redirects and rules of OpenWrt spell alike.
enum OpenWrtTerms {
    /// `5000-5010`, or the same with a colon.
    static func ports(_ text: String) -> PortRange? {
        Reading.ports(text) ?? Reading.ports(text, separator: ":")
    }

    static func isOn(_ text: String) -> Bool {
        !["0", "no", "off", "false", "disabled"].contains(text)
    }

    /// tcp and udp where nothing is said.
    static func transports(_ section: UCISection) throws(Reason) -> [Transports] {
        var match = RuleMatch()
        for text in section.list("proto") {
            switch text.lowercased() {
            case "tcpudp": match.transports += [.tcp, .udp]
            case "all", "any": return [.everything]
            case let text:
                guard let transport = Reading.transport(text) else { throw .transport(text) }
                match.transports.append(transport)
            }
        }
        return match.transports.isEmpty ? [.tcpAndUDP] : match.carried
    }

    /// `src_ip`, where `!` in front keeps somebody out.
    static func sources(_ section: UCISection, _ wanted: inout Wanted) throws(Reason) {
        for text in section.list("src_ip") {
            let isDenied = text.hasPrefix("!")
            guard let prefix = Reading.prefix(isDenied ? String(text.dropFirst()) : text) else {
                throw .source(text)
            }
            if isDenied { wanted.denied.append(prefix) } else { wanted.allowed.append(prefix) }
        }
    }
}
