/// What carries forwards: the kernel, a relay, or a fake.
///
/// An engine is handed what is wanted and makes it so; it never calls back. What it notices is asked
/// of it. One contract suite runs against every implementation.
package protocol ForwardingEngine: AnyObject {
    /// What this engine, on this machine, can and cannot do.
    var capabilities: EngineCapabilities { get }

    /// The forwards that are in effect in the data path right now, as it reports them itself.
    func installed() throws(EngineError) -> Set<ForwardID>

    /// Makes the changes take effect all together, or not at all, and ends the flows that became
    /// stale by them and no others.
    func apply(_ change: EngineChange) throws(EngineError) -> ApplyReport

    /// Whether the data path is exactly as these forwards want it, without changing anything.
    func isIntact(
        _ forwards: [ActiveForward], _ settings: EngineSettings
    ) throws(EngineError) -> Bool

    /// The flows that changes would end, without changing anything.
    func cost(
        of edits: [ActiveEdit], _ settings: EngineSettings
    ) throws(EngineError) -> ByForward<FlowCost>

    /// What each forward carried since it was installed.
    func traffic() throws(EngineError) -> TrafficReport

    /// The flows that forwards carry now.
    func flows(of forward: ForwardID?) throws(EngineError) -> [LiveFlow]

    /// Ends one flow of a forward so that both of its sides learn of it, at the latest when they send
    /// something; datagrams begin a new flow with the next one.
    ///
    /// - Returns: false when there is no such flow any more.
    func end(_ flow: FlowNumber) throws(EngineError) -> Bool

    /// The flows that ended last, the newest first; none where nobody tells why flows end.
    func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord]

    /// Ends once more the flows that the last changes made stale: a packet that was on its way
    /// through the old rules during the change may have made one more. Call it a second later.
    func settle() throws(EngineError) -> ApplyReport

    /// Lets another process take over: what is installed stays, and is not this one's any more.
    func release()

    /// Takes everything out: no forward stays in effect.
    func withdraw() throws(EngineError)
}

/// What an engine is told.
package enum EngineChange: Sendable {
    /// Exactly these forwards, whatever is installed: at start, or after a doubt.
    case everything([ActiveForward], EngineSettings)
    /// These differences, and nothing else.
    case edits([ActiveEdit], EngineSettings)
}

/// One forward before and after; at least one of the two exists, and the number is the same.
package struct ActiveEdit: Hashable, Sendable {
    package var before: ActiveForward?
    package var after: ActiveForward?

    package init(before: ActiveForward?, after: ActiveForward?) {
        self.before = before
        self.after = after
    }
}

extension ActiveEdit {
    /// Whether a forward only stays for longer, so that no flow has become stale by it.
    package var isExtension: Bool {
        guard var before, let after, let end = after.lapses, let former = before.lapses,
            end >= former
        else { return false }
        before.lapses = end
        return before == after
    }
}

/// What concerns the engine as a whole.
package struct EngineSettings: Hashable, Sendable {
    package var network: NetworkView
    /// Whether new flows from a WAN to elsewhere need a forward.
    package var guarded: Bool
    /// The time at which lease durations are counted.
    package var now: Timestamp
    /// Whether flows that newcomers take over may live until `settle`: finding them takes longer than
    /// all the rest where the kernel's table of flows is large.
    package var isPatient: Bool

    package init(
        network: NetworkView, guarded: Bool, now: Timestamp, isPatient: Bool = false
    ) {
        self.network = network
        self.guarded = guarded
        self.now = now
        self.isPatient = isPatient
    }
}

/// Another program changed what an engine holds.
package struct TableDisturbance: Hashable, Sendable {
    /// The program's name, up to 15 bytes; nil when nobody could tell.
    package var program: String?
    /// The thread that did it, which may be gone by now.
    package var thread: UInt32?

    package init(program: String? = nil, thread: UInt32? = nil) {
        self.program = program
        self.thread = thread
    }

    /// Who it was, for people.
    package var words: String {
        guard let program else { return "another program" }
        return "\(program)\(thread.map { " (thread \($0))" } ?? "")"
    }
}

/// How an apply went.
package struct ApplyReport: Hashable, Sendable {
    package var flowsEnded: Int
    /// Forwards that were already in effect as wanted (adoption after a restart).
    package var adopted: Int

    /// Why stale flows could not be ended, though everything else is in effect.
    package var flowFailure: EngineError?

    /// Whether everything was found as wanted, so that nothing had to be changed.
    package var foundIntact: Bool

    package init(
        flowsEnded: Int = 0, adopted: Int = 0, flowFailure: EngineError? = nil,
        foundIntact: Bool = false
    ) {
        self.flowsEnded = flowsEnded
        self.adopted = adopted
        self.flowFailure = flowFailure
        self.foundIntact = foundIntact
    }
}

/// What an engine can do on this machine.
package struct EngineCapabilities: Hashable, Sendable {
    /// The engine's name for people: `kernel`.
    package var engine: String
    /// Whether other programs are kept from changing what is installed.
    package var isProtected: Bool
    /// What works less well than it could, by the kernel's names, with the version that has it.
    package var missing: [String]

    package init(engine: String, isProtected: Bool, missing: [String] = []) {
        self.engine = engine
        self.isProtected = isProtected
        self.missing = missing
    }
}

/// Why an engine could not do what it was told; nothing was changed.
package enum EngineError: Error, Hashable, Sendable {
    /// The data path refused; the forward that it was about, where that could be told.
    case refused(ForwardID?, code: Int32, detail: String)
    /// A relay cannot do what the forward asks.
    case relayRefused(ForwardID, RelayRefusal)
    /// Another running gateway owns the table.
    case ownedByAnother
    /// The process may not change the data path.
    case notPermitted
    /// The kernel lacks something that the gateway cannot work without.
    case unsupported([String])
    /// A system call failed. During `commit` it may be unknown whether the change took effect.
    case system(code: Int32, during: EngineStep)

    /// Whether what was to be changed is not there, which only another program can have done.
    package var isOfWhatIsMissing: Bool {
        guard case .refused(_, let code, _) = self else { return false }
        return code == Self.noEntry
    }

    /// ENOENT, by which data paths answer for it.
    private static let noEntry: Int32 = 2
}

/// What the engine was doing.
package enum EngineStep: String, Hashable, Sendable {
    case open, probe, read, commit, flows
}
