package import Addressing

/// One line of the table: traffic that reaches `external` goes to `target`.
package struct Forward: Hashable, Sendable {
    package var id: ForwardID
    package var name: ForwardName
    package var transports: Transports
    package var external: ExternalSide
    package var target: Target
    package var sources: SourcePolicy
    /// Whether hosts inside, and the gateway itself, may use the forward at the external address.
    package var hairpin: Bool
    package var sourceAddress: SourceAddress
    /// Whether IPv6 is translated (DNAT6) rather than let through to the target's own address.
    package var translatesIPv6: Bool
    /// When the forward stops by itself; nil for never.
    package var ends: Timestamp?
    /// When it is open; nil for always.
    package var schedule: Schedule?
    package var closing: Closing
    package var limits: Limits
    /// `relay`, which most forwards lack.
    var rareRelay: Rare<RelayTerms>
    /// `lease`, which only what devices asked for has.
    var rareLease: Rare<Lease> = .none
    /// Whether the router in front is asked for the external ports, too.
    package var asksUpstream: Bool
    package var enabled: Bool
    package var comment: String
    package var origin: Origin
    /// Who made it, as the gateway knows them: a user's name, a file, a device's address.
    package var creator: String
    package var created: Timestamp

    package init(
        id: ForwardID, name: ForwardName, transports: Transports, external: ExternalSide,
        target: Target, sources: SourcePolicy = .anywhere, hairpin: Bool = true,
        sourceAddress: SourceAddress = .kept, translatesIPv6: Bool = false,
        ends: Timestamp? = nil, schedule: Schedule? = nil, closing: Closing = .end,
        limits: Limits = .none, relay: RelayTerms = .none, asksUpstream: Bool = false,
        enabled: Bool = true, comment: String = "", origin: Origin = .operator,
        creator: String = "",
        created: Timestamp
    ) {
        self.id = id
        self.name = name
        self.transports = transports
        self.external = external
        self.target = target
        self.sources = sources
        self.hairpin = hairpin
        self.sourceAddress = sourceAddress
        self.translatesIPv6 = translatesIPv6
        self.ends = ends
        self.schedule = schedule
        self.closing = closing
        self.limits = limits
        rareRelay = relay == .none ? .none : .some(relay)
        self.asksUpstream = asksUpstream
        self.enabled = enabled
        self.comment = comment
        self.origin = origin
        self.creator = creator
        self.created = created
    }

    /// What is left when identity and history are taken away: two forwards with the same terms do
    /// the same thing.
    package var terms: Forward {
        var terms = self
        terms.id = .first
        terms.origin = .operator
        terms.creator = ""
        terms.created = Timestamp(seconds: 0)
        return terms
    }

    /// What its device has to do with it; nil for what a person made.
    package var lease: Lease? {
        get {
            guard case .some(let lease) = rareLease else { return nil }
            return lease
        }
        set { rareLease = newValue.map { .some($0) } ?? .none }
    }

    /// Whether it takes everything that reaches an address and that no other forward names.
    package var isWhole: Bool { transports == .everything }

    /// Whether it says that the gateway keeps these ports, whatever else the table says.
    package var isException: Bool { target.host == .gateway }

    package func hasEnded(at now: Timestamp) -> Bool {
        ends.map { $0 <= now } ?? false
    }
}

/// The number of a forward, 1 to 65535: its slot in the kernel's marks.
///
/// Kept for life.
package struct ForwardID: Hashable, Sendable, Comparable, BitwiseCopyable {
    package let number: UInt16

    /// Nil for 0, which marks traffic that no forward owns.
    package init?(_ number: UInt16) {
        guard number != 0 else { return nil }
        self.number = number
    }

    private init(unchecked number: UInt16) { self.number = number }

    package static let first = ForwardID(unchecked: 1)
    /// How many forwards one table can hold.
    package static let limit = Int(UInt16.max)

    /// The next number, from 65535 on to 1.
    package var next: ForwardID {
        number == .max ? .first : ForwardID(unchecked: number + 1)
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The name that a person gave a forward, unique in the table.
package struct ForwardName: Hashable, Sendable, Comparable {
    package let text: String

    /// Nil unless 1 to 63 letters, digits, `-`, `_` or `.`, with a letter or digit first.
    ///
    /// Names stand in URLs, shell commands and file keys; the set needs quoting in none of them.
    package init?(_ text: some StringProtocol) {
        guard (1...Self.limit).contains(text.utf8.count) else { return nil }
        let isPlain: (UInt8) -> Bool = { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        }
        guard let first = text.utf8.first, isPlain(first) else { return nil }
        guard text.utf8.allSatisfy({ isPlain($0) || $0 == 45 || $0 == 46 || $0 == 95 }) else {
            return nil
        }
        self.text = String(text)
    }

    private init(unchecked text: String) { self.text = text }

    /// Before it has a name of its own.
    static let unnamed = ForwardName(unchecked: "unnamed")

    package static let limit = 63

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension ForwardName: CustomStringConvertible {
    package var description: String { text }
}

extension Forward {
    /// The external ports as people write them: `8443/tcp`, `all`.
    package var externalText: String {
        isWhole ? "\(transports)" : "\(external.ports)/\(transports)"
    }
}

/// Where from outside a forward is reached.
package struct ExternalSide: Hashable, Sendable {
    package var ports: PortRange
    package var scope: Scope

    package init(ports: PortRange, scope: Scope = .everyWAN) {
        self.ports = ports
        self.scope = scope
    }

    /// At which of the gateway's addresses.
    package enum Scope: Hashable, Sendable {
        /// At every address of every WAN interface, whatever they are at the moment.
        case everyWAN
        /// At the addresses of one WAN interface.
        case interface(InterfaceName)
        /// At one address.
        case address(IPAddress)
    }
}

/// What happens to live flows when the schedule closes.
package enum Closing: String, Hashable, Sendable, CaseIterable {
    case end, keep
}

/// What the target sees as the sender.
package enum SourceAddress: String, Hashable, Sendable, CaseIterable {
    /// The client's own address.
    case kept
    /// The gateway's, for targets whose answers would not come back through the gateway.
    case rewritten
}

/// Which road a forward came in by.
package enum Origin: String, Hashable, Sendable, CaseIterable {
    case `operator`, file, device
}

/// Seconds since 1970-01-01 00:00 UTC.
package struct Timestamp: Hashable, Sendable, Comparable, BitwiseCopyable {
    package var seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
    package static func + (start: Self, seconds: Int64) -> Self {
        Timestamp(seconds: start.seconds + seconds)
    }
}
