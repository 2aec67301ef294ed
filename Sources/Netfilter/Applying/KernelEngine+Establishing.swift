package import Forwarding
import LinuxKit
import Netlink

extension KernelEngine {
    /// Makes the table carry exactly these forwards, from whatever is there.
    func establish(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> ApplyReport {
        let installed = try readInstalled()
        let skeleton = Skeleton(mask: mask, wanMask: wanMask, settings)
        let parts = parts(of: forwards)
        var (changed, isIntact) = (Set(forwards.map(\.id)), false)
        if let installed, isFit(installed, skeleton, parts.needed) {
            (changed, isIntact) = try adopt(
                installed, forwards, settings, skeleton, parts.needed)
        } else {
            try create(replacing: installed != nil, forwards, settings, skeleton, parts.needed)
        }
        partUses = parts.uses
        self.settings = settings
        // A schedule may have closed while nobody was there to end its flows.
        changed.formUnion(forwards.filter { $0.lapses == .longAgo }.map(\.id))
        let edits = forwards.filter { changed.contains($0.id) }
            .map { ActiveEdit(before: nil, after: $0) }
        let stale = StaleFlows(
            edits, settings, before: nil, mask: mask, present: Set(forwards.map(\.id)))
        lastStale = stale
        return endFlows(
            stale, ApplyReport(adopted: forwards.count - edits.count, foundIntact: isIntact))
    }

    package func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool {
        let skeleton = Skeleton(mask: mask, wanMask: wanMask, settings)
        let parts = parts(of: forwards).needed
        guard let installed = try readInstalled(), isFit(installed, skeleton, parts) else {
            return false
        }
        return try adoption(of: installed, forwards, settings, skeleton, parts).isIntact
    }

    private func readInstalled() throws(EngineError) -> InstalledTable? {
        let installed: InstalledTable?
        do throws(KernelError) { installed = try InstalledTable.read(through: &reading) } catch {
            throw EngineError(error, .read)
        }
        if let owner = installed?.owner, owner != command.port { throw .ownedByAnother }
        return installed
    }

    private func parts(of forwards: [ActiveForward]) -> PartChanges {
        var parts = PartChanges(uses: [:])
        for forward in forwards {
            parts.note(ActiveEdit(before: nil, after: forward), mask)
        }
        return parts
    }

    private func create(
        replacing: Bool, _ forwards: [ActiveForward], _ settings: EngineSettings,
        _ skeleton: Skeleton, _ parts: [Part]
    ) throws(EngineError) {
        var transaction = Transaction(
            firstSequence: command.nextSequence(), capacity: 16_384 + 112 * forwards.count)
        if replacing { transaction.deleteTable() }
        transaction.table(flags: tableFlags)
        skeleton.write(to: &transaction)
        for placed in NetworkElements.elements(of: settings.network) {
            transaction.add(placed.element, to: placed.set)
        }
        for part in parts { part.write(to: &transaction) }
        addElements(of: forwards, ElementCompiler(mask: mask, now: settings.now), &transaction)
        try commit(transaction)
    }

    /// One set after the other: elements of one set share a message.
    private func addElements(
        of forwards: [ActiveForward], _ compiler: ElementCompiler,
        _ transaction: inout Transaction
    ) {
        var bySet: [String: [Owned]] = [:]
        for forward in forwards {
            for placed in compiler.elements(of: forward) {
                bySet[placed.set, default: []].append(Owned(placed: placed, forward: forward.id))
            }
        }
        for (set, elements) in bySet {
            for owned in elements {
                transaction.add(owned.placed.element, to: set, for: owned.forward)
            }
        }
    }

    /// Whether the installed table can become the wanted one by changing rules and elements.
    ///
    /// Sets and base chains cannot be changed, and a table without an owner never gets one.
    private func isFit(
        _ installed: InstalledTable, _ skeleton: Skeleton, _ parts: [Part]
    ) -> Bool {
        let persist = NFTables.TableFlags.persist
        guard installed.flags & persist == tableFlags & persist, installed.hasGuardCounter else {
            return false
        }
        for set in Layout.staticSets where installed.sets[set.name] != set.flags { return false }
        // A chain that is not there yet (that of a second WAN) is made in place.
        for chain in skeleton.chains
        where installed.chains[chain.name].map({ $0 != chain }) ?? false { return false }
        return parts.allSatisfy { part in
            guard let chain = installed.chains[part.chain] else { return true }
            return chain.hook == part.hook
                && installed.rules[part.chain] ?? [] == part.rules.map(\.comment)
                && part.sets.allSatisfy { installed.sets[$0.declaration.name] != nil }
        }
    }

    /// - Returns: the forwards that had to be put right, and whether there was nothing to do.
    private func adopt(
        _ installed: InstalledTable, _ forwards: [ActiveForward], _ settings: EngineSettings,
        _ skeleton: Skeleton, _ parts: [Part]
    ) throws(EngineError) -> (changed: Set<ForwardID>, isIntact: Bool) {
        try takeOver(installed)
        var adoption = try adoption(of: installed, forwards, settings, skeleton, parts)
        try forgetCounters(
            otherThanOf: Set(forwards.map(\.id)), in: &adoption.transaction)
        try commit(adoption.transaction)
        return (adoption.changed, adoption.isIntact)
    }

    /// Takes the ownership of an orphaned table in a transaction of its own: in the one that does, the
    /// kernel makes no chain with a hook (EINVAL; `nf_tables_addchain`, Linux 6.18).
    private func takeOver(_ installed: InstalledTable) throws(EngineError) {
        guard installed.owner == nil, tableFlags & NFTables.TableFlags.owner != 0 else { return }
        var transaction = Transaction(firstSequence: command.nextSequence())
        transaction.table(flags: tableFlags)
        try commit(transaction)
    }

    /// What makes the installed table the wanted one.
    private struct Adoption {
        var transaction: Transaction
        /// The forwards that differ.
        var changed: Set<ForwardID>

        /// Taking the table over is the one operation that is always there.
        var isIntact: Bool { transaction.operations == 1 }
    }

    private func adoption(
        of installed: InstalledTable, _ forwards: [ActiveForward], _ settings: EngineSettings,
        _ skeleton: Skeleton, _ parts: [Part]
    ) throws(EngineError) -> Adoption {
        var transaction = Transaction(firstSequence: command.nextSequence())
        // Takes the ownership, and fails as a whole when somebody else has it by now.
        transaction.table(flags: tableFlags)
        for chain in skeleton.chains where installed.chains[chain.name] == nil {
            transaction.chain(chain)
        }
        for (chain, rules) in skeleton.rules
        where installed.rules[chain] ?? [] != rules.map(\.comment) {
            transaction.flushChain(chain)
            for rule in rules { transaction.rule(rule, in: chain) }
        }
        let bent = try mend(installed, parts, in: &transaction)
        var difference = ElementDifference(
            forwards, settings, ElementCompiler(mask: mask, now: settings.now))
        do throws(KernelError) { try difference.compare(through: &reading) } catch {
            throw EngineError(error, .read)
        }
        difference.write(to: &transaction)
        removeLeftovers(of: installed, skeleton, parts, in: &transaction)
        let mended = forwards.filter { forward in
            [Admission(forward)?.chain, Shift(forward)?.chain].contains {
                $0.map(bent.contains) ?? false
            }
        }
        return Adoption(
            transaction: transaction,
            changed: difference.changedForwards(mask).union(mended.map(\.id)))
    }

    /// Writes the parts that are not there, and puts right the sets of those that are.
    ///
    /// - Returns: the chains of parts whose sets said something else.
    private func mend(
        _ installed: InstalledTable, _ parts: [Part], in transaction: inout Transaction
    ) throws(EngineError) -> Set<String> {
        var bent: Set<String> = []
        for part in parts {
            guard installed.chains[part.chain] != nil else {
                part.write(to: &transaction)
                continue
            }
            for piece in part.sets where !piece.declaration.isFilledByPackets {
                let found: Set<SetElement>
                do throws(KernelError) {
                    found = try InstalledTable.elements(
                        of: piece.declaration.name, through: &reading, into: []
                    ) { $0.insert($1.element) }
                } catch { throw EngineError(error, .read) }
                guard found != Set(piece.elements) else { continue }
                bent.insert(part.chain)
                transaction.flushSet(piece.declaration.name)
                for element in piece.elements {
                    transaction.add(element, to: piece.declaration.name)
                }
            }
        }
        return bent
    }

    /// The next forward of a number starts from zero, also when the last one went while no engine
    /// ran.
    private func forgetCounters(
        otherThanOf present: Set<ForwardID>, in transaction: inout Transaction
    ) throws(EngineError) {
        var counted: Set<ForwardID> = []
        do throws(KernelError) {
            for set in Layout.Counted.allCases {
                let counters = try InstalledTable.counters(of: set, through: &reading)
                counted.formUnion(counters.compactMap { mask.forward(of: $0.mark) })
            }
        } catch { throw EngineError(error, .read) }
        for forward in counted.subtracting(present) {
            forgetCounters(of: forward, in: &transaction)
        }
    }

    /// Takes away the parts of forwards that are no more, and whatever others put into our table.
    private func removeLeftovers(
        of installed: InstalledTable, _ skeleton: Skeleton, _ parts: [Part],
        in transaction: inout Transaction
    ) {
        let chains = Set(skeleton.chains.map(\.name) + parts.map(\.chain))
        let sets = Set(
            Layout.staticSets.map(\.name) + parts.flatMap { $0.sets.map(\.declaration.name) })
        // Rules hold sets, and elements of sets hold chains; sets without a name go with their rule.
        let strayChains = installed.chains.keys.filter { !chains.contains($0) }.sorted()
        for chain in strayChains { transaction.flushChain(chain) }
        for (set, flags) in installed.sets
        where !sets.contains(set) && flags & NFTables.SetFlags.anonymous == 0 {
            transaction.deleteSet(set)
        }
        for chain in strayChains { transaction.deleteChain(chain) }
    }
}

extension Skeleton {
    func write(to transaction: inout Transaction) {
        transaction.guardCounter()
        for set in Layout.staticSets { transaction.set(set) }
        for chain in chains { transaction.chain(chain) }
        for chain in chains {
            for rule in rules[chain.name] ?? [] { transaction.rule(rule, in: chain.name) }
        }
    }
}
