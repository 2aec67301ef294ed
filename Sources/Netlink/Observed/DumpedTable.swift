/// The address families of nf_tables (`NFPROTO_*`).
package enum NFTablesFamily: UInt8, Hashable, Sendable {
    case inet = 1
    case ip = 2
    case arp = 3
    case netdev = 5
    case bridge = 7
    case ip6 = 10

    /// As `nft` writes it.
    package var name: String {
        switch self {
        case .inet: "inet"
        case .ip: "ip"
        case .arp: "arp"
        case .netdev: "netdev"
        case .bridge: "bridge"
        case .ip6: "ip6"
        }
    }
}

/// A table as a dump shows it.
package struct DumpedTable: Hashable, Sendable {
    package var family: NFTablesFamily
    package var name: String
    package var handle: UInt64
    package var flags: UInt32
    /// The port of the socket that owns it; nil when nobody does.
    package var owner: UInt32?

    /// Switched off as a whole (`flags dormant`).
    package var isDormant: Bool { flags & 1 != 0 }

    package init(
        family: NFTablesFamily, name: String, handle: UInt64 = 0, flags: UInt32 = 0,
        owner: UInt32? = nil
    ) {
        self.family = family
        self.name = name
        self.handle = handle
        self.flags = flags
        self.owner = owner
    }

    /// Nil when the message is none of a table.
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.newTable.type,
            let family = NFTablesFamily(rawValue: message.netfilterFamily),
            let name = attributes[1]?.string
        else { return nil }
        self.init(
            family: family, name: name, handle: attributes[4]?.big64 ?? 0,
            flags: attributes[2]?.big32 ?? 0, owner: attributes[7]?.big32)
    }
}

/// A chain of any table, as a dump shows it.
package struct DumpedForeignChain: Hashable, Sendable {
    package var family: NFTablesFamily
    package var table: String
    package var name: String
    package var handle: UInt64
    /// Nil for a chain that is only jumped to.
    package var base: Base?

    /// What hangs the chain into the way of packets.
    package struct Base: Hashable, Sendable {
        /// `filter`, `nat` or `route`.
        package var type: String
        /// The kernel's number; which place it means depends on the family.
        package var hook: UInt32
        package var priority: Int32
        /// Whether a packet goes that no rule has decided on.
        package var dropsByPolicy: Bool

        package init(type: String, hook: UInt32, priority: Int32, dropsByPolicy: Bool) {
            self.type = type
            self.hook = hook
            self.priority = priority
            self.dropsByPolicy = dropsByPolicy
        }
    }

    package init(
        _ family: NFTablesFamily, _ table: String, _ name: String, handle: UInt64 = 0, base: Base?
    ) {
        (self.family, self.table, self.name) = (family, table, name)
        (self.handle, self.base) = (handle, base)
    }

    /// Nil when the message is none of a chain.
    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.newChain.type,
            let family = NFTablesFamily(rawValue: message.netfilterFamily),
            let table = attributes[1]?.string, let name = attributes[3]?.string
        else { return nil }
        self.family = family
        self.table = table
        self.name = name
        handle = attributes[2]?.big64 ?? 0
        guard let hook = attributes[4]?.nested, let number = hook[1]?.big32,
            let priority = hook[2]?.big32
        else { return }
        base = Base(
            type: attributes[7]?.string ?? "filter", hook: number,
            priority: Int32(bitPattern: priority), dropsByPolicy: attributes[5]?.big32 == 0)
    }
}
