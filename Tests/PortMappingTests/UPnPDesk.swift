import Addressing
import Forwarding
import PortMapping
import Synchronization
import TestKit

/// A desk with a table in memory and the gateway's own rules, for control points of UPnP.
final class UPnPDesk: LeaseDesk {
    struct State {
        var table = ForwardingTable()
        var leasing = Leasing(
            policy: LeasePolicy(rules: [LeaseRule(verdict: .allow, allowsRisks: false)]))
        var network = UPnPDesk.network
        var listeners: [Listener] = []
        var now = Sample.now
        var packets: UInt64 = 0
        var isGuarded = true
    }

    private let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    /// The network of the vectors.
    static let network = NetworkView(
        wans: [Sample.interface("wan0")],
        links: [
            ("wan0", "203.0.113.5", 24), ("br0", "192.168.1.1", 24), ("br0", "2001:db8:1::1", 64),
        ].map {
            Link(
                interface: Sample.interface($0.0), address: Sample.address($0.1),
                prefixLength: $0.2)
        })

    func with<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    var count: Int { with { $0.table.count } }
    var all: [Forward] { with { $0.table.leases } }

    func answer(_ asks: [LeaseAsk]) async -> [LeaseAnswer] {
        with { state in asks.map { state.answer($0) } }
    }

    func leases() async -> LeaseBook { with { LeaseBook(forwards: $0.table.leases, now: $0.now) } }

    func leasesAsTold() async -> LeaseBook { await leases() }

    func forwards(on port: UInt16, _ transport: TransportProtocol) async -> [Forward] {
        with { $0.table.forwards(on: port, transport) }
    }

    func packets(of forward: ForwardID) async -> UInt64 { with { $0.packets } }

    func standing() async -> ExternalStanding { standingNow }

    var standingNow: ExternalStanding { with { $0.standing } }

    func leaseEvents() async -> AsyncStream<LeaseEvent> { AsyncStream { $0.finish() } }
}

extension UPnPDesk.State {
    var standing: ExternalStanding {
        ExternalStanding(
            wan: network.wans.first, v4: network.wanAddresses.lazy.compactMap(\.v4).first, v6: nil,
            since: now, now: now, connected: Timestamp(seconds: now.seconds - 100),
            guarded: isGuarded, network: network)
    }

    mutating func answer(_ ask: LeaseAsk) -> LeaseAnswer {
        let surroundings = Surroundings(network: network, listeners: listeners, leasing: leasing)
        let outcome = decide(ask, table: table, surroundings: surroundings, now: now)
        table.apply(outcome.changes)
        switch outcome {
        case .granted(let forward, _):
            let left = (forward.ends ?? now).seconds - now.seconds
            return .granted(
                GrantedLease(
                    forward: forward, address: standing.v4.map { .v4($0) },
                    lifetime: UInt32(clamping: left)))
        case .released(let changes, let denial):
            return denial.map { .refused($0) } ?? .released(changes.compactMap(\.before))
        case .refused(let denial): return .refused(denial)
        }
    }
}
