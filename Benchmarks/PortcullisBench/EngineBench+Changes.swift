import Addressing
import Forwarding
import Netfilter

extension EngineBench {
    /// Adds, retargets and removes forwards one by one.
    func change(_ table: Table, into figures: inout Figures) throws {
        say("\(edits.grouped) edits of \(Self.size.grouped) forwards, three kinds")
        var carried = Carried(table, by: try open())
        try carried.establish(table)
        let numbers = Self.size + 1...Self.size + edits
        for number in numbers {
            figures.add.note(try carried.submit(.add([Table.draft(number)])))
        }
        for number in numbers {
            var edit = ForwardEdit()
            edit.target = try Table.target("192.168.7.250", 9000)
            figures.retarget.note(
                try carried.submit(.edit(Table.draft(number).name, edit)))
        }
        for number in numbers {
            figures.remove.note(try carried.submit(.remove(Table.draft(number).name)))
        }
        try carried.engine.withdraw()
    }

    /// Reads the counters of forwards that have all carried something, and changes a table while
    /// their flows live.
    func count(into figures: inout Figures) throws {
        say("counters of \(Self.counted.grouped) forwards")
        let table = try Table(toServer: Self.counted)
        var carried = Carried(table, by: try open())
        try carried.establish(table)
        let ports = Table.firstPort..<Table.firstPort + UInt16(Self.counted)
        figures.flows = try lab.client.inside { try Loads.touch(ports, of: Lab.external) }
        guard figures.flows == Self.counted else {
            throw Failure("only \(figures.flows) of \(Self.counted) datagrams came back")
        }
        for _ in 1...(options.isQuick ? 5 : 50) {
            var report = TrafficReport()
            figures.counters.append(
                try milliseconds { report = try carried.engine.traffic() })
            let isWhole = report.forwards.values.allSatisfy {
                $0.flows == 1 && $0.inbound.packets == 1 && $0.outbound.packets == 1
            }
            guard report.forwards.count == Self.counted, isWhole else {
                throw Failure("counters of only \(report.forwards.count) forwards")
            }
        }
        for number in Self.counted + 1...Self.counted + edits {
            figures.addAmongFlows.note(try carried.submit(.add([Table.draft(number)])))
        }
        try carried.engine.withdraw()
    }
}

/// A table and the engine that carries it, as the gateway holds them.
private struct Carried {
    let engine: KernelEngine
    private var table = ForwardingTable()
    private let surroundings: Surroundings
    private let settings: EngineSettings

    init(_ table: Table, by engine: KernelEngine) {
        self.engine = engine
        surroundings = table.surroundings
        settings = table.settings
        self.table.apply(table.forwards.map(ForwardChange.added))
    }

    func establish(_ table: Table) throws {
        _ = try engine.apply(.everything(table.active, settings))
    }

    /// - Returns: the times of the steps, in milliseconds.
    mutating func submit(
        _ request: Request
    ) throws -> (decide: Double, effect: Double, flows: Double) {
        var edits: [ActiveEdit] = []
        let decided = try milliseconds {
            let outcome = decide(
                request, by: Table.requester, table: table, surroundings: surroundings,
                now: settings.now)
            guard case .accepted(let changes, _) = outcome else { throw Failure("\(outcome)") }
            edits = changes.map { change in
                ActiveEdit(
                    before: change.before?.active(in: surroundings, at: settings.now),
                    after: change.after?.active(in: surroundings, at: settings.now))
            }
            table.apply(changes)
        }
        let applied = try milliseconds { _ = try engine.apply(.edits(edits, settings)) }
        let effect = engine.timeToEffect / .milliseconds(1)
        return (decided, effect, applied - effect)
    }
}

extension EngineBench.Steps {
    mutating func note(_ times: (decide: Double, effect: Double, flows: Double)) {
        decide.append(times.decide)
        engine.append(times.effect)
        flows.append(times.flows)
    }
}
