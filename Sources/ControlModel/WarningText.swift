import Addressing
package import Forwarding

extension Warning {
    package var sentence: String {
        switch self {
        case .risky(let name, let service, let reason, let instead, let isGrave):
            let verdict =
                isGrave
                ? "should not be reachable from the internet"
                : "should be open to known addresses only"
            return "\(name): \(service) \(verdict) (\(reason)); better: \(instead)"
        case .wideRange(let name, let count):
            return "\(name): opens \(count) ports at once; open only those that the service uses"
        case .notSeenYet(let name, let mac):
            return "\(name): no device \(mac) has been seen yet; the forward begins when one is"
        case .noPrefixYet(let name, let host):
            return
                "\(name): no LAN has a /64 prefix for \(host) now; the forward begins when one has"
        case .alreadyOver(let name):
            return "\(name): its end has passed already; it is left out"
        case .addressNotOwn(let name, let address):
            return "\(name): \(address) is no address of this gateway; packets must be routed here"
        case .exposedHost(let name, let host):
            return
                "\(name): whatever no other forward names reaches \(host) from the internet, ping and"
                + " every service of it included; forward single ports instead"
        case .oneToOne(let name, let host, let address):
            return
                "\(name): all of \(address) reaches \(host), and what \(host) sends leaves as"
                + " \(address); every service of it is open"
        case .exception(let name, let ports):
            return
                "\(name): port \(ports) is the gateway's own: whoever its program lets in gets in"
        case .trustsAnyone(let name, let prefix):
            return
                "\(name): trusts every proxy of \(prefix), so anyone may claim to be any client; list"
                + " only the addresses of your own proxies"
        case .neverOpens(let name):
            return "\(name): its schedule has no opening any more; the forward stays closed"
        case .targetNotLocal(let name, let address):
            return
                "\(name): \(address) is in no subnet of the LAN; unless its answers come back through"
                + " this gateway, use --source rewritten"
        }
    }
}
