package import Addressing
package import Forwarding

/// Which packet is asked about: the first one of a flow.
package struct JourneyQuestion: Hashable, Sendable {
    package var transport: TransportProtocol
    package var source: IPAddress
    /// Nil for any.
    package var sourcePort: UInt16?
    package var destination: Endpoint
    package var arrival: InterfaceName

    package init(
        _ transport: TransportProtocol, from source: IPAddress, port sourcePort: UInt16? = nil,
        to destination: Endpoint, arriving arrival: InterfaceName
    ) {
        self.transport = transport
        self.source = source
        self.sourcePort = sourcePort
        self.destination = destination
        self.arrival = arrival
    }

    /// For the table, which looks at the port of the source only where a device named its peers.
    package var packet: Packet {
        Packet(
            transport, from: Endpoint(source, sourcePort ?? 0), to: destination,
            arrival: .interface(arrival))
    }
}

extension JourneyQuestion {
    /// Reads a question as it is typed.
    ///
    /// - Parameters:
    ///   - from: `198.51.100.7`, `198.51.100.7:40000` or `[2001:db8::7]:40000`.
    ///   - to: `:8443/tcp` for the WAN's address, `203.0.113.5:8443/tcp`, `[2001:db8::10]:443/tcp`,
    ///     or the name of a forward.
    ///   - arrival: `wan`, `lan` (the inside interface whose subnet holds the source) or an interface.
    package init(
        from: String, to: String, arrival: String, in situation: Trace
    ) throws(Refusal) {
        let source = try Self.source(from)
        let network = situation.surroundings.network
        let place = try Self.place(to, source.address.family, in: situation)
        let destination: Endpoint
        if let address = place.address {
            destination = Endpoint(address, place.port)
        } else {
            let named = InterfaceName(arrival).flatMap { network.isWAN($0) ? $0 : nil }
            let address = network.wanAddress(source.address.family, on: named ?? place.interface)
            guard let address else {
                let problem = JourneyError.noWANAddress(source.address.family)
                throw Refusal(field: .to, value: to, problem: .journey(problem))
            }
            destination = Endpoint(address, place.port)
        }
        guard destination.address.family == source.address.family else {
            throw Refusal(field: .to, value: to, problem: .familyMismatch)
        }
        self.init(
            place.transport, from: source.address, port: source.port, to: destination,
            arriving: try Self.arrival(
                arrival, of: source.address, to: destination.address, place.interface, in: network))
    }

    private static func source(
        _ text: String
    ) throws(Refusal) -> (address: IPAddress, port: UInt16?) {
        if let address = IPAddress(text) { return (address, nil) }
        guard let (address, port) = endpoint(text), let address else {
            throw Refusal(field: .from, value: text, problem: .journey(.source))
        }
        return (address, port)
    }

    /// An address, if there is one, and a port: `:443`, `192.0.2.1:443`, `[2001:db8::1]:443`.
    private static func endpoint(_ text: String) -> (address: IPAddress?, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        let host = text[..<colon]
        guard !host.isEmpty else { return (nil, port) }
        let isBracketed = host.first == "[" && host.last == "]"
        let inner = isBracketed ? host.dropFirst().dropLast() : host
        guard let address = IPAddress(inner), isBracketed == (address.family == .v6) else {
            return nil
        }
        return (address, port)
    }

    private struct Place {
        var transport: TransportProtocol
        /// Nil for that of the WAN.
        var address: IPAddress?
        var port: UInt16
        /// A forward that is bound to a WAN.
        var interface: InterfaceName?
    }

    private static func place(
        _ text: String, _ family: AddressFamily, in situation: Trace
    ) throws(Refusal) -> Place {
        guard let slash = text.lastIndex(of: "/") else {
            guard endpoint(text) == nil else {
                throw Refusal(field: .to, value: text, problem: .noTransport)
            }
            return try place(ofForward: text, family, in: situation)
        }
        guard let transports = Transports(text[text.index(after: slash)...]) else {
            throw Refusal(field: .to, value: text, problem: .unknownTransport)
        }
        guard transports.all.count == 1, let transport = transports.all.first else {
            throw Refusal(field: .to, value: text, problem: .journey(.severalTransports))
        }
        guard let (address, port) = endpoint(String(text[..<slash])) else {
            throw Refusal(field: .to, value: text, problem: .journey(.destination))
        }
        return Place(transport: transport, address: address, port: port)
    }

    /// Where a forward is asked: at its first port, by its first protocol.
    private static func place(
        ofForward text: String, _ family: AddressFamily, in situation: Trace
    ) throws(Refusal) -> Place {
        guard let name = ForwardName(text), let forward = situation.table[name] else {
            guard ForwardName(text) != nil else {
                throw Refusal(field: .to, value: text, problem: .journey(.destination))
            }
            let nearest = nearestName(
                to: text, among: situation.table.all.lazy.map(\.name.text))
            throw Refusal(field: .to, value: text, problem: .unknown(nearest: nearest))
        }
        var place = Place(
            transport: forward.transports.all.first ?? .tcp, port: forward.external.ports.first)
        switch forward.external.scope {
        case .everyWAN: break
        // Asked everywhere, it is asked at the WAN, too.
        case .address(let address): place.address = address.isAny ? nil : address
        case .interface(let interface): place.interface = interface
        }
        let active = forward.active(in: situation.surroundings, at: situation.now)
        if family == .v6, let active, active.isPinhole {
            place.address = active.target6.map { .v6($0) }
        }
        return place
    }

    private static func arrival(
        _ text: String, of source: IPAddress, to destination: IPAddress,
        _ bound: InterfaceName?, in network: NetworkView
    ) throws(Refusal) -> InterfaceName {
        switch text {
        case "wan":
            if destination.isLoopback, let loopback = InterfaceName("lo") { return loopback }
            let owner = network.links.first { $0.address == destination }?.interface
            let wan = [bound, owner].compactMap(\.self).first(where: network.isWAN)
            guard let wan = wan ?? network.wans.first else {
                throw Refusal(field: .arrival, value: text, problem: .notAWAN([]))
            }
            return wan
        case "lan":
            guard let inside = network.interface(towards: source), !network.isWAN(inside) else {
                throw Refusal(field: .from, value: "\(source)", problem: .journey(.notInside))
            }
            return inside
        default:
            let known = Set(network.links.map(\.interface)).union(network.wans).sorted()
            guard let name = InterfaceName(text), known.contains(name) else {
                let problem = JourneyError.noInterface(known)
                throw Refusal(field: .arrival, value: text, problem: .journey(problem))
            }
            return name
        }
    }
}

extension NetworkView {
    /// The first address of the family that a WAN has, or this one.
    fileprivate func wanAddress(_ family: AddressFamily, on name: InterfaceName?) -> IPAddress? {
        // The operator's order of WANs, then that of the addresses.
        (name.map { [$0] } ?? wans).lazy.compactMap { wan in
            addresses(of: wan).first { $0.family == family }
        }.first
    }
}
