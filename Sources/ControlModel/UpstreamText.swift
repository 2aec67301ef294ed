package import Forwarding

/// Why the router in front gives no port, in words.
extension UpstreamFailure {
    /// For programs; stable.
    package var code: String {
        switch self {
        case .noRouter: "no-router"
        case .silent: "silent"
        case .refused(let refusal): refusal.reason.code
        case .translatedBetween: "translated-between"
        case .otherPort: "other-port"
        case .unusable: "unusable"
        case .unasked: "unasked"
        }
    }

    package var sentence: String {
        switch self {
        case .noRouter: "there is no router in front: no default route over IPv4"
        case .silent: "the router in front answers by none of PCP, NAT-PMP and UPnP"
        case .refused(let refusal):
            "the router in front \(refusal.words) (\(refusal.dialect.title), code \(refusal.code))"
        case .translatedBetween:
            "another router that translates stands before the one that answers (double NAT)"
        case .otherPort(let port, let isKept):
            "the router in front has only port \(port) to give"
                + (isKept ? ", and did not take it back: it is open until its time is over" : "")
        case .unusable(let dialect):
            "what the router in front answers by \(dialect.title) makes no sense"
        case .unasked(let code): "the router in front could not be asked (error \(code))"
        }
    }

    package var advice: String {
        switch self {
        case .noRouter: "see \"ip route\", or name the router"
        case .silent:
            "switch one of them on in the router, or forward the port there by hand"
        case .refused(let refusal): refusal.advice
        case .translatedBetween: "name the outer router, or forward the port by hand in both"
        case .otherPort: "use that port, or free the other in the router"
        case .unusable: "restart the router, or forward the port there by hand"
        case .unasked: "check the WAN's address and interface"
        }
    }
}

extension UpstreamRefusal {
    fileprivate var words: String {
        switch reason {
        case .notAuthorized: "does not allow it"
        case .noResources: "has no room for more ports"
        case .portTaken: "has given the port to another"
        case .noExternalAddress: "has no address outside"
        case .unsupported: "cannot map this protocol"
        case .other: "refuses it"
        }
    }

    fileprivate var advice: String {
        switch reason {
        case .notAuthorized: "allow this machine to open ports in the router's settings"
        case .noResources: "remove ports in the router that nobody needs"
        case .portTaken: "ask for another port, or free it in the router"
        case .noExternalAddress: "see whether the router is connected"
        case .unsupported, .other: "forward the port in the router by hand"
        }
    }
}

extension UpstreamRefusal.Reason {
    fileprivate var code: String {
        switch self {
        case .notAuthorized: "not-authorized"
        case .noResources: "no-resources"
        case .portTaken: "port-taken"
        case .noExternalAddress: "no-external-address"
        case .unsupported: "unsupported"
        case .other: "refused"
        }
    }
}

extension MappingDialect {
    /// As people write it.
    package var title: String {
        switch self {
        case .pcp: "PCP"
        case .natPMP: "NAT-PMP"
        case .upnp: "UPnP"
        }
    }
}
