import Addressing
import Forwarding
import Gateway
import PortMapping
import ServiceLifecycle

/// The gateway as the protocols of devices know it.
struct GatewayDesk: LeaseDesk {
    let gateway: Gateway

    func answer(_ asks: [LeaseAsk]) async -> [LeaseAnswer] { await gateway.answer(asks) }

    func leases() async -> LeaseBook { await gateway.leases() }

    func leasesAsTold() async -> LeaseBook { await gateway.leasesAsTold() }

    func forwards(on port: UInt16, _ transport: TransportProtocol) async -> [Forward] {
        await gateway.forwards(on: port, transport)
    }

    func packets(of forward: ForwardID) async -> UInt64 { await gateway.packets(of: forward) }

    func standing() async -> ExternalStanding { await gateway.standing() }

    func leaseEvents() async -> AsyncStream<LeaseEvent> { await gateway.leaseEvents() }
}

/// Serves devices for as long as the daemon runs.
struct DeviceService: Service {
    let mapping: MappingService

    func run() async throws {
        await cancelWhenGracefulShutdown { await mapping.run() }
    }
}
