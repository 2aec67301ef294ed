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

    /// Ready is who has the table in force and a way out.
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

    private static func tell(of views: [Gateway.View], in text: inout OpenMetricsText) {
        text.family("portcullis_forward_flows", .counter, help: "Flows that were let in.")
        for view in views {
            text.sample("portcullis_forward_flows_total", label(view), view.traffic.flows)
        }
        text.family(
            "portcullis_forward_bytes", .counter, unit: "bytes",
            help: "Bytes carried; in is from clients to the target.")
        for view in views {
            text.sample(
                "portcullis_forward_bytes_total", label(view, "in"), view.traffic.inbound.bytes)
            text.sample(
                "portcullis_forward_bytes_total", label(view, "out"), view.traffic.outbound.bytes)
        }
        text.family(
            "portcullis_forward_packets", .counter,
            help: "Packets carried, of a relay reads; in is from clients to the target.")
        for view in views {
            text.sample(
                "portcullis_forward_packets_total", label(view, "in"),
                view.traffic.inbound.packets)
            text.sample(
                "portcullis_forward_packets_total", label(view, "out"),
                view.traffic.outbound.packets)
        }
        text.family(
            "portcullis_forward_denied_packets", .counter,
            help: "Packets of those who may not use the forward.")
        for view in views {
            text.sample(
                "portcullis_forward_denied_packets_total", label(view), view.traffic.denied)
        }
        text.family(
            "portcullis_forward_limited_packets", .counter,
            help: "Packets that limits did not let through.")
        for view in views {
            text.sample(
                "portcullis_forward_limited_packets_total", label(view), view.traffic.limited)
        }
        text.family(
            "portcullis_forward_in_force", .gauge,
            help: "1 while the forward is in force, otherwise 0.")
        for view in views {
            text.sample("portcullis_forward_in_force", label(view), view.isInForce ? 1 : 0)
        }
    }

    private static func label(
        _ view: Gateway.View, _ direction: String? = nil
    ) -> [(name: String, value: String)] {
        let forward = (name: "forward", value: view.forward.name.text)
        return direction.map { [forward, (name: "direction", value: $0)] } ?? [forward]
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

extension Gateway.View {
    fileprivate var isInForce: Bool {
        if case .inForce = state { true } else { false }
    }
}
