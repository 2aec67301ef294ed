import ControlModel
import Forwarding
import Gateway
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The stream of events, and the charts of what was carried lately.
struct EventRoutes {
    let gateway: Gateway
    let hub: EventHub
    let doorkeeper: Doorkeeper

    func add(to group: RouterGroup<ControlContext>) {
        group.get("events", use: events)
        group.get("traffic", use: traffic)
    }

    /// `?topics=table,flows&forward=nas`; server-sent events (WHATWG HTML 9.2).
    @Sendable private func events(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let (topics, name) = (try EventTopic.wished(in: request), try request.forwardName())
        if let name, await gateway.terms(of: name) == nil { throw await gateway.unknown(name) }
        guard let (number, events) = await hub.listen(to: topics, of: name) else {
            throw Views.Problem.tooMany("listeners", EventHub.mostListeners)
        }
        let (hub, doorkeeper, caller) = (hub, doorkeeper, context.caller)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                do {
                    for await event in events.cancelOnGracefulShutdown() {
                        guard await doorkeeper.stillKnows(caller) else { break }
                        try await writer.write(event)
                    }
                    await hub.leave(number)
                    try await writer.finish(nil)
                } catch {
                    await hub.leave(number)
                    throw error
                }
            })
    }

    /// `?span=hour&forward=nas`.
    @Sendable private func traffic(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let text = request.uri.queryParameters["span"].map(String.init) ?? "hour"
        guard let span = TrafficHistory.Span(rawValue: text) else {
            throw Refusal(
                field: .body, value: "span=\(text)",
                problem: .choice(TrafficHistory.Span.allCases.map(\.rawValue)))
        }
        let name = try request.forwardName()
        guard let (until, charts) = await gateway.charts(span, of: name) else {
            guard let name else { throw HTTPError(.notFound) }
            throw await gateway.unknown(name)
        }
        let views = charts.map { name, chart in
            (name.text, Views.Chart(inbound: chart.inbound, outbound: chart.outbound))
        }
        return try Views.TrafficCharts(
            step: Int(span.step), until: until.text,
            forwards: Dictionary(uniqueKeysWithValues: views)
        ).response()
    }
}
