import Addressing
import Forwarding

extension Refusal {
    static func text(_ error: JourneyError) -> String {
        switch error {
        case .source: "is no address that a packet can come from"
        case .destination: "is no place that a packet can be sent to"
        case .severalTransports: "names two protocols, and a packet has one"
        case .noWANAddress(let family):
            "names no address, and the WAN has none of \(family == .v4 ? "IPv4" : "IPv6")"
        case .notInside: "lies in no subnet of an inside interface"
        case .noInterface: "is no interface with an address"
        }
    }

    func journeyAdvice(_ error: JourneyError) -> String {
        switch error {
        case .source: "write 198.51.100.7, 198.51.100.7:40000 or [2001:db8::7]:40000"
        case .destination:
            "write :8443/tcp, 203.0.113.5:8443/tcp, [2001:db8::10]:443/tcp or the name of a forward"
        case .severalTransports: "write tcp or udp"
        case .noWANAddress: "write the address, too: 203.0.113.5:8443/tcp or [2001:db8::10]:443/tcp"
        case .notInside: "give the address of a device inside, or name the interface with --on"
        case .noInterface(let known):
            "write wan, lan or one of \(known.map(\.text).joined(separator: ", "))"
        }
    }
}
