import Addressing
import Diagnosis
import LinuxKit
import Reflection

/// A WAN's verdict in words, and what to do about it.
struct WANWords {
    private let report: WANReport
    private let address: String
    private let seen: String

    init(_ report: WANReport) {
        self.report = report
        address = report.address?.description ?? "no address"
        let sightings = report.behaviour?.sightings ?? []
        let addresses = sightings.compactMap { $0.mapped?.address.description }
        // Each once, in order.
        seen = addresses.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            .joined(separator: " and ")
    }

    private var upstream: String { report.upstream?.address.description ?? "" }

    var sentence: String {
        switch report.verdict {
        case .direct:
            "the internet sees \(address), the WAN's own address: nothing translates in front"
        case .notAsked:
            "\(address) \(worth); whether it is seen from outside, nobody was asked"
        case .stunSilent:
            "\(address) \(worth), and no STUN server answered: whether it is seen from outside"
                + " is not known"
        case .seenDifferently:
            "the internet sees \(seen) where the WAN has \(address): something in front translates, or"
                + " the way out is another"
        case .portsRewritten:
            "the internet sees \(address) with other ports than were sent from: something rewrites them"
        case .doubleNATCooperative:
            "\(address) is private: a router in front, with the public address \(upstream),"
                + " translates again (double NAT)"
        case .doubleNAT: "\(address) is private: \(router) translates again (double NAT)"
        case .doubleNATAndCarrier:
            "\(address) is private, and the router in front has no public address either: double NAT,"
                + " with the provider's behind it (CGNAT)"
        case .carrierNAT:
            "\(address) is shared by the provider among customers (100.64.0.0/10, CGNAT)"
        case .carriedOverIPv6:
            "\(address) says that IPv4 is carried over IPv6 and shared (DS-Lite, MAP or 464XLAT)"
        case .noStableAddress:
            "STUN servers see different addresses, \(seen): there is no stable one"
        case .onlyIPv6:
            "there is no IPv4 address, but IPv6"
                + (report.isForDocumentation
                    ? ", which is for documentation and labs: the internet does not route it" : "")
        case .down: "there is no address: the WAN is down"
        }
    }

    private var worth: String {
        switch report.address?.kind {
        case .global: "is a public address"
        case .documentation:
            "is an address for documentation and labs, which the internet does not route"
        default: "is no private address"
        }
    }

    private var router: String {
        seen.isEmpty ? "a router in front" : "a router in front, seen as \(seen),"
    }

    var advice: String {
        switch report.verdict {
        case .direct:
            report.address?.kind == .documentation
                ? "nothing; but \(address) is for documentation and labs: the real internet has no"
                    + " route to it"
                : "nothing; forwards are reached, unless the provider filters ports"
        case .notAsked: realAddress + Self.nameServer
        case .stunSilent:
            realAddress
                + "check the name and port of the server, and whether UDP gets out; another one: --stun"
        case .seenDifferently:
            "check the way out (a VPN, a second uplink): ip route get 1.1.1.1 from \(address);"
                + " otherwise ask the provider who translates"
        case .portsRewritten:
            "look for a second translation: masquerade with random ports on this machine, or a"
                + " firewall in front; forwards may not be reached"
        case .doubleNATCooperative:
            "forward the same ports to \(address) at that router (it takes such wishes by"
                + " \(dialect)), make this gateway its exposed host, or set it to bridge mode"
        case .doubleNAT:
            "forward the same ports to \(address) at that router, make this gateway its exposed host,"
                + " or set it to bridge mode" + (seen.isEmpty ? Self.alsoName(report) : "")
        case .doubleNATAndCarrier, .carrierNAT, .carriedOverIPv6: withoutIPv4
        case .noStableAddress:
            "ask the provider for one public address; if there are two uplinks, name each with --wan"
        case .onlyIPv6: realAddress + "forward over IPv6; for IPv4 see to the link"
        case .down: "see to the link; forwards come back by themselves"
        }
    }

    /// Nothing from outside gets to an address of a manual, whatever else is right.
    private var realAddress: String {
        report.isForDocumentation
            ? "outside a lab, give the WAN the address that the provider assigns; then " : ""
    }

    private var dialect: String {
        switch report.upstream?.dialect {
        case .natPMP: "NAT-PMP"
        case .upnp: "UPnP"
        case .pcp, nil: "PCP"
        }
    }

    /// What is left when IPv4 cannot be had.
    private var withoutIPv4: String {
        let global = report.ipv6.first { $0.kind == .global }
        let ipv6 = global.map { "forward over IPv6, which this WAN has (\($0))" }
        return (ipv6 ?? "forward over IPv6, if the provider has it")
            + "; ask the provider for a public IPv4 address; or use a tunnel to a machine that has one."
            + " Over IPv4 nothing from the internet gets here by itself"
    }

    private static let nameServer =
        "name a STUN server: --stun stun.example.net, or stun = \"stun.example.net\" under [network] of"
        + " the configuration; \"portcullis stun-server\" on a machine outside is one"

    private static func alsoName(_ report: WANReport) -> String {
        report.behaviour == nil && report.failure == nil ? ". To see more, \(nameServer)" : ""
    }

    static func failure(_ code: Int32) -> String {
        switch code {
        case ErrorNumber.notPermitted, ErrorNumber.notAllowed:
            "this process may not send from the WAN's address"
        case ErrorNumber.addressNotAvailable: "the WAN's address has just gone"
        default: "the kernel refused to send (error \(code))"
        }
    }
}

extension MappingBehaviour {
    var words: String {
        switch self {
        case .none: "none; ports outside are those that are sent from"
        case .endpointIndependent: "a port is the same outside for every peer"
        case .addressDependent: "a port is another one outside for each peer's address"
        case .addressAndPortDependent: "a port is another one outside for each peer and port"
        case .dependent: "a port is not the same outside for every peer"
        }
    }
}

extension FilteringBehaviour {
    var words: String {
        switch self {
        case .endpointIndependent: "anybody gets in to a port that has sent"
        case .addressDependent: "only addresses that were sent to get in"
        case .addressAndPortDependent: "only who was sent to gets in, from the same port"
        }
    }
}
