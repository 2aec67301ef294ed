package import LinuxKit
import Netlink

extension ForeignRuleset {
    /// Where another program writes without a pause, one in some dozens meets a quiet moment.
    private static let attempts = 100

    /// Reads every table but ours in the socket's network.
    ///
    /// Begins again when something changed meanwhile.
    package static func read(
        through socket: inout NetlinkSocket
    ) throws(KernelError) -> ForeignRuleset {
        for _ in 0..<attempts {
            var reading = Reading()
            do throws(KernelError) {
                if let whole = try reading.read(through: &socket) { return whole }
            } catch let error where error.code != ErrorNumber.noEntry { throw error }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .netlinkDump)
    }
}

/// One attempt at reading: all of it has to be of one generation.
private struct Reading {
    private var ruleset = ForeignRuleset()
    private var generations: Set<UInt16> = []
    private var isTorn = false

    /// - Returns: nil when something changed meanwhile.
    mutating func read(through socket: inout NetlinkSocket) throws(KernelError) -> ForeignRuleset? {
        var (tables, chains, rules): ([DumpedTable], [DumpedForeignChain], [DumpedRule]) =
            ([], [], [])
        try dump(.getTable, through: &socket) { DumpedTable($0).map { tables.append($0) } }
        try dump(.getChain, through: &socket) { DumpedForeignChain($0).map { chains.append($0) } }
        try dump(.getRule, through: &socket) { DumpedRule($0).map { rules.append($0) } }
        ruleset.tables = tables.filter { !Self.isOurs($0.family, $0.name) }
        ruleset.chains = chains.filter { !Self.isOurs($0.family, $0.table) }
        for rule in rules where !Self.isOurs(rule.family, rule.table) { ruleset.add(rule) }
        try readSets(through: &socket)
        // Sets of other tables say nothing of a change; this does, at the very end.
        try dump(.getTable, through: &socket) { _ in }
        return isTorn || generations.count > 1 ? nil : ruleset
    }

    private mutating func readSets(through socket: inout NetlinkSocket) throws(KernelError) {
        var sets: [DumpedSet] = []
        try dump(.getSet, through: &socket) { DumpedSet($0).map { sets.append($0) } }
        for set in sets where !Self.isOurs(set.family, set.table) && !isTorn {
            var elements: [DumpedForeignElement] = []
            try dump(.getElements, of: set, through: &socket) {
                elements += DumpedForeignElement.elements(in: $0)
            }
            ruleset.add(set, elements)
        }
    }

    private static func isOurs(_ family: NFTablesFamily, _ table: String) -> Bool {
        family == .inet
            && (table == Layout.table || table == Layout.anchor
                || table == TransparentWay.filterTable
                || table.hasPrefix(Layout.tracePrefix))
    }

    private mutating func dump(
        _ operation: NFTables.Operation, of set: DumpedSet? = nil,
        through socket: inout NetlinkSocket, _ body: (Message) -> Void
    ) throws(KernelError) {
        var seen: Set<UInt16> = []
        let end = try socket.dump(
            { sequence, writer in
                let header = MessageHeader(
                    type: operation.type, flags: [.request, .dump], sequence: sequence)
                writer.message(header) {
                    $0.fixed([set?.family.rawValue ?? 0, 0, 0, 0])
                    guard let set else { return }
                    $0.string(1, set.table)
                    $0.string(2, set.name)
                }
            },
            { message in
                seen.insert(message.generation)
                body(message)
            })
        generations.formUnion(seen)
        isTorn = isTorn || end == .torn
    }
}
