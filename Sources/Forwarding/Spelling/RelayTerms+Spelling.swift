package import Addressing

/// The terms as keys and values of the file, which the API, the files and the store share.
extension RelayTerms {
    /// What is not the standard, and what is a list has a value for each of its parts.
    package var spelled: [(field: Refusal.Field, values: [String])] {
        var all: [(field: Refusal.Field, values: [String])] = []
        func add(_ field: Refusal.Field, _ value: String?) {
            if let value { all.append((field, [value])) }
        }
        func add(_ field: Refusal.Field, _ values: [some CustomStringConvertible]) {
            if !values.isEmpty { all.append((field, values.map(\.description))) }
        }
        add(.engine, engine == .automatic ? nil : engine.rawValue)
        add(.proxy, proxy?.rawValue)
        add(.proxyUDP, datagramProxy?.rawValue)
        add(.trustedProxies, trustedProxies)
        add(.also, spares)
        add(.balance, balance == .roundRobin ? nil : balance.rawValue)
        add(.check, check?.description)
        add(.names, routes)
        add(.otherNames, refusesOtherNames ? OtherNames.refuse.rawValue : nil)
        add(.source, isTransparent ? ForwardSpelling.transparent : nil)
        add(.crossFamilies, crossesFamilies ? "true" : nil)
        add(.bandwidthPerFlow, flowBandwidth.map(ForwardSpelling.bandwidthText))
        for (field, seconds) in timeouts.all { add(field, seconds.map(ForwardSpelling.waitText)) }
        return all
    }

    /// Takes in what was written for a key, in place of what was there.
    ///
    /// - Parameter values: any number for a list, one for everything else.
    package mutating func set(
        _ field: Refusal.Field, _ values: [String], external: PortRange
    ) throws(Refusal) {
        switch field {
        case .trustedProxies: trustedProxies = try ForwardSpelling.prefixes(values, field)
        case .also:
            spares = []
            for value in values {
                spares.append(try ForwardSpelling.target(value, external: external, field))
            }
        case .names:
            routes = []
            for value in values {
                routes.append(try ForwardSpelling.route(value, external: external))
            }
        default:
            guard let value = values.first, values.count == 1 else {
                throw Refusal(field: field, value: "", problem: .missing)
            }
            try set(field, value)
        }
    }

    private mutating func set(_ field: Refusal.Field, _ value: String) throws(Refusal) {
        switch field {
        case .engine: engine = try ForwardSpelling.choice(value, field)
        case .proxy: proxy = try ForwardSpelling.choiceOrNone(value, field)
        case .proxyUDP: datagramProxy = try ForwardSpelling.choiceOrNone(value, field)
        case .balance: balance = try ForwardSpelling.choice(value, field)
        case .check: check = try ForwardSpelling.check(value)
        case .otherNames:
            let choice: OtherNames = try ForwardSpelling.choice(value, field)
            refusesOtherNames = choice == .refuse
        case .source: isTransparent = value == ForwardSpelling.transparent
        case .crossFamilies:
            let choice: Truth = try ForwardSpelling.choice(value, field)
            crossesFamilies = choice == .true
        case .bandwidthPerFlow: flowBandwidth = try ForwardSpelling.bandwidth(value, field)
        case .timeoutConnect: timeouts.connect = try ForwardSpelling.wait(value, field)
        case .timeoutIdle: timeouts.idle = try ForwardSpelling.wait(value, field)
        case .timeoutHalfOpen: timeouts.halfOpen = try ForwardSpelling.wait(value, field)
        case .timeoutUDPFirst: timeouts.firstDatagram = try ForwardSpelling.wait(value, field)
        case .timeoutUDP: timeouts.datagrams = try ForwardSpelling.wait(value, field)
        default: throw Refusal(field: field, value: value, problem: .unknownKey(nearest: nil))
        }
    }

    /// Targets that had the external ports go on having them when those change.
    package func moved(from former: PortRange, to ports: PortRange) -> RelayTerms {
        func moved(_ target: Target) -> Target {
            target.ports == former ? Target(host: target.host, ports: ports) : target
        }
        var terms = self
        terms.spares = spares.map(moved)
        terms.routes = routes.map { NameRoute(name: $0.name, target: moved($0.target)) }
        return terms
    }

    private enum OtherNames: String, CaseIterable { case target, refuse }

    private enum Truth: String, CaseIterable { case `true`, `false` }
}
