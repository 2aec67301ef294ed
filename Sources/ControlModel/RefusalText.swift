import Addressing
package import Forwarding

extension Refusal {
    /// What is wrong, in one sentence without its full stop.
    package var message: String {
        switch problem {
        case .missing: "is missing"
        case .name: "is no name"
        case .external(let error), .targetPorts(let error): Self.text(error)
        case .noTransport: "does not say which protocol"
        case .unknownTransport: "is no protocol that can be forwarded"
        case .unknownService: "is neither a port with a protocol nor a service that is known here"
        case .target: "is no target"
        case .suffix: "is no device in the prefix of a LAN"
        case .prefix(let error): Self.text(error)
        case .address: "is no IP address"
        case .interface: "is no interface name"
        case .duration: "is no duration above zero and no moment"
        case .schedule(let error): Self.text(error)
        case .count(let most): "is no number from 1 to \(most)"
        case .rate: "is no rate of new connections"
        case .amount: "is no amount of bytes from 1MB up"
        case .bandwidth: "is no bandwidth from 8kbit to 1000Gbit"
        case .journey(let error): Self.text(error)
        case .relay(let problem): Self.text(problem)
        case .choice: "is not one of the choices"
        case .tooLong(let limit): "is too long: \(limit) at most"
        case .controlCharacter: "holds control characters"
        case .unknownKey: "is no key that is known here"
        case .syntax(let detail): detail
        case .contradiction(let other): "contradicts \"\(other.rawValue)\""
        case .unequalRanges(let external, let target):
            "has \(target.count) port(s) for \(external.count) external one(s)"
        case .pastLastPort: "runs past port 65535"
        case .shiftTooWide(let limit): "shifts more than \(limit) ports"
        case .pinholeShift: "has other ports than outside, and IPv6 is let through untranslated"
        case .familyMismatch: "is of the other address family"
        case .exceptionPorts: "has ports of its own, but an exception changes none"
        case .exceptionTerm: "says nothing where the gateway keeps its ports"
        case .exceptionTooWide(let limit): "keeps more than \(limit) ports"
        case .upstreamTooWide(let limit): "is more than \(limit) ports of a router in front"
        case .upstreamWithoutIPv4: "asks a router in front for what is reached over IPv6 alone"
        case .exceptionBehind(let other):
            "would change nothing: the forward \"\(other)\" is looked at first"
        case .secondAddress(let other):
            "has an external address of its own already, by the forward \"\(other)\""
        case .unknownZone: "is no time zone of this machine"
        case .ended: "lies in the past"
        case .ownWANAddress: "is the gateway's own WAN address"
        case .ownAddress: "is a name of the gateway itself"
        case .loopback: "is on loopback, where the kernel cannot send traffic from outside"
        case .multicast: "is a multicast address, not a device"
        case .unspecified: "is the unspecified address, not a device"
        case .broadcast: "is a broadcast, network or reserved address, not a device"
        case .linkLocal: "is a link-local address, which cannot be reached through a gateway"
        case .groupAddress: "is no address of a single device"
        case .unresolved: "does not resolve to an address"
        case .itself: "leads back to the forward itself"
        case .circle(let names): "leads back to itself over \(Self.list(names))"
        case .duplicate: "is the name of another forward"
        case .unknown: "is no forward"
        case .overlap(let other, let ports): "overlaps with the forward \"\(other)\" (\(ports))"
        case .listener(let listener): Self.text(listener)
        case .notAWAN: "is no WAN interface"
        case .tableFull: "cannot be added: the table holds \(ForwardID.limit) forwards"
        case .engine(let error): Self.text(error)
        case .storage(let detail): "could not be kept: \(detail)"
        case .revision(let found): "is not the table's revision any more: that is \(found)"
        case .unknownRevision(let oldest, let newest):
            "is no revision that is kept: those are \(oldest) to \(newest)"
        case .awaitsConfirmation(let end):
            "is not changed while the last \"apply\" awaits its confirmation, until \(end.text)"
        case .nothingToConfirm: "has no change that awaits a confirmation"
        }
    }

