import Netlink

/// Pieces that rules are put together from.
///
/// Register 1 is 16 bytes wide and covers 8 to 11, 2 covers 12 to 15; fields of a concatenation
/// stand in registers that follow each other.
struct Matching {
    let mask: MarkMask

    /// ct mark & mask, in register 1.
    var markLoaded: [Expression] {
        [.conntrack(.mark, register: 1), .and(register: 1, mask: mask.bytes)]
    }

    var isOurs: [Expression] {
        markLoaded + [.compare(register: 1, .notEqual, [0, 0, 0, 0])]
    }

    var isNobodys: [Expression] {
        markLoaded + [.compare(register: 1, .equal, [0, 0, 0, 0])]
    }

    func mark(in set: String, _ lookup: Expression.Lookup = .contains) -> [Expression] {
        markLoaded + [.lookup(set: set, key: 1, lookup)]
    }

    func count(in set: Layout.Counted) -> [Expression] {
        markLoaded + [.count(set: set.rawValue, key: 1)]
    }

    /// No program has marked the flow at all: it is the first to see it.
    static let isUnmarked: [Expression] = [
        .conntrack(.mark, register: 1), .compare(register: 1, .equal, [0, 0, 0, 0]),
    ]

    enum State: UInt8 {
        case new = 8
        case establishedOrRelated = 6
    }

    static func state(_ state: State) -> [Expression] {
        [
            .conntrack(.state, register: 1),
            .and(register: 1, mask: [state.rawValue, 0, 0, 0]),
            .compare(register: 1, .notEqual, [0, 0, 0, 0]),
        ]
    }

    enum Direction: UInt8 {
        case original = 0
        case reply = 1
    }

    static func direction(_ direction: Direction) -> [Expression] {
        [
            .conntrack(.direction, register: 1),
            .compare(register: 1, .equal, [direction.rawValue]),
        ]
    }

    static let isTranslated: [Expression] = [
        .conntrack(.status, register: 1), .and(register: 1, mask: [0x20, 0, 0, 0]),
        .compare(register: 1, .notEqual, [0, 0, 0, 0]),
    ]

    static func family(_ isV4: Bool) -> [Expression] {
        [.meta(.family, register: 1), .compare(register: 1, .equal, [isV4 ? 2 : 10])]
    }

    static func transport(_ number: UInt8) -> [Expression] {
        [.meta(.transport, register: 1), .compare(register: 1, .equal, [number])]
    }

    static func isCarried(_ lookup: Expression.Lookup) -> [Expression] {
        [.meta(.transport, register: 1), .lookup(set: "carried", key: 1, lookup)]
    }

    static func arrives(_ lookup: Expression.Lookup) -> [Expression] {
        [.meta(.inInterface, register: 1), .lookup(set: "wan_if", key: 1, lookup)]
    }

    static let leavesByWAN: [Expression] = [
        .meta(.outInterface, register: 1), .lookup(set: "wan_if", key: 1, .contains),
    ]

    static func destination(isV4: Bool, in set: String) -> [Expression] {
        let piece: Expression.Payload = isV4 ? .destination4 : .destination6
        return family(isV4) + [
            .payload(piece, register: 1), .lookup(set: set, key: 1, .contains),
        ]
    }

    static func source(isV4: Bool, in set: String) -> [Expression] {
        let piece: Expression.Payload = isV4 ? .source4 : .source6
        return family(isV4) + [
            .payload(piece, register: 1), .lookup(set: set, key: 1, .contains),
        ]
    }

    /// Whether the forward's peers have the sender among them.
    ///
    /// Only of what has ports: of others these two bytes say something else.
    func peer(isV4: Bool, in set: String) -> [Expression] {
        Self.family(isV4) + Self.isCarried(.contains) + markLoaded + [
            .payload(isV4 ? .source4 : .source6, register: 9),
            .payload(.sourcePort, register: isV4 ? 10 : 13),
            .lookup(set: set, key: 1, .contains),
        ]
    }

    static func sourceAndPort(isV4: Bool, in set: String) -> [Expression] {
        family(isV4) + isCarried(.contains) + [
            .payload(isV4 ? .source4 : .source6, register: 1),
            .payload(.sourcePort, register: isV4 ? 9 : 2),
            .lookup(set: set, key: 1, .contains),
        ]
    }

    /// The forward's mark and the sender behind it, in register 1: an IPv4 address, or the /64 of an
    /// IPv6 one.
    func markAndSource(isV4: Bool) -> [Expression] {
        let loaded =
            Self.family(isV4) + markLoaded + [.payload(isV4 ? .source4 : .source6, register: 9)]
        guard !isV4 else { return loaded }
        let mask = [UInt8](repeating: 0xff, count: 8) + [UInt8](repeating: 0, count: 8)
        return loaded + [.and(register: 9, mask: mask)]
    }

    /// Whether connection tracking has taken the flow into its table (IPS_CONFIRMED): it has when the
    /// first packet of the flow went its whole way.
    static func isConfirmed(_ wanted: Bool) -> [Expression] {
        [
            .conntrack(.status, register: 1), .and(register: 1, mask: [0x08, 0, 0, 0]),
            .compare(register: 1, wanted ? .notEqual : .equal, [0, 0, 0, 0]),
        ]
    }

    /// Looks up an address of the packet, into register 1 what the map says.
    static func addressLookup(
        _ piece: Expression.Payload, isV4: Bool, _ map: String
    ) -> [Expression] {
        family(isV4) + [
            .payload(piece, register: 1), .lookup(set: map, key: 1, .value(register: 1)),
        ]
    }

    /// Both ends of the packet lie in one subnet of ours.
    static func sharesSubnet(isV4: Bool) -> [Expression] {
        family(isV4) + [
            .payload(isV4 ? .source4 : .source6, register: 1),
            .payload(isV4 ? .destination4 : .destination6, register: isV4 ? 9 : 2),
            .lookup(set: isV4 ? "same4" : "same6", key: 1, .contains),
        ]
    }

    /// Looks up transport and port, into register 1 what the map says.
    static func portLookup(_ map: String) -> [Expression] {
        [
            .meta(.transport, register: 1), .payload(.destinationPort, register: 9),
            .lookup(set: map, key: 1, .value(register: 1)),
        ]
    }

    /// Looks up address, transport and port, into register 1 what the map says.
    static func endpointLookup(isV4: Bool, _ map: String) -> [Expression] {
        family(isV4) + [
            .payload(isV4 ? .destination4 : .destination6, register: 1),
            .meta(.transport, register: isV4 ? 9 : 2),
            .payload(.destinationPort, register: isV4 ? 10 : 13),
            .lookup(set: map, key: 1, .value(register: 1)),
        ]
    }

    static func jump(_ chain: String) -> Expression { .verdict(.jump, chain: chain) }
    static func goto(_ chain: String) -> Expression { .verdict(.goto, chain: chain) }
    static let accept = Expression.verdict(.accept, chain: nil)
    static let drop = Expression.verdict(.drop, chain: nil)
    static let `return` = Expression.verdict(.return, chain: nil)
}
