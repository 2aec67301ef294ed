import ControlModel
import Forwarding

extension ConfigurationFile {
    /// What devices may ask for, and how.
    struct Mapping: Decodable {
        /// `pcp`, `nat-pmp`, `upnp`; none are served when absent.
        var protocols: [String]?
        /// The interfaces that devices are heard on; every inside one when absent.
        var interfaces: [String]?
        /// What becomes of requests that no rule is about: `allow`, `ask` or `deny`.
        var otherwise: String?
        var shortest: String?
        var longest: String?
        var longestUPnP: String?
        var perDevice: Int?
        var inAll: Int?
        /// Requests a second.
        var requestsPerDevice: Int?
        var requestsPerInterface: Int?
        /// `lenient`, or `strict` to hear no device that draws a new nonce each time.
        var nonces: String?
        /// Who may ask for other devices.
        var managers: [String]?
        var upnpPort: Int?
        /// `auto`, or `1` to be an IGD:1 to everybody.
        var upnpFace: String?
        /// Whether a device sees the mappings of all devices (`all`) or its own (`own`) in UPnP.
        var upnpListing: String?
        /// Whether routers in front are asked for what devices have, too.
        var upstream: Bool?
        var rules: [Rule]?

        struct Rule: Decodable {
            var device: String?
            var transport: String?
            var ports: String?
            var internalPorts: String?
            var action: String
            var risky: Bool?

            init(from decoder: any Decoder) throws {
                try decoder.refuseKeys(
                    otherThan: [
                        "device", "transport", "ports", "internal_ports", "action", "risky",
                    ])
                let values = try decoder.container(keyedBy: CodingKeys.self)
                device = try values.decodeIfPresent(String.self, forKey: .device)
                transport = try values.decodeIfPresent(String.self, forKey: .transport)
                ports = try values.decodeIfPresent(String.self, forKey: .ports)
                internalPorts = try values.decodeIfPresent(String.self, forKey: .internalPorts)
                risky = try values.decodeIfPresent(Bool.self, forKey: .risky)
                guard let action = try values.decodeIfPresent(String.self, forKey: .action) else {
                    throw Refusal(field: .file, value: "mapping.rule.action", problem: .missing)
                }
                self.action = action
            }

            private enum CodingKeys: String, CodingKey {
                case device, transport, ports, action, risky
                case internalPorts = "internal_ports"
            }
        }

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: CodingKeys.allCases.map(\.rawValue))
            let values = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) throws -> String? {
                try values.decodeIfPresent(String.self, forKey: key)
            }
            protocols = try values.decodeIfPresent([String].self, forKey: .protocols)
            interfaces = try values.decodeIfPresent([String].self, forKey: .interfaces)
            managers = try values.decodeIfPresent([String].self, forKey: .managers)
            (otherwise, nonces) = (try text(.otherwise), try text(.nonces))
            (shortest, longest) = (try text(.shortest), try text(.longest))
            longestUPnP = try text(.longestUPnP)
            (upnpFace, upnpListing) = (try text(.upnpFace), try text(.upnpListing))
            perDevice = try values.decodeIfPresent(Int.self, forKey: .perDevice)
            inAll = try values.decodeIfPresent(Int.self, forKey: .inAll)
            requestsPerDevice = try values.decodeIfPresent(Int.self, forKey: .requestsPerDevice)
            requestsPerInterface = try values.decodeIfPresent(
                Int.self, forKey: .requestsPerInterface)
            upnpPort = try values.decodeIfPresent(Int.self, forKey: .upnpPort)
            upstream = try values.decodeIfPresent(Bool.self, forKey: .upstream)
            rules = try values.decodeIfPresent([Rule].self, forKey: .rules)
            try require(perDevice, "mapping.per_device", within: 1...60_000)
            try require(inAll, "mapping.in_all", within: 1...60_000)
            try require(requestsPerDevice, "mapping.requests_per_device", within: 1...1_000_000)
            try require(
                requestsPerInterface, "mapping.requests_per_interface", within: 1...1_000_000)
            try require(upnpPort, "mapping.upnp_port", within: 1...65_535)
            try require(upnpFace, "mapping.upnp_face", among: ["auto", "1"])
            try require(upnpListing, "mapping.upnp_listing", among: ["own", "all"])
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case protocols, interfaces, nonces, managers, upstream
            case otherwise = "default"
            case shortest = "min_lifetime"
            case longest = "max_lifetime"
            case longestUPnP = "max_lifetime_upnp"
            case perDevice = "per_device"
            case inAll = "in_all"
            case requestsPerDevice = "requests_per_device"
            case requestsPerInterface = "requests_per_interface"
            case upnpPort = "upnp_port"
            case upnpFace = "upnp_face"
            case upnpListing = "upnp_listing"
            case rules = "rule"
        }
    }
}
