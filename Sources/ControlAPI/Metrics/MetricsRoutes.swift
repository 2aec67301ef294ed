import ControlModel
import Forwarding
import Gateway
import Hummingbird
import LinuxKit
import NIOCore

/// What machines watch: `/metrics` for Prometheus, and whether the daemon lives and is of use.
///
/// Forwards are labels, clients never are: a label of addresses would grow with everybody who knocks,
/// and tell who uses what.
struct MetricsRoutes {
    let gateway: Gateway

    static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    func add(to router: Router<ControlContext>) {
        router.get("metrics", use: metrics)
        router.get("health/live") { _, _ in try Views.Health(status: "ok").response() }
        router.get("health/ready", use: ready)
    }

    /// Ready is who has the table in force.
    @Sendable private func ready(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        guard await gateway.isInForce else {
            throw Views.Problem(
                status: 503, title: "Not ready",
                detail: "another program has the table; \"portcullis status\" says which")
        }
        return try Views.Health(status: "ok").response()
    }

    @Sendable private func metrics(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let (views, _) = try await gateway.forwards()
        let status = try await gateway.status()
        var text = OpenMetricsText()
        Self.tell(of: views, in: &text)
        Self.tell(of: status, pending: await gateway.pendingLeases().count, in: &text)
        text.end()
        return Response(
            status: .ok, headers: [.contentType: Self.mediaType],
            body: .init(byteBuffer: ByteBuffer(string: text.text)))
    }

    /// Counters of forwards: those with a direction have a sample for each.
    private static let counters: [ForwardCounter] = [
        ForwardCounter("flows", help: "Flows that were let in.") { [("", $0.flows)] },
        ForwardCounter(
            "bytes", unit: "bytes", help: "Bytes carried; in is from clients to the target."
        ) { [("in", $0.inbound.bytes), ("out", $0.outbound.bytes)] },
        ForwardCounter(
            "packets", help: "Packets carried, of a relay reads; in is from clients to the target."
        ) { [("in", $0.inbound.packets), ("out", $0.outbound.packets)] },
        ForwardCounter("denied_packets", help: "Packets of those who may not use the forward.") {
            [("", $0.denied)]
        },
        ForwardCounter("limited_packets", help: "Packets that limits did not let through.") {
            [("", $0.limited)]
        },
    ]

    private static func tell(of views: [Gateway.View], in text: inout OpenMetricsText) {
        for counter in counters {
            let name = "portcullis_forward_" + counter.name
            text.family(name, .counter, unit: counter.unit, help: counter.help)
            for view in views {
                for (direction, value) in counter.values(view.traffic) {
                    text.sample(name + "_total", label(view, direction), value)
                }
            }
        }
        text.family(
            "portcullis_forward_in_force", .gauge,
            help: "1 while the forward is in force, otherwise 0.")
        for view in views {
            text.sample("portcullis_forward_in_force", label(view), view.isInForce ? 1 : 0)
        }
    }

    private static func label(
        _ view: Gateway.View, _ direction: String = ""
    ) -> [(name: String, value: String)] {
        let forward = (name: "forward", value: view.forward.name.text)
        return direction.isEmpty ? [forward] : [forward, (name: "direction", value: direction)]
    }

    private static func tell(
        of status: Gateway.Status, pending: Int, in text: inout OpenMetricsText
    ) {
        text.family("portcullis_build", .info, help: "The version that runs.")
        text.sample("portcullis_build_info", [("version", portcullisVersion)], 1)
        text.family(
            "portcullis_start_time_seconds", .gauge, unit: "seconds",
            help: "When the daemon was started, since 1970.")
        text.sample("portcullis_start_time_seconds", [], status.started.seconds)
        text.family("portcullis_forwards", .gauge, help: "Forwards in the table.")
        text.sample("portcullis_forwards", [], status.forwards)
        text.family("portcullis_table_revision", .gauge, help: "The revision of the table.")
        text.sample("portcullis_table_revision", [], status.revision)
        text.family(
            "portcullis_requests_pending", .gauge,
            help: "Requests of devices that wait for the operator.")
        text.sample("portcullis_requests_pending", [], pending)
        text.family(
            "portcullis_guard_dropped_packets", .counter,
            help: "Packets from a WAN that no forward let in.")
        text.sample("portcullis_guard_dropped_packets_total", [], status.guardedVolume.packets)
        text.family(
            "portcullis_resident_memory_bytes", .gauge, unit: "bytes",
            help: "Memory of the daemon.")
        text.sample("portcullis_resident_memory_bytes", [], Memory.resident)
    }
}

/// One family of counters that every forward has.
private struct ForwardCounter: Sendable {
    /// Behind `portcullis_forward_`.
    let name: String
    let unit: String?
    let help: String
    /// By direction, which is empty where there is none.
    let values: @Sendable (Traffic) -> [(direction: String, value: UInt64)]

    init(
        _ name: String, unit: String? = nil, help: String,
        values: @escaping @Sendable (Traffic) -> [(direction: String, value: UInt64)]
    ) {
        (self.name, self.unit, self.help, self.values) = (name, unit, help, values)
    }
}

extension Gateway.View {
    fileprivate var isInForce: Bool {
        if case .inForce = state { true } else { false }
    }
}
