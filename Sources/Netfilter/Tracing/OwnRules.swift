package import LinuxKit
package import Netlink

/// Our own table as a trace names it: rules by their handles, chains by their names.
package struct OwnRules: Hashable, Sendable {
    private var purposes: [UInt64: String]
    private var hooks: [String: ForeignHook]

    package init(purposes: [UInt64: String] = [:], hooks: [String: ForeignHook] = [:]) {
        self.purposes = purposes
        self.hooks = hooks
    }

    /// What a rule is for.
    package func purpose(_ handle: UInt64) -> String? { purposes[handle] }

    /// Where a base chain hangs.
    package func hook(of chain: String) -> ForeignHook? { hooks[chain] }

    /// Whether the record is of our own table.
    package static func has(_ record: TraceRecord) -> Bool {
        record.family == .inet && record.table == Layout.table
    }

    package static func read(through socket: inout NetlinkSocket) throws(KernelError) -> OwnRules {
        var own = OwnRules()
        try dump(.getRule, through: &socket) { message in
            guard let rule = DumpedRule(message) else { return }
            own.purposes[rule.handle] = rule.comment.map(Self.purpose)
        }
        try dump(.getChain, through: &socket) { message in
            guard let chain = DumpedForeignChain(message), chain.table == Layout.table else {
                return
            }
            own.hooks[chain.name] = chain.base.flatMap { ForeignHook(rawValue: $0.hook) }
        }
        return own
    }

    private static func dump(
        _ operation: NFTables.Operation, through socket: inout NetlinkSocket,
        _ body: (Message) -> Void
    ) throws(KernelError) {
        _ = try socket.dump(
            { sequence, writer in
                let header = MessageHeader(
                    type: operation.type, flags: [.request, .dump], sequence: sequence)
                writer.message(header) {
                    $0.fixed([NFTables.inet, 0, 0, 0])
                    $0.string(1, Layout.table)
                }
            }, body)
    }

    /// Without the hash that stands behind it.
    private static func purpose(_ comment: String) -> String {
        comment.split(separator: " ").prefix { !$0.hasPrefix("h=") }.joined(separator: " ")
    }
}

extension ForeignRuleset {
    /// The rule of a record; nil for one that is not there any more.
    package func rule(of record: TraceRecord) -> RuleReference? {
        let place = Place(record.family, record.table, record.chain)
        return rules[place]?.first { $0.handle == record.handle }.map { RuleReference($0, self) }
    }

    /// Where a base chain hangs.
    package func hook(of record: TraceRecord) -> ForeignHook? {
        let chain = chains.first {
            $0.family == record.family && $0.table == record.table && $0.name == record.chain
        }
        return chain?.base.flatMap { ForeignHook(rawValue: $0.hook) }
    }
}
