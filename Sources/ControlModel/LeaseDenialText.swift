import Addressing
package import Forwarding

extension LeaseDenial {
    /// For people.
    package var sentence: String {
        switch self {
        case .stranger: "the request did not come from a device inside"
        case .notOwnAddress: "it is about another device than the one that asks"
        case .otherDevice:
            "the mapping belongs to the device that had this address before; it ends by itself"
        case .nonce: "it was made with another nonce, so perhaps by another device"
        case .transport(let transport):
            "\(transport.name) cannot be carried here"
        case .rule: "a rule of the configuration ([[mapping.rule]]) says no"
        case .awaitsConsent(let number):
            "it waits for \"portcullis allow \(number)\" or \"portcullis deny \(number)\""
        case .lowPort(let port):
            "port \(port) is below 1024; a rule with risky = true can allow it"
        case .risky(let service):
            "\(service) is attacked as soon as it is reachable; a rule with risky = true can allow it"
        case .unfitTarget: "nothing can be forwarded there"
        case .unknown: "there is no such mapping"
        case .taken: "the external port is taken"
        case .operators: "the external port belongs to a forward of yours"
        case .cannotProvide: "that external port or address cannot be had, and no other would do"
        case .noPort: "no external port is free for it"
        case .quota(let most): "the device has \(most) mappings, as many as it may"
        case .tableFull: "there are as many mappings as there may be"
        case .tooManyPeers(let most): "more than \(most) filters for one mapping"
        case .noAddress: "the WAN has no IPv4 address at the moment"
        case .failed: "the gateway could not put it in force; its log says why"
        }
    }
}
