import Forwarding
import LinuxKit
import Netlink

extension KernelEngine {
    /// Makes the table carry exactly these forwards, from whatever is there.
    func establish(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> ApplyReport {
        let installed: InstalledTable?
        do throws(KernelError) { installed = try InstalledTable.read(through: &reading) } catch {
            throw EngineError(error, .read)
        }
        if let owner = installed?.owner, owner != command.port { throw .ownedByAnother }
        let skeleton = Skeleton(mask: mask, guarded: settings.guarded)
        var parts = PartChanges(uses: [:])
        for forward in forwards {
            parts.note(ActiveEdit(before: nil, after: forward), mask)
        }
        var report = ApplyReport()
        if let installed, isFit(installed, skeleton, parts.needed) {
            report = try adopt(installed, forwards, settings, skeleton, parts.needed)
        } else {
            try create(replacing: installed != nil, forwards, settings, skeleton, parts.needed)
        }
        partUses = parts.uses
        self.settings = settings
        return report
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

    /// Whether the installed table can become the wanted one by changing rules and elements. Sets and
    /// base chains cannot be changed, and a table without an owner never gets one.
    private func isFit(
        _ installed: InstalledTable, _ skeleton: Skeleton, _ parts: [Part]
    ) -> Bool {
        let persist = NFTables.TableFlags.persist
        guard installed.flags & persist == tableFlags & persist, installed.hasGuardCounter else {
            return false
        }
        for set in Layout.staticSets where installed.sets[set.name] != set.flags { return false }
        for chain in skeleton.chains where installed.chains[chain.name] != chain { return false }
        return parts.allSatisfy { part in
            guard installed.chains[part.chain] != nil else { return true }
            return installed.rules[part.chain] ?? [] == part.rules.map(\.comment)
                && part.sets.allSatisfy { installed.sets[$0.declaration.name] != nil }
        }
    }

    private func adopt(
        _ installed: InstalledTable, _ forwards: [ActiveForward], _ settings: EngineSettings,
        _ skeleton: Skeleton, _ parts: [Part]
    ) throws(EngineError) -> ApplyReport {
        var transaction = Transaction(firstSequence: command.nextSequence())
        // Takes the ownership, and fails as a whole when somebody else has it by now.
        transaction.table(flags: tableFlags)
        for (chain, rules) in skeleton.rules
        where installed.rules[chain] ?? [] != rules.map(\.comment) {
            transaction.flushChain(chain)
            for rule in rules { transaction.rule(rule, in: chain) }
        }
        for part in parts where installed.chains[part.chain] == nil {
            part.write(to: &transaction)
        }
        var difference = ElementDifference(
            forwards, settings, ElementCompiler(mask: mask, now: settings.now))
        do throws(KernelError) { try difference.compare(through: &reading) } catch {
            throw EngineError(error, .read)
        }
        difference.write(to: &transaction)
        removeLeftovers(of: installed, wanted: parts, in: &transaction)
        try commit(transaction)
        let changed = difference.changedForwards(mask)
        let edits = forwards.filter { changed.contains($0.id) }
            .map { ActiveEdit(before: nil, after: $0) }
        let stale = StaleFlows(
            edits, settings, before: nil, mask: mask, present: Set(forwards.map(\.id)))
        return ApplyReport(
            flowsEnded: try endFlows(stale),
            adopted: forwards.count { !changed.contains($0.id) })
    }

    /// Parts of forwards that are no more.
    private func removeLeftovers(
        of installed: InstalledTable, wanted: [Part], in transaction: inout Transaction
    ) {
        let kept = Set(wanted.map(\.chain))
        for prefix in [Layout.admissionPrefix, Layout.shiftPrefix] {
            for chain in installed.chains.keys.sorted()
            where chain.hasPrefix(prefix) && !kept.contains(chain) {
                transaction.deleteChain(chain)
                let ending = "_" + chain.dropFirst(prefix.count)
                for set in installed.sets.keys.sorted() where set.hasSuffix(ending) {
                    transaction.deleteSet(set)
                }
            }
        }
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
