/// A chain: a list of rules, entered from a hook or by a jump.
package struct ChainDeclaration: Hashable, Sendable {
    package var name: String
    /// Nil for a chain that is only jumped to.
    package var hook: Entry?

    package struct Entry: Hashable, Sendable {
        package var isNAT: Bool
        /// Whether a packet whose mark has changed is routed anew (type `route`, output only).
        package var reroutes: Bool
        package var hook: NFTables.Hook
        package var priority: Int32

        package init(
            isNAT: Bool = false, reroutes: Bool = false, _ hook: NFTables.Hook, priority: Int32
        ) {
            self.isNAT = isNAT
            self.reroutes = reroutes
            self.hook = hook
            self.priority = priority
        }
    }

    package init(_ name: String, hook: Entry? = nil) {
        self.name = name
        self.hook = hook
    }

    /// The attributes of NEWCHAIN behind the table's name.
    ///
    /// Base chains accept what they do not drop: the policy of the machine belongs to its owner.
    package func write(to writer: inout MessageWriter) {
        writer.string(3, name)
        guard let hook else { return }
        writer.string(7, hook.reroutes ? "route" : hook.isNAT ? "nat" : "filter")
        writer.big32(5, 1)
        writer.nest(4) {
            $0.big32(1, hook.hook.rawValue)
            $0.big32(2, UInt32(bitPattern: hook.priority))
        }
    }
}

/// A chain as a dump shows it.
package struct DumpedChain: Hashable, Sendable {
    package var name: String
    package var declaration: ChainDeclaration

    package init?(_ message: Message) {
        let attributes = message.attributes(after: 4)
        guard let name = attributes[3]?.string else { return nil }
        self.name = name
        var entry: ChainDeclaration.Entry?
        if let hook = attributes[4]?.nested, let number = hook[1]?.big32,
            let place = NFTables.Hook(rawValue: number), let priority = hook[2]?.big32
        {
            entry = ChainDeclaration.Entry(
                isNAT: attributes[7]?.string == "nat",
                reroutes: attributes[7]?.string == "route", place,
                priority: Int32(bitPattern: priority))
        }
        declaration = ChainDeclaration(name, hook: entry)
    }
}
