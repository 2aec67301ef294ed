import Addressing
import Forwarding
import PortMapping
import Synchronization
import TestKit

/// A desk with a table in memory, where the rules are the gateway's own.
final class FakeDesk: LeaseDesk {
    struct State {
        var table = ForwardingTable()
        var leasing = Leasing()
        var network = FakeDesk.network
        var now = Sample.now
        var since = Sample.now
        /// What a router in front has given for all of them.
        var frontPort: UInt16?
        /// How many asks came with each call.
        var calls: [Int] = []
        /// Whether calls wait, and those that do.
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    /// A desk with what another has.
    convenience init(with other: FakeDesk) {
        let (table, leasing) = other.with { ($0.table, $0.leasing) }
        self.init { ($0.table, $0.leasing) = (table, leasing) }
    }

    func with<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    /// The network of the vectors.
    static let network = NetworkView(
        wans: [Sample.interface("wan0")],
        links: [
            Link(
                interface: Sample.interface("wan0"), address: Sample.address("203.0.113.5"),
                prefixLength: 24),
            Link(
                interface: Sample.interface("br0"), address: Sample.address("192.168.1.1"),
                prefixLength: 24),
            Link(
                interface: Sample.interface("br0"), address: Sample.address("2001:db8:1::1"),
                prefixLength: 64),
        ])

    /// A rule that lets everybody have everything.
    static let open = LeaseRule(verdict: .allow, allowsRisks: true)

    var count: Int { with { $0.table.count } }
    var calls: [Int] { with { $0.calls } }

    /// As the gateway does, without an engine.
    func answerNow(_ asks: [LeaseAsk]) -> [LeaseAnswer] {
        with { state in
            state.calls.append(asks.count)
            return asks.map { ask in state.answer(ask) }
        }
    }

    func answer(_ asks: [LeaseAsk]) async -> [LeaseAnswer] {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return answerNow(asks)
    }

    func hold() { with { $0.isHeld = true } }

    func letGo() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func leases() async -> LeaseBook {
        with { LeaseBook(forwards: $0.table.leases, now: $0.now) }
    }

    func leasesAsTold() async -> LeaseBook {
        with { state in
            var forwards = state.table.leases
            for place in forwards.indices {
                let own = forwards[place].external.ports
                let told = state.frontPort.flatMap { own.moved(to: $0) }
                forwards[place].external.ports = told ?? own
            }
            return LeaseBook(forwards: forwards, now: state.now)
        }
    }

    func forwards(on port: UInt16, _ transport: TransportProtocol) async -> [Forward] {
        with { $0.table.forwards(on: port, transport) }
    }

    func packets(of forward: ForwardID) async -> UInt64 { 0 }

    func standing() async -> ExternalStanding { standingNow }

    var standingNow: ExternalStanding { with { $0.standing } }

    func leaseEvents() async -> AsyncStream<LeaseEvent> { AsyncStream { _ in } }
}

extension FakeDesk.State {
    var v4: IPv4Address? { network.wanAddresses.lazy.compactMap(\.v4).first }

    var standing: ExternalStanding {
        ExternalStanding(
            wan: network.wans.first, v4: v4, v6: nil, since: since, now: now, connected: since,
            guarded: true, network: network)
    }

    mutating func answer(_ ask: LeaseAsk) -> LeaseAnswer {
        let surroundings = Surroundings(network: network, leasing: leasing)
        let outcome = decide(ask, table: table, surroundings: surroundings, now: now)
        table.apply(outcome.changes)
        switch outcome {
        case .granted(let forward, _):
            let address: IPAddress? =
                ask.asker.device.family == .v6 ? ask.asker.device : v4.map { .v4($0) }
            let left = (forward.ends ?? now + 86_400).seconds - now.seconds
            return .granted(
                GrantedLease(forward: forward, address: address, lifetime: UInt32(left)))
        case .released(let changes, let denial):
            return denial.map { .refused($0) } ?? .released(changes.compactMap(\.before))
        case .refused(let denial): return .refused(denial)
        }
    }
}