    /// What to write or do instead.
    package var advice: String {
        switch problem {
        case .missing: "add \"\(value.isEmpty ? field.rawValue : value)\""
        case .name:
            "use letters, digits, \"-\", \"_\" and \".\", at most \(ForwardName.limit), a letter or digit first"
        case .external(let error), .targetPorts(let error): Self.advice(error)
        case .noTransport: "write \(value)/tcp, \(value)/udp or \(value)/tcp+udp"
        case .unknownTransport: "write tcp, udp, tcp+udp or sctp behind the port"
        case .unknownService(let nearest), .unknown(let nearest), .unknownKey(let nearest):
            nearest.map { "did you mean \"\($0)\"?" } ?? Self.noNearest(field)
        case .target:
            "write 192.168.7.10:443, [2001:db8::10]:443, a host name, a hardware address or unix:/path"
        case .suffix:
            "write the last 64 bits of its address, as in [::10/64]:443, or [::10/64@br0]:443 for one LAN"
        case .prefix(let error): Self.advice(error)
        case .address: "write an address such as 203.0.113.5 or 2001:db8::5"
        case .interface: "write the name of an interface, such as wan0"
        case .duration: "write 90s, 45m, 2h, 7d or 2026-12-24T18:00:00Z"
        case .schedule(let error): scheduleAdvice(error)
        case .count: "write a number such as 20, or none"
        case .rate: "write 20/s, 6/min, 100/hour or none"
        case .amount: "write 500MB, 50GB, 1.5TB or none"
        case .bandwidth: "write 500kbit, 10Mbit, 1.5Gbit or none"
        case .journey(let error): journeyAdvice(error)
        case .relay(let problem): Self.advice(problem)
        case .choice(let choices): "write \(choices.joined(separator: " or "))"
        case .tooLong: "shorten it"
        case .controlCharacter: "write it on one line, without control characters"
        case .syntax: "correct it"
        case .contradiction: "say one of the two"
        case .unequalRanges(.all, _): "give the target without a port"
        case .unequalRanges(let external, let target):
            target.isSingle
                ? external.moved(to: target.first).map { "write \($0) for the target" }
                    ?? "choose a lower first port" : "give both ranges the same width"
        case .pastLastPort: "choose a lower first port"
        case .shiftTooWide: "use the same ports inside and outside, or several forwards"
        case .pinholeShift: "use the same ports, or ask for translation with --nat6"
        case .familyMismatch: "use addresses of one family"
        case .exceptionPorts: "write gateway without a port"
        case .exceptionTerm: "leave it out"
        case .exceptionTooWide: "keep fewer ports, or several times as many"
        case .upstreamTooWide: "forward these ports in that router by hand"
        case .upstreamWithoutIPv4: "leave it out"
        case .exceptionBehind:
            "bind the exception to the same address with --at, or name single ports of a range"
        case .secondAddress: "forward single ports at the second address"
        case .unknownZone:
            "check the spelling (Europe/Berlin), or install the package tzdata"
        case .ended: "give a moment that is still to come"
        case .ownWANAddress: "forward to the device's address inside"
        case .ownAddress: "give the address itself, if the gateway is meant"
        case .loopback:
            "give 127.0.0.1 or ::1 itself, without engine = \"kernel\", and the relay serves it"
        case .multicast, .unspecified, .broadcast, .groupAddress: "give the address of one device"
        case .linkLocal: "use the device's global address"
        case .unresolved: "check the name, or give the address"
        case .itself, .circle: "give the address of the device that is to answer"
        case .duplicate: "choose another name (\"set\" changes a forward that is there)"
        case .overlap(let other, _): "choose other ports, or remove \"\(other)\" first"
        case .listener(let listener):
            value == Transports.everything.rawValue
                ? "keep it with \"portcullis add \(listener.port)/\(listener.transport.name)"
                    + " gateway\" first, or stop that program"
                : "choose another external port, or stop that program"
        case .notAWAN(let wans):
            wans.isEmpty
                ? "name the WAN with --wan"
                : "the WANs are \(wans.map(\.text).joined(separator: ", "))"
        case .tableFull: "use ranges instead of single ports"
        case .engine(let error): Self.advice(error)
        case .storage: "see to the state folder and its disk"
        case .revision: "look at the table again, and decide anew"
        case .unknownRevision: "\"portcullis history\" lists them"
        case .awaitsConfirmation:
            "keep the change with \"portcullis confirm\", or go back with \"portcullis rollback\""
        case .nothingToConfirm: "it was confirmed, or went back already: see \"portcullis log\""
        }
    }

