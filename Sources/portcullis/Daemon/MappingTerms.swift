import Addressing
import Forwarding
import PortMapping

/// What the operator says of devices that ask for ports.
struct MappingTerms {
    /// Empty when none are served.
    var dialects: Set<MappingDialect>
    /// Empty for every inside interface.
    var interfaces: [InterfaceName]
    var policy: LeasePolicy
    /// How much of what devices ask is heard.
    var limits: RequestLimits
    /// Changes of mappings a second of one device by UPnP; nil for the standard.
    var upnpChanges: Double?
    var upnpPort: UInt16
    /// Whether everybody is shown the first version of the device.
    var isAlwaysFirstVersion: Bool
    /// Whether a device is shown the mappings of others, too.
    var listsAll: Bool
    /// Whether routers in front are asked for what devices have.
    var chainsUpstream: Bool

    /// - Parameter option: `all`, or protocols between commas; the command line's word wins.
    init(_ file: ConfigurationFile.Mapping, option: String?) throws {
        dialects = try Self.dialects(option.map(Self.words) ?? file.protocols ?? [])
        interfaces = try (file.interfaces ?? []).map { text in
            guard let name = InterfaceName(text) else {
                throw Self.refusal("interfaces", text, .interface)
            }
            return name
        }
        upnpPort = file.upnpPort.flatMap { UInt16(exactly: $0) } ?? Self.standardPort
        isAlwaysFirstVersion = file.upnpFace == "1"
        listsAll = file.upnpListing == "all"
        chainsUpstream = file.upstream ?? false
        policy = try Self.policy(file)
        limits = Self.limits(file)
        upnpChanges = file.requestsPerDevice.map(Double.init)
    }

    /// What the server of UPnP is told about itself.
    var upnp: UPnPTerms {
        var terms = UPnPTerms.ofMachine
        if let upnpChanges { terms.limits.changes = upnpChanges }
        return terms
    }

    /// What the servers need to know.
    var service: MappingSettings {
        MappingSettings(
            dialects: dialects, interfaces: interfaces, hasManagers: !policy.managers.isEmpty,
            upnpPort: upnpPort, isAlwaysFirstVersion: isAlwaysFirstVersion, listsAll: listsAll)
    }

    /// Where many home routers have theirs.
    private static let standardPort: UInt16 = 49_000

    private static func words(_ text: String) -> [String] {
        guard text != "all" else { return MappingDialect.allCases.map(\.rawValue) }
        return text.split(separator: ",").map { $0.filter { $0 != " " } }
    }

    private static func dialects(_ names: [String]) throws -> Set<MappingDialect> {
        Set(
            try names.map { name in
                try choice(MappingDialect.self, "protocols", name)
            })
    }

    private static func policy(_ file: ConfigurationFile.Mapping) throws -> LeasePolicy {
        var policy = LeasePolicy.standard
        policy.rules = try (file.rules ?? []).map(rule)
        if let word = file.otherwise {
            policy.otherwise = try choice(LeaseRule.Verdict.self, "default", word)
        }
        if let word = file.nonces {
            policy.nonces = try choice(LeasePolicy.NonceCheck.self, "nonces", word)
        }
        policy.managers = try (file.managers ?? []).map { text in
            guard case .prefix(let prefix)? = LeaseDevice(text) else {
                throw refusal("managers", text, .syntax("is no address and no prefix"))
            }
            return prefix
        }
        policy.perDevice = file.perDevice ?? policy.perDevice
        policy.inAll = file.inAll ?? policy.inAll
        policy.shortest = try seconds(file.shortest, "min_lifetime") ?? policy.shortest
        policy.longest = try seconds(file.longest, "max_lifetime") ?? policy.longest
        policy.longestUPnP =
            try seconds(file.longestUPnP, "max_lifetime_upnp") ?? policy.longestUPnP
        guard policy.shortest <= min(policy.longest, policy.longestUPnP) else {
            throw refusal(
                "min_lifetime", file.shortest ?? "\(policy.shortest)s",
                .syntax("is longer than the longest lifetime"))
        }
        return policy
    }

    private static func limits(_ file: ConfigurationFile.Mapping) -> RequestLimits {
        var limits = RequestLimits.standard
        if let most = file.requestsPerDevice {
            limits.ofSource = TokenRate(perSecond: Double(most), burst: Double(most) * 2.5)
        }
        if let most = file.requestsPerInterface {
            limits.ofInterface = TokenRate(perSecond: Double(most), burst: Double(most))
        }
        return limits
    }

    private static func rule(_ file: ConfigurationFile.Mapping.Rule) throws -> LeaseRule {
        var rule = LeaseRule(
            verdict: try choice(LeaseRule.Verdict.self, "rule.action", file.action),
            allowsRisks: file.risky ?? false)
        if let text = file.device {
            guard let device = LeaseDevice(text) else {
                throw refusal(
                    "rule.device", text,
                    .syntax("is no address, prefix or hardware address, and not \"any\""))
            }
            rule.device = device
        }
        if let text = file.transport {
            guard let transports = Transports(text) else {
                throw refusal("rule.transport", text, .unknownTransport)
            }
            rule.transports = transports
        }
        rule.ports = try ports(file.ports, "rule.ports") ?? .all
        rule.internalPorts = try ports(file.internalPorts, "rule.internal_ports") ?? .all
        return rule
    }

    private static func ports(_ text: String?, _ key: String) throws -> PortRange? {
        guard let text else { return nil }
        do throws(PortRangeError) { return try PortRange(parsing: text) } catch {
            throw refusal(key, text, .external(error))
        }
    }

    private static func seconds(_ text: String?, _ key: String) throws -> UInt32? {
        guard let text else { return nil }
        guard let seconds = try? ForwardSpelling.duration(text), (1...31_536_000).contains(seconds)
        else { throw refusal(key, text, .duration) }
        return UInt32(seconds)
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ key: String, _ word: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: word) else {
            throw refusal(key, word, .choice(Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    private static func refusal(_ key: String, _ value: String, _ problem: Problem) -> Refusal {
        Refusal(field: .file, value: "mapping.\(key) = \(value)", problem: problem)
    }
}
