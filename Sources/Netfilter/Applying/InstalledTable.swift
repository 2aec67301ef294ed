import LinuxKit
import Netlink

/// Our table as the kernel has it.
struct InstalledTable {
    var flags: UInt32
    /// The port of the socket that owns it; nil when nobody does.
    var owner: UInt32?
    var sets: [String: UInt32] = [:]
    var chains: [String: ChainDeclaration] = [:]
    /// The comments of the rules of each chain, in order.
    var rules: [String: [String]] = [:]
    var hasGuardCounter = false

    /// Reads it; nil when there is none.
    ///
    /// Elements are read apart.
    static func read(through socket: inout NetlinkSocket) throws(KernelError) -> InstalledTable? {
        for _ in 0..<10 {
            var table: InstalledTable?
            _ = try socket.dump(
                { Self.request(.getTable, named: nil, $0, &$1) },
                { message in
                    let attributes = message.attributes(after: 4)
                    guard message.netfilterFamily == NFTables.inet,
                        attributes[1]?.string == Layout.table
                    else { return }
                    table = InstalledTable(
                        flags: attributes[2]?.big32 ?? 0, owner: attributes[7]?.big32)
                })
            guard var table else { return nil }
            if try table.readContents(through: &socket) { return table }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .netlinkDump)
    }

    /// - Returns: false when something changed meanwhile.
    private mutating func readContents(
        through socket: inout NetlinkSocket
    ) throws(KernelError) -> Bool {
        var (sets, chains, rules) = (self.sets, self.chains, self.rules)
        var hasGuardCounter = false
        var ends: [NetlinkSocket.DumpEnd] = []
        func isOurs(_ message: Message) -> Bool {
            message.attributes(after: 4)[1]?.string == Layout.table
        }
        ends.append(
            try socket.dump({ Self.request(.getSet, named: Layout.table, $0, &$1) }) { message in
                let attributes = message.attributes(after: 4)
                guard isOurs(message), let name = attributes[2]?.string else { return }
                sets[name] = attributes[3]?.big32 ?? 0
            })
        ends.append(
            try socket.dump({ Self.request(.getChain, named: Layout.table, $0, &$1) }) { message in
                guard isOurs(message), let chain = DumpedChain(message) else { return }
                chains[chain.name] = chain.declaration
            })
        ends.append(
            try socket.dump({ Self.request(.getRule, named: Layout.table, $0, &$1) }) { message in
                guard isOurs(message), let chain = message.attributes(after: 4)[2]?.string
                else { return }
                rules[chain, default: []].append(Rule.comment(of: message) ?? "")
            })
        ends.append(
            try socket.dump({ Self.request(.getObject, named: Layout.table, $0, &$1) }) { message in
                guard isOurs(message) else { return }
                hasGuardCounter =
                    hasGuardCounter
                    || message.attributes(after: 4)[2]?.string == Layout.guardCounter
            })
        (self.sets, self.chains, self.rules) = (sets, chains, rules)
        self.hasGuardCounter = hasGuardCounter
        return ends.allSatisfy { $0 == .complete }
    }

    static func request(
        _ operation: NFTables.Operation, named table: String?, set: String? = nil,
        _ sequence: UInt32, _ writer: inout MessageWriter
    ) {
        let header = MessageHeader(
            type: operation.type, flags: [.request, .dump], sequence: sequence)
        writer.message(header) {
            $0.fixed([NFTables.inet, 0, 0, 0])
            if let table { $0.string(1, table) }
            if let set { $0.string(2, set) }
        }
    }

    /// Hands over every element of a set, again from the start when something changed meanwhile.
    static func elements<Result>(
        of set: String, through socket: inout NetlinkSocket, into initial: Result,
        _ body: (inout Result, DumpedElement) -> Void
    ) throws(KernelError) -> Result {
        try messages(of: set, through: &socket, into: initial) { result, message in
            DumpedElement.elements(in: message) { body(&result, $0) }
        }
    }

    /// The counters of a set that the packet path fills.
    static func counters(
        of set: Layout.Counted, through socket: inout NetlinkSocket
    ) throws(KernelError) -> [CountedMark] {
        try messages(of: set.rawValue, through: &socket, into: []) { counters, message in
            CountedMark.read(from: message) { counters.append($0) }
        }
    }

    private static func messages<Result>(
        of set: String, through socket: inout NetlinkSocket, into initial: Result,
        _ body: (inout Result, Message) -> Void
    ) throws(KernelError) -> Result {
        for _ in 0..<20 {
            var result = initial
            let end = try socket.dump(
                { Self.request(.getElements, named: Layout.table, set: set, $0, &$1) },
                { message in body(&result, message) })
            if end == .complete { return result }
        }
        throw KernelError(code: ErrorNumber.tryAgain, call: .netlinkDump)
    }
}
