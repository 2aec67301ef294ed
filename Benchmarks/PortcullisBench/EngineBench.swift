import Addressing
import Forwarding
import Glibc
import Netfilter

/// Measures decisions and the engine inside this process, with 60,000 forwards.
///
/// What the daemon does beside them on a change, writing to its disk and answering by HTTP, is left out.
struct EngineBench {
    let lab: Lab
    let options: Options

    struct Figures {
        var load: [Double] = []
        var adopt: [Double] = []
        var decideFile: [Double] = []
        var decideSameFile: [Double] = []
        var add = Steps()
        var retarget = Steps()
        var remove = Steps()
        var addAmongFlows = Steps()
        var flows = 0
        var counters: [Double] = []
    }

    /// Times of one kind of change, in milliseconds.
    struct Steps {
        var decide: [Double] = []
        /// To the kernel's acknowledgement: from then on packets take the new way.
        var engine: [Double] = []
        /// Ending the stale flows, behind the effect.
        var flows: [Double] = []
        var total: [Double] { zip(decide, engine).map { $0 + $1 } }
    }

    static let size = 60_000
    static let counted = 10_000

    private var repeats: Int { options.isQuick ? 3 : 7 }
    var edits: Int { options.isQuick ? 50 : 1000 }

    func run() throws -> Figures {
        var figures = Figures()
        let table = try Table(Self.size)
        try loadAndAdopt(table, into: &figures)
        try decideFiles(table, into: &figures)
        try change(table, into: &figures)
        try count(into: &figures)
        return figures
    }

    func open() throws -> KernelEngine { try lab.gateway.inside { try KernelEngine() } }

    private func loadAndAdopt(_ table: Table, into figures: inout Figures) throws {
        let (active, settings) = (table.active, table.settings)
        for round in 1...repeats {
            say("loading and adopting \(active.count.grouped) forwards, \(round) of \(repeats)")
            // The kernel gives memory back in its own time.
            usleep(300_000)
            var engine = try open()
            figures.load.append(
                try milliseconds { _ = try engine.apply(.everything(active, settings)) })
            // The next one can only take over what the last one has let go.
            engine = try replace(engine)
            figures.adopt.append(
                try milliseconds {
                    let report = try engine.apply(.everything(active, settings))
                    guard report.adopted == active.count else {
                        throw Failure("adopted only \(report.adopted) forwards")
                    }
                })
            try engine.withdraw()
        }
    }

    private func replace(_ engine: consuming KernelEngine) throws -> KernelEngine {
        _ = consume engine
        return try open()
    }

    private func decideFiles(_ table: Table, into figures: inout Figures) throws {
        say("deciding a file of \(Self.size.grouped) forwards")
        let drafts = try (1...Self.size).map { number throws(Failure) in try Table.draft(number) }
        func decideOn(_ table: ForwardingTable, _ surroundings: Surroundings) throws
            -> [ForwardChange]
        {
            try changes(of: .apply(drafts, prune: .nothing), on: table, surroundings)
        }
        for _ in 1...(options.isQuick ? 1 : 3) {
            var full = ForwardingTable()
            var changes: [ForwardChange] = []
            figures.decideFile.append(
                try milliseconds { changes = try decideOn(full, table.surroundings) })
            full.apply(changes)
            figures.decideSameFile.append(
                try milliseconds { changes = try decideOn(full, table.surroundings) })
            guard changes.isEmpty else { throw Failure("the same file changed something") }
        }
    }

    private func changes(
        of request: Request, on table: ForwardingTable, _ surroundings: Surroundings
    ) throws(Failure) -> [ForwardChange] {
        let outcome = decide(
            request, by: Table.requester, table: table, surroundings: surroundings,
            now: Timestamp(seconds: 1_800_000_000))
        guard case .accepted(let changes, _) = outcome else { throw Failure("\(outcome)") }
        return changes
    }
}
