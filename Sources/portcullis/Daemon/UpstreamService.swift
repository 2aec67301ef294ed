import Addressing
import ControlModel
import Forwarding
import Gateway
import LinuxKit
import Logging
import PortMapping
import ServiceLifecycle

/// Has routers in front open what forwards ask of them.
///
/// Theory of operation. Each router, as it is reached from one address of a WAN, has a keeper of its own.
/// Whenever the gateway says that something may have changed, each is told what is wanted of it now; what
/// a keeper says is handed to the gateway. When the daemon ends, ports are left to run out unless the
/// forwards end with it: the next daemon finds them again.
struct UpstreamService: Service {
    let gateway: Gateway
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await UpstreamDesk(gateway: gateway, log: log).run()
        }
    }
}

private actor UpstreamDesk {
    private let gateway: Gateway
    private let log: Logger
    private let nonces = UpstreamNonces.ofMachine
    private var keepers: [UpstreamWay: Keeping] = [:]
    private var wants: [Gateway.UpstreamWant] = []
    /// By which way each WAN's own address is asked for; nil where it has no router.
    private var ways: [Place: UpstreamWay] = [:]
    private var told: [ForwardID: [UpstreamPort]] = [:]

    private struct Place: Hashable {
        var wan: InterfaceName
        var own: IPv4Address
    }

    private struct Keeping {
        var keeper: UpstreamKeeper
        var task: Task<Void, Never>
        var states: [UpstreamKey: UpstreamState] = [:]
    }

    init(gateway: Gateway, log: Logger) {
        self.gateway = gateway
        self.log = log
    }

    func run() async {
        for await _ in await gateway.upstreamChanges() { await follow() }
        let withdraws = await gateway.settings.withdrawsOnStop
        for keeping in keepers.values {
            keeping.task.cancel()
            if withdraws { say(await keeping.keeper.giveBack()) }
        }
    }

    private func say(_ returns: UpstreamReturns) {
        for (key, failure) in returns.failures {
            log.warning(
                "\(key.port)/\(key.transport.name) could not be given back: \(failure.sentence)")
        }
    }

    private func follow() async {
        let (wants, network) = await gateway.upstreamWants()
        self.wants = wants
        var wishes: [UpstreamWay: [UpstreamWish]] = [:]
        ways = [:]
        for want in wants {
            for (wan, own) in want.places {
                guard let router = network.router(of: wan) else { continue }
                let way = UpstreamWay(router: router, own: own, interface: wan)
                ways[Place(wan: wan, own: own)] = way
                wishes[way, default: []] += want.keys.map {
                    UpstreamWish($0, externalPort: $0.port)
                }
            }
        }
        for way in Set(keepers.keys).union(wishes.keys) {
            await keeper(of: way).want(wishes[way] ?? [])
        }
        dismiss(in: network)
        await tell()
    }

    private func keeper(of way: UpstreamWay) -> UpstreamKeeper {
        if let known = keepers[way] { return known.keeper }
        let keeper = UpstreamKeeper(
            UpstreamClient(way, nonces: nonces), hearing: way, log: log
        ) { .now }
        let task = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                group.addTask {
                    for await states in keeper.states { await self.take(states, of: way) }
                }
            }
        }
        keepers[way] = Keeping(keeper: keeper, task: task)
        return keeper
    }

    /// Ends what asks from an address that is gone.
    private func dismiss(in network: NetworkView) {
        for (way, keeping) in keepers
        where !network.addresses(of: way.interface).contains(.v4(way.own))
            || network.router(of: way.interface) != way.router
        {
            keeping.task.cancel()
            keepers[way] = nil
        }
    }

    private func take(_ states: [UpstreamKey: UpstreamState], of way: UpstreamWay) async {
        guard keepers[way] != nil else { return }
        keepers[way]?.states = states
        await tell()
    }

    private func tell() async {
        var ports: [ForwardID: [UpstreamPort]] = [:]
        for want in wants {
            for (wan, own) in want.places.sorted(by: { $0.key < $1.key }) {
                let way = ways[Place(wan: wan, own: own)]
                ports[want.forward, default: []] += want.keys.map { key in
                    guard let way else { return UpstreamPort(wan, key, .failed(.noRouter)) }
                    return UpstreamPort(wan, key, keepers[way]?.states[key] ?? .asking)
                }
            }
            say(want, ports[want.forward] ?? [])
        }
        guard ports != told else { return }
        told = ports
        await gateway.noteUpstream(ports)
    }

    /// What is news goes to the log; a renewal is none.
    private func say(_ want: Gateway.UpstreamWant, _ ports: [UpstreamPort]) {
        let before = told[want.forward] ?? []
        for port in ports {
            let last = before.first { $0.wan == port.wan && $0.key == port.key }
            let name = "\(want.name): \(port.key.port)/\(port.key.transport.name)"
            switch (port.state, last?.state) {
            case (.held(let grant, _), .held(let earlier, _)?)
            where grant.port == earlier.port && grant.address == earlier.address: break
            case (.held(let grant, _), _):
                let place = grant.address.map { "\($0)" } ?? ""
                log.notice(
                    "\(name) is open at \(place):\(grant.port) by \(grant.dialect.title)")
            case (.failed(let failure), let last) where last != .failed(failure):
                log.warning("\(name) is not open in front: \(failure.sentence)")
            default: break
            }
        }
    }
}
