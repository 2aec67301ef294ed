import Forwarding
import LinuxKit
import Netlink

extension KernelEngine {
    /// Sends the difference between forwards before and after.
    func edit(
        _ edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ApplyReport {
        guard let installed = self.settings else {
            throw .system(code: 22, during: .commit)
        }
        var transaction = Transaction(
            firstSequence: command.nextSequence(), capacity: 512 + 160 * edits.count)
        var parts = PartChanges(uses: partUses)
        var (gone, come) = ([Owned](), [Owned]())
        let compiler = ElementCompiler(mask: mask, now: settings.now)
        for edit in edits {
            compare(edit, compiler, &gone, &come)
            parts.note(edit, mask)
        }
        for part in parts.needed { part.write(to: &transaction) }
        refreshSkeleton(from: installed, to: settings, in: &transaction)
        refreshNetwork(from: installed, to: settings, in: &transaction)
        for owned in gone { remove(owned, in: &transaction) }
        for owned in come {
            transaction.add(owned.placed.element, to: owned.placed.set, for: owned.forward)
        }
        for part in parts.unneeded { part.delete(from: &transaction) }
        for edit in edits where edit.after == nil {
            edit.before.map { forgetCounters(of: $0.id, in: &transaction) }
        }
        if !transaction.isEmpty { try commit(transaction) }
        partUses = parts.uses
        self.settings = settings
        return endFlows(of: edits, settings, before: installed)
    }

    /// Only what can have made flows stale is worth a walk through all of them.
    private func endFlows(
        of edits: [ActiveEdit], _ settings: EngineSettings, before: EngineSettings
    ) -> ApplyReport {
        let ids = Set(edits.lazy.compactMap { ($0.before ?? $0.after)?.id })
        late.removeAll { $0.after.map { ids.contains($0.id) } ?? true }
        var telling = edits.filter { !$0.isExtension }
        if settings.isPatient {
            late += telling.filter { $0.before == nil }
            telling.removeAll { $0.before == nil }
        }
        guard !telling.isEmpty || before.network != settings.network else { return ApplyReport() }
        let stale = StaleFlows(telling, settings, before: before, mask: mask)
        lastStale = stale
        return endFlows(stale, ApplyReport())
    }

    /// An element and the forward that it belongs to.
    struct Owned {
        var placed: PlacedElement
        var forward: ForwardID
    }

    private func compare(
        _ edit: ActiveEdit, _ compiler: ElementCompiler, _ gone: inout [Owned],
        _ come: inout [Owned]
    ) {
        let before = edit.before.map(compiler.elements) ?? []
        let after = edit.after.map(compiler.elements) ?? []
        guard let id = edit.before?.id ?? edit.after?.id else { return }
        for placed in before where !after.contains(placed) {
            gone.append(Owned(placed: placed, forward: id))
        }
        for placed in after where !before.contains(placed) {
            come.append(Owned(placed: placed, forward: id))
        }
    }

    private func remove(_ owned: Owned, in transaction: inout Transaction) {
        let (set, element) = (owned.placed.set, owned.placed.element)
        // A lease may have run out in the kernel already, and deleting what is not there would undo
        // the whole transaction; adding it first makes sure that it is.
        if element.timeout != nil { transaction.add(element, to: set, for: owned.forward) }
        transaction.delete(element, from: set, for: owned.forward)
    }

    /// The next forward of this number starts from zero.
    func forgetCounters(of forward: ForwardID, in transaction: inout Transaction) {
        let mark = SetElement(RegisterImage().mark(mask.mark(of: forward)))
        for set in Layout.counterSets {
            transaction.add(mark, to: set.name)
            transaction.delete(mark, from: set.name)
        }
    }

    /// Rules that depend on the settings or the network are written anew, chain by chain.
    private func refreshSkeleton(
        from installed: EngineSettings, to settings: EngineSettings,
        in transaction: inout Transaction
    ) {
        guard installed.shapesSkeleton(otherThan: settings) else { return }
        let before = Skeleton(mask: mask, wanMask: wanMask, installed)
        let after = Skeleton(mask: mask, wanMask: wanMask, settings)
        let gone = before.chains.map(\.name).filter { after.rules[$0] == nil }
        for chain in after.chains where before.rules[chain.name] == nil { transaction.chain(chain) }
        // Rules hold chains, so all of them go before any chain does.
        let changed = after.chains.map(\.name).filter { before.rules[$0] != after.rules[$0] }
        for chain in changed where before.rules[chain] != nil { transaction.flushChain(chain) }
        for chain in gone { transaction.flushChain(chain) }
        for chain in changed {
            for rule in after.rules[chain] ?? [] { transaction.rule(rule, in: chain) }
        }
        for chain in gone { transaction.deleteChain(chain) }
    }

    private func refreshNetwork(
        from installed: EngineSettings, to settings: EngineSettings,
        in transaction: inout Transaction
    ) {
        guard installed.network != settings.network else { return }
        let before = NetworkElements.elements(of: installed.network)
        let after = NetworkElements.elements(of: settings.network)
        let (kept, wanted) = (Set(after), Set(before))
        for placed in before where !kept.contains(placed) {
            transaction.delete(placed.element, from: placed.set)
        }
        for placed in after where !wanted.contains(placed) {
            transaction.add(placed.element, to: placed.set)
        }
    }
}

extension EngineSettings {
    /// Whether anything differs that rules are made of.
    fileprivate func shapesSkeleton(otherThan other: EngineSettings) -> Bool {
        guarded != other.guarded || network.linksDiffer != other.network.linksDiffer
            || network.numberedWANs.map(\.name) != other.network.numberedWANs.map(\.name)
    }
}

/// Which parts a change needs and which it leaves without use.
struct PartChanges {
    private(set) var uses: [String: Int]
    private let installed: [String: Int]
    private var known: [String: Part] = [:]

    init(uses: [String: Int]) {
        self.uses = uses
        installed = uses
    }

    mutating func note(_ edit: ActiveEdit, _ mask: MarkMask) {
        if let after = edit.after { count(after, 1, mask) }
        if let before = edit.before { count(before, -1, mask) }
    }

    private mutating func count(_ forward: ActiveForward, _ step: Int, _ mask: MarkMask) {
        if let admission = Admission(forward) {
            count(admission.chain, step) { Part(admission, mask) }
        }
        if let limits = FlowLimits(forward) {
            count(limits.chain, step) { Part(limits, mask) }
        }
        if let shift = Shift(forward) { count(shift.chain, step) { Part(shift) } }
        if forward.lapses != nil {
            for part in Part.lapses(mask) { count(part.chain, step) { part } }
        }
        if forward.limits.boundsPackets {
            for part in Part.meters(mask) { count(part.chain, step) { part } }
        }
        guard forward.ownAddress != nil else { return }
        count("own_address", step) { Part.ownAddresses() }
    }

    /// A part is put together only once: thousands of forwards may share it.
    private mutating func count(_ chain: String, _ step: Int, _ part: () -> Part) {
        if known[chain] == nil { known[chain] = part() }
        let count = uses[chain, default: 0] + step
        uses[chain] = count == 0 ? nil : count
    }

    /// In the order of their names, so that the same table is always written the same, and `cap_` is
    /// there when `who_` leads to it.
    var needed: [Part] {
        known.values.filter { uses[$0.chain] != nil && installed[$0.chain] == nil }
            .sorted { $0.chain < $1.chain }
    }

    var unneeded: [Part] {
        known.values.filter { uses[$0.chain] == nil && installed[$0.chain] != nil }
            .sorted { $0.chain > $1.chain }
    }
}
