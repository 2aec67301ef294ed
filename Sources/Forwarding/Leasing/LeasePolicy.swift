package import Addressing

/// What devices may have without being told so one by one.
package struct LeasePolicy: Hashable, Sendable {
    /// By the first that matches.
    package var rules: [LeaseRule]
    /// When no rule matches.
    package var otherwise: LeaseRule.Verdict
    /// What the operator has said about single devices; before all rules.
    package var consents: [LeaseConsent]
    /// Seconds.
    package var shortest: UInt32
    package var longest: UInt32
    /// The same for UPnP, whose devices seldom ask again (a week, by its second version).
    package var longestUPnP: UInt32
    /// Mappings of one device, and of all.
    package var perDevice: Int
    package var inAll: Int
    /// Whether a device that draws a new nonce each time may renew with it.
    package var nonces: NonceCheck
    /// Who may ask for other devices.
    package var managers: [Prefix]

    package init(
        rules: [LeaseRule] = [], otherwise: LeaseRule.Verdict = .allow,
        consents: [LeaseConsent] = [], shortest: UInt32 = 120, longest: UInt32 = 86_400,
        longestUPnP: UInt32 = 604_800, perDevice: Int = 64, inAll: Int = 1024,
        nonces: NonceCheck = .lenient, managers: [Prefix] = []
    ) {
        self.rules = rules
        self.otherwise = otherwise
        self.consents = consents
        self.shortest = shortest
        self.longest = longest
        self.longestUPnP = longestUPnP
        self.perDevice = perDevice
        self.inAll = inAll
        self.nonces = nonces
        self.managers = managers
    }

    package static let standard = LeasePolicy()

    /// Ports that one device may have, in sets or alone: a sixteenth of what there is, so that it
    /// takes more than a few to leave nothing to the others.
    package static let mostPorts = 4096

    package enum NonceCheck: String, Hashable, Sendable, CaseIterable {
        case strict, lenient
    }
}

/// A line of the operator's: which devices may have which ports.
package struct LeaseRule: Hashable, Sendable {
    package var device: LeaseDevice
    /// Nil for every protocol.
    package var transports: Transports?
    /// External ports; the whole mapping has to lie in it.
    package var ports: PortRange
    /// Ports at the device; the whole mapping has to lie in it.
    package var internalPorts: PortRange
    package var verdict: Verdict
    /// Whether ports below 1024 and services that are attacked at once may be had by it.
    package var allowsRisks: Bool

    package init(
        device: LeaseDevice = .any, transports: Transports? = nil, ports: PortRange = .all,
        internalPorts: PortRange = .all, verdict: Verdict, allowsRisks: Bool = false
    ) {
        self.device = device
        self.transports = transports
        self.ports = ports
        self.internalPorts = internalPorts
        self.verdict = verdict
        self.allowsRisks = allowsRisks
    }

    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case allow, deny, ask
    }
}

/// Which devices a rule is about.
package enum LeaseDevice: Hashable, Sendable {
    case any
    case prefix(Prefix)
    case mac(MACAddress)

    package func includes(_ address: IPAddress, _ mac: MACAddress?) -> Bool {
        switch self {
        case .any: true
        case .prefix(let prefix): prefix.contains(address)
        case .mac(let own): own == mac
        }
    }
}

extension LeaseDevice: LosslessStringConvertible {
    /// Reads `any`, an address, a prefix or a hardware address.
    package init?(_ text: String) {
        if text == "any" {
            self = .any
        } else if let mac = MACAddress(text) {
            self = .mac(mac)
        } else if let address = IPAddress(text) {
            self = .prefix(Prefix(address))
        } else if let prefix = try? Prefix(parsing: text) {
            self = .prefix(prefix)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .any: "any"
        case .prefix(let prefix):
            prefix.isHost ? "\(prefix.base)" : "\(prefix)"
        case .mac(let mac): "\(mac)"
        }
    }
}

/// What the operator has said about one port of one device, for good.
package struct LeaseConsent: Hashable, Sendable {
    package var device: LeaseDevice
    package var transport: TransportProtocol
    /// At the device.
    package var port: UInt16
    package var isAllowed: Bool

    package init(
        device: LeaseDevice, transport: TransportProtocol, port: UInt16, isAllowed: Bool
    ) {
        self.device = device
        self.transport = transport
        self.port = port
        self.isAllowed = isAllowed
    }
}
