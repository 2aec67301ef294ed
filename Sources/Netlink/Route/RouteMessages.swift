package import Addressing

/// What rtnetlink tells about interfaces, addresses, routes and neighbours (include/uapi/linux/
/// rtnetlink.h).
///
/// Integers are in host order here.
package enum RouteMessage: Sendable {
    case link(InterfaceState, removed: Bool)
    case address(InterfaceAddress, removed: Bool)
    /// Routes to everywhere; one message may hold several next hops.
    case routes([DefaultRoute], removed: Bool)
    /// A default route of the gateway's own.
    case ownRoute(TableRoute, removed: Bool)
    /// A routing rule of the gateway's own.
    case ownRule(PolicyRule, removed: Bool)
    case neighbour(Neighbour, removed: Bool)

    /// Nil for messages that do not concern the gateway.
    package init?(_ message: Message) {
        switch message.type {
        case 16, 17:
            guard let link = InterfaceState(message) else { return nil }
            self = .link(link, removed: message.type == 17)
        case 20, 21:
            guard let address = InterfaceAddress(message) else { return nil }
            self = .address(address, removed: message.type == 21)
        case 24, 25:
            if let own = TableRoute(message) {
                self = .ownRoute(own, removed: message.type == 25)
                return
            }
            let routes = DefaultRoute.all(in: message)
            guard !routes.isEmpty else { return nil }
            self = .routes(routes, removed: message.type == 25)
        case 28, 29:
            guard let neighbour = Neighbour(message) else { return nil }
            self = .neighbour(neighbour, removed: message.type == 29)
        case 32, 33:
            guard let rule = PolicyRule(message) else { return nil }
            self = .ownRule(rule, removed: message.type == 33)
        default: return nil
        }
    }

    /// A dump of one kind of object, both families.
    package enum Dump: UInt16, Sendable {
        case links = 18
        case addresses = 22
        case routes = 26
        case neighbours = 30

        private var headerSize: Int {
            switch self {
            case .links: 16
            case .addresses: 8
            case .routes, .neighbours: 12
            }
        }

        package func write(sequence: UInt32, to writer: inout MessageWriter) {
            let header = MessageHeader(
                type: rawValue, flags: [.request, .dump], sequence: sequence)
            writer.message(header) { $0.fixed([UInt8](repeating: 0, count: headerSize)) }
        }
    }
}

package struct InterfaceState: Hashable, Sendable {
    package var index: UInt32
    package var name: InterfaceName
    package var isUp: Bool
    package var isLoopback: Bool
    /// Whether the link has a signal (IFF_LOWER_UP).
    package var hasCarrier: Bool
    package var mtu: UInt32
    /// Nil where there is none (tunnels).
    package var mac: MACAddress?
    package var isBridge: Bool

    init?(_ message: Message) {
        let attributes = message.attributes(after: 16)
        guard message.body + 16 <= message.end,
            let name = attributes[3].flatMap({ InterfaceName($0.string) })
        else { return nil }
        let flags = message.bytes.host32(message.body + 8)
        index = message.bytes.host32(message.body + 4)
        self.name = name
        isUp = flags & 0x1 != 0
        isLoopback = flags & 0x8 != 0
        hasCarrier = flags & 0x1_0000 != 0
        mtu = attributes[4]?.host32 ?? 0
        mac = attributes[1].flatMap { MACAddress(octets: $0.payload) }
        isBridge = attributes[18]?.nested[1]?.string == "bridge"
    }
}

package struct InterfaceAddress: Hashable, Sendable {
    package var index: UInt32
    package var address: IPAddress
    package var prefixLength: Int
    /// Not usable yet, or found to be somebody else's (duplicate address detection).
    package var isTentative: Bool
    /// Still valid, and no longer to be used for what is new: its preferred time is over.
    package var isDeprecated: Bool
    /// Found to be somebody else's (`IFA_F_DADFAILED`).
    package var isDuplicate: Bool

    init?(_ message: Message) {
        let attributes = message.attributes(after: 8)
        // LOCAL (2) is the own address; on point-to-point links ADDRESS (1) is the peer's.
        guard message.body + 8 <= message.end,
            let octets = (attributes[2] ?? attributes[1])?.payload,
            let address = IPAddress(octets: octets)
        else { return nil }
        index = message.bytes.host32(message.body + 4)
        self.address = address
        prefixLength = Int(message.bytes[message.body + 1])
        let flags = attributes[8]?.host32 ?? UInt32(message.bytes[message.body + 2])
        isTentative = flags & 0x48 != 0
        // IFA_CACHEINFO begins with the seconds for which it is preferred.
        isDeprecated = flags & 0x20 != 0 || attributes[6]?.host32 == 0
        isDuplicate = flags & 0x08 != 0
    }
}

/// A route to everywhere in the main table.
package struct DefaultRoute: Hashable, Sendable {
    package var family: AddressFamily
    package var index: UInt32
    package var priority: UInt32
    package var gateway: IPAddress?
    /// Whether the next hop is given in a way that is not read here (IPv4 by an IPv6 router).
    package var isUnread = false

    /// None for routes to somewhere, and those of other tables; several for a route with several next
    /// hops (RTA_MULTIPATH).
    static func all(in message: Message) -> [DefaultRoute] {
        guard message.body + 12 <= message.end else { return [] }
        let header = message.bytes[message.body..<message.body + 12]
        let attributes = message.attributes(after: 12)
        let base = header.startIndex
        let table = attributes[15]?.host32 ?? UInt32(header[base + 4])
        guard header[base + 1] == 0, table == PolicyRule.mainTable, header[base + 7] == 1 else {
            return []
        }
        let family: AddressFamily = header[base] == 2 ? .v4 : .v6
        let priority = attributes[6]?.host32 ?? 0
        func route(_ index: UInt32, _ attributes: Attributes) -> DefaultRoute {
            DefaultRoute(
                family: family, index: index, priority: priority,
                gateway: attributes[5].flatMap { IPAddress(octets: $0.payload) },
                isUnread: attributes[18] != nil)
        }
        if let index = attributes[4]?.host32 { return [route(index, attributes)] }
        return attributes[9]?.nextHops.map(route) ?? []
    }
}

extension Attribute {
    /// The entries of RTA_MULTIPATH (`struct rtnexthop`): length, flags, weight, interface, then
    /// attributes.
    fileprivate var nextHops: [(UInt32, Attributes)] {
        var (place, hops) = (start, [(UInt32, Attributes)]())
        while place + 8 <= end {
            let length = Int(bytes.host16(place))
            guard length >= 8, place + length <= end else { break }
            let attributes = Attributes(bytes: bytes, start: place + 8, end: place + length)
            hops.append((bytes.host32(place + 4), attributes))
            place += (length + 3) & ~3
        }
        return hops
    }
}

package struct Neighbour: Hashable, Sendable {
    package var index: UInt32
    package var address: IPAddress
    /// Nil while the kernel does not know it.
    package var mac: MACAddress?

    init?(_ message: Message) {
        let attributes = message.attributes(after: 12)
        guard message.body + 12 <= message.end,
            let address = attributes[1].flatMap({ IPAddress(octets: $0.payload) })
        else { return nil }
        index = message.bytes.host32(message.body + 4)
        self.address = address
        // REACHABLE, STALE, DELAY, PROBE, NOARP, PERMANENT: states in which the address holds.
        let isKnown = message.bytes.host16(message.body + 8) & 0xde != 0
        mac = isKnown ? attributes[2].flatMap { MACAddress(octets: $0.payload) } : nil
    }
}
