import Addressing
package import Forwarding
import LinuxKit
package import Netlink

/// The engine that lets the kernel carry forwards: one table of nf_tables.
///
/// Theory of operation. The table has a fixed part (`Skeleton`) and elements (`ElementCompiler`); a
/// change is the difference of elements, sent as one transaction. `everything` reads what is installed
/// and sends the difference to that: at start the table of the last run is adopted, with its flows and
/// counters, and nothing is sent when nothing differs. The command socket owns the table where the
/// kernel knows how (6.9), so that no other program can change or flush it; when the daemon dies the
/// table stays and loses its owner, until the next one adopts it.
///
/// Owner: the gateway's actor. Every call waits for the kernel, for microseconds, or for 0.2 s when
/// 60,000 forwards are loaded.
package final class KernelEngine: ForwardingEngine {
    let mask: MarkMask
    let wanMask: WANMask
    package let capabilities: EngineCapabilities
    let tableFlags: UInt32
    /// Whether flows live through a flush of our table.
    package let holdsTranslation: Bool
    var command: NetlinkSocket
    var reading: NetlinkSocket
    let readers: [CounterReader]
    var flowTable: FlowTable
    /// How many forwards use each part, by the name of its chain.
    var partUses: [String: Int] = [:]
    var settings: EngineSettings?
    /// How long the last change took from the call to the kernel's acknowledgement: to its effect.
    ///
    /// Ending stale flows comes behind it, and takes as long as the kernel walks its table of
    /// flows.
    package private(set) var timeToEffect = Duration.zero
    private var calledAt = ContinuousClock.now
    var lastStale: StaleFlows?
    /// Newcomers whose flows have not been looked for yet.
    var late: [ActiveEdit] = []

    /// Opens the engine in the network namespace of the calling thread, and finds out what the kernel
    /// can do.
    ///
    /// - Parameter owned: whether to keep other programs from the table where the kernel can.
    package init(
        mask: MarkMask = .standard, wanMask: WANMask = .standard, owned: Bool = true
    ) throws(EngineError) {
        self.mask = mask
        self.wanMask = wanMask
        reading = try Self.socket()
        do throws(KernelError) {
            readers = try Layout.Counted.allCases.map { set throws(KernelError) in
                try CounterReader(set)
            }
        } catch { throw EngineError(error, .open) }
        flowTable = FlowTable(mask: mask, socket: try Self.socket())
        var command = try Self.socket()
        let canProtect = try KernelProbe(mask: mask, wanMask: wanMask).run(through: &command)
        let isProtected = canProtect && owned
        tableFlags = isProtected ? NFTables.TableFlags.owner | NFTables.TableFlags.persist : 0
        capabilities = EngineCapabilities(
            engine: "kernel", isProtected: isProtected,
            missing: canProtect ? [] : ["table flags owner, persist (Linux 6.9)"])
        // A table that others may flush needs somebody to go on translating meanwhile.
        holdsTranslation = !isProtected && TranslationAnchor.hold(through: &command)
        self.command = command
    }

    private static func socket() throws(EngineError) -> NetlinkSocket {
        do throws(KernelError) { return try NetlinkSocket(.netfilter) } catch {
            throw EngineError(error, .open)
        }
    }

    package func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport {
        calledAt = .now
        return switch change {
        case .everything(let forwards, let settings): try establish(forwards, settings)
        case .edits(let edits, let settings): try edit(edits, settings)
        }
    }

    package func settle() throws(EngineError) -> ApplyReport {
        var report = ApplyReport()
        if let settings, !late.isEmpty {
            let stale = StaleFlows(late, settings, before: settings, mask: mask)
            late = []
            report = endFlows(stale, report)
        }
        if let failure = report.flowFailure { throw failure }
        guard let stale = lastStale else { return report }
        lastStale = nil
        let early = report.flowsEnded
        report = endFlows(stale, report)
        report.flowsEnded += early
        if let failure = report.flowFailure { throw failure }
        return report
    }

    package func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow] {
        do throws(KernelError) { return try flowTable.flows(of: forward) } catch {
            throw EngineError(error, .flows)
        }
    }

    package func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost> {
        let stale = StaleFlows(edits, settings, before: self.settings, mask: mask)
        let entries: [ConntrackEntry]
        do throws(KernelError) { entries = try flowTable.find(stale) } catch {
            throw EngineError(error, .flows)
        }
        var costs: ByForward<FlowCost> = [:]
        for entry in entries {
            // Flows of nobody that a newcomer takes over are no cost of a forward.
            guard let forward = mask.forward(of: entry.mark),
                let transport = TransportProtocol(rawValue: entry.original.transport)
            else { continue }
            costs[forward, default: FlowCost()].count(transport)
        }
        return costs
    }

    /// The table belongs to the socket; with another one it has no owner.
    package func release() {
        if let fresh = try? NetlinkSocket(.netfilter) { command = fresh }
    }

    package func withdraw() throws(EngineError) {
        var transaction = Transaction(firstSequence: command.nextSequence())
        // Creating first makes the deletion succeed whether or not the table is there.
        transaction.table(flags: tableFlags)
        transaction.deleteTable()
        try commit(transaction)
        partUses = [:]
        if let settings {
            lastStale = nil
            let all = StaleFlows([], settings, before: nil, mask: mask, present: [])
            if let failure = endFlows(all, ApplyReport()).flowFailure { throw failure }
        }
        settings = nil
    }

    /// Ends flows after a change that is in effect already: a failure here must not look like one of
    /// the change.
    func endFlows(_ stale: StaleFlows, _ report: ApplyReport) -> ApplyReport {
        var report = report
        do throws(KernelError) { report.flowsEnded = try flowTable.end(stale) } catch {
            report.flowFailure = EngineError(error, .flows)
        }
        return report
    }

    /// Sends a transaction; throws what the kernel had against it.
    func commit(_ transaction: Transaction) throws(EngineError) {
        let (bytes, end, overflow) = transaction.finished()
        guard overflow == nil else {
            throw .system(code: ErrorNumber.messageTooLong, during: .commit)
        }
        let refusals: [Reply]
        do throws(KernelError) {
            refusals = try command.commit(bytes, end: end)
            command.skipSequences(to: end)
        } catch { throw EngineError(error, .commit) }
        timeToEffect = .now - calledAt
        guard let first = refusals.first else { return }
        guard first.code != ErrorNumber.notPermitted else { throw try permissionFailure() }
        throw .refused(
            transaction.forward(of: first, in: bytes), code: first.code,
            detail: first.text ?? "")
    }

    /// Another gateway's table answers like a missing privilege does.
    private func permissionFailure() throws(EngineError) -> EngineError {
        do throws(KernelError) {
            let owner = try InstalledTable.read(through: &reading)?.owner
            return owner.map { $0 != command.port } ?? false ? .ownedByAnother : .notPermitted
        } catch { return .notPermitted }
    }
}

extension EngineError {
    init(_ error: KernelError, _ step: EngineStep) {
        self =
            error.code == ErrorNumber.notPermitted
            ? .notPermitted : .system(code: error.code, during: step)
    }
}