    /// The whole of it, as in `external "8443" does not say which protocol; write 8443/tcp or so`.
    package var sentence: String {
        let who = forward.map { "\($0): " } ?? ""
        let what = value.isEmpty ? field.rawValue : "\(field.rawValue) \"\(value)\""
        return "\(who)\(what) \(message); \(advice)"
    }

    private static func list(_ names: [ForwardName]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private static func noNearest(_ field: Field) -> String {
        switch field {
        case .external: "write a port and a protocol, such as 8443/tcp"
        case .name, .to: "\"portcullis list\" shows the forwards"
        default: "see the manual for the keys"
        }
    }

    private static func text(_ error: PortRangeError) -> String {
        switch error {
        case .notANumber: "is no port number"
        case .zero: "holds port 0, which cannot be used"
        case .tooLarge: "holds a port above 65535"
        case .reversed: "has its ends reversed"
        }
    }

    private static func advice(_ error: PortRangeError) -> String {
        switch error {
        case .notANumber: "write a port such as 8443, or a range such as 27015-27030"
        case .zero, .tooLarge: "use ports from 1 to 65535"
        case .reversed(let meant): "write \(meant)"
        }
    }

    private static func text(_ error: PrefixError) -> String {
        switch error {
        case .notAnAddress: "is no address and no prefix"
        case .badLength(let limit): "has a prefix length that is not between 0 and \(limit)"
        case .hostBits: "has bits set beyond its prefix length"
        }
    }

    private static func advice(_ error: PrefixError) -> String {
        switch error {
        case .notAnAddress: "write 203.0.113.0/24 or 2001:db8::/32"
        case .badLength(let limit): "write a length from 0 to \(limit)"
        case .hostBits(let meant): "write \(meant)"
        }
    }

    private static func text(_ listener: Listener) -> String {
        let who = listener.program.map { "the program \($0)" } ?? "a program"
        let place = listener.address.map { "\($0)" } ?? "every address"
        return "is in use: \(who) on this machine listens at \(place) port \(listener.port)"
    }

    private static func text(_ error: EngineError) -> String {
        switch error {
        case .refused(_, let code, let detail):
            "was refused by the kernel (error \(code)\(detail.isEmpty ? "" : ", \(detail)")); nothing was changed"
        case .relayRefused(_, let refusal): text(refusal)
        case .ownedByAnother: "cannot be done: another gateway owns the kernel's table"
        case .notPermitted: "cannot be done: the gateway may not change the kernel's tables"
        case .unsupported(let features):
            "cannot be done: this kernel lacks \(features.joined(separator: ", "))"
        case .system(let code, let step):
            "failed in the kernel (error \(code) during \(step.rawValue))"
        }
    }

    private static func advice(_ error: EngineError) -> String {
        switch error {
        case .refused: "compare with \"portcullis list\"; if nothing there explains it, report it"
        case .relayRefused(_, let refusal): advice(refusal)
        case .ownedByAnother: "stop the other gateway"
        case .notPermitted: "run it as root or with CAP_NET_ADMIN"
        case .unsupported: "use a kernel with nf_tables and NAT, Linux 5.10 or later"
        case .system: "try again; if it stays, report it"
        }
    }
}
