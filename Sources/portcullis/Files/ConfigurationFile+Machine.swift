import ControlModel
import Forwarding

/// The tables of the file that are about the machine.
extension ConfigurationFile {
    struct Network: Decodable {
        /// The interfaces that lead outside; that of the default route when absent.
        var wan: [String]?
        /// The interfaces that lead inside; every other one when absent.
        var lan: [String]?
        /// `on`, or `off` where the forward policy belongs to somebody else.
        var `guard`: String?
        /// `on`, or `off` where the routing rules belong to somebody else.
        var policyRouting: String?
        /// The next hops of WANs for which the machine has no default route.
        var gateways: [String: OneOrMore]?
        /// `stun.example.net:3478`: who says how the WAN is seen from outside.
        var stun: OneOrMore?

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(
                otherThan: ["wan", "lan", "guard", "policy_routing", "gateways", "stun"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            wan = try values.decodeIfPresent([String].self, forKey: .wan)
            lan = try values.decodeIfPresent([String].self, forKey: .lan)
            `guard` = try values.decodeIfPresent(String.self, forKey: .guard)
            policyRouting = try values.decodeIfPresent(String.self, forKey: .policyRouting)
            gateways = try values.decodeIfPresent([String: OneOrMore].self, forKey: .gateways)
            stun = try values.decodeIfPresent(OneOrMore.self, forKey: .stun)
            try require(`guard`, "network.guard", among: ["on", "off"])
            try require(policyRouting, "network.policy_routing", among: ["on", "off"])
        }

        private enum CodingKeys: String, CodingKey {
            case wan, lan, `guard`, gateways, stun
            case policyRouting = "policy_routing"
        }
    }

    /// A text, or a list of texts.
    struct OneOrMore: Decodable {
        var texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                texts = [text]
            } else {
                texts = try value.decode([String].self)
            }
        }
    }

    struct Kernel: Decodable {
        /// Sixteen bits in a row of the flow mark: `0x00ffff00`.
        var markMask: String?
        /// Four bits in a row of the flow mark and the packet mark: `0x0f000000`.
        var wanMask: String?
        /// The first number of the routing rules and tables.
        var routingBase: Int?
        /// `set`, or `leave` where sysctls belong to somebody else.
        var sysctl: String?
        /// `on`, or `off` to let other programs change the table; it is restored then.
        var owner: String?

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(
                otherThan: ["mark_mask", "wan_mask", "routing_base", "sysctl", "owner"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            markMask = try values.decodeIfPresent(String.self, forKey: .markMask)
            wanMask = try values.decodeIfPresent(String.self, forKey: .wanMask)
            routingBase = try values.decodeIfPresent(Int.self, forKey: .routingBase)
            sysctl = try values.decodeIfPresent(String.self, forKey: .sysctl)
            owner = try values.decodeIfPresent(String.self, forKey: .owner)
            try require(sysctl, "kernel.sysctl", among: ["set", "leave"])
            try require(owner, "kernel.owner", among: ["on", "off"])
        }

        private enum CodingKeys: String, CodingKey {
            case sysctl, owner
            case markMask = "mark_mask"
            case wanMask = "wan_mask"
            case routingBase = "routing_base"
        }
    }
}

extension ConfigurationFile {
    struct Relay: Decodable {
        /// Threads that relay; one for each processor when absent.
        var threads: Int?
        /// Descriptors that relayed flows may use, in all; what the process may have when absent.
        var descriptors: Int?
        /// Seconds that connections may go on after another daemon has taken over.
        var drain: Int?

        init() {}

        init(from decoder: any Decoder) throws {
            try decoder.refuseKeys(otherThan: ["threads", "descriptors", "drain"])
            let values = try decoder.container(keyedBy: CodingKeys.self)
            threads = try values.decodeIfPresent(Int.self, forKey: .threads)
            descriptors = try values.decodeIfPresent(Int.self, forKey: .descriptors)
            drain = try values.decodeIfPresent(Int.self, forKey: .drain)
            try require(drain, "relay.drain", within: 0...604_800)
            try require(threads, "relay.threads", within: 1...64)
            try require(descriptors, "relay.descriptors", within: 64...16_000_000)
        }

        private enum CodingKeys: String, CodingKey { case threads, descriptors, drain }
    }
}

/// Refuses a number that is out of bounds.
func require(_ value: Int?, _ key: String, within bounds: ClosedRange<Int>) throws {
    guard let value, !bounds.contains(value) else { return }
    throw Refusal(
        field: .file, value: "\(key) = \(value)",
        problem: .syntax("is not between \(bounds.lowerBound) and \(bounds.upperBound)"))
}

/// Refuses a value that is none of the choices.
func require(_ value: String?, _ key: String, among choices: [String]) throws {
    guard let value, !choices.contains(value) else { return }
    throw Refusal(field: .file, value: "\(key) = \(value)", problem: .choice(choices))
}
