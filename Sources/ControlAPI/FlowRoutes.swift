import ControlModel
import Forwarding
import Gateway
import Hummingbird

/// What forwards carry, and what became of it.
struct FlowRoutes {
    let gateway: Gateway

    func add(to group: RouterGroup<ControlContext>) {
        group.get("flows", use: flows)
        group.get("flows/ended", use: ended)
        group.delete("flows/:id", use: end)
    }

    @Sendable private func flows(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let name = try request.forwardName()
        guard let flows = try await gateway.flows(of: name) else { throw await unknown(name) }
        let now = gateway.now
        let page = try request.page(of: flows.map { Views.Flow($0.0, $0.1, now: now) }, by: \.id)
        return try Views.Flows(flows: page.entries, next: page.next).response()
    }

    /// `?forward=nas&limit=50`.
    @Sendable private func ended(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let name = try request.forwardName()
        let limit = try request.limit() ?? 50
        guard let flows = try await gateway.endedFlows(of: name, limit: limit) else {
            throw await unknown(name)
        }
        return try Views.EndedFlows(flows: flows.map(Views.EndedFlow.init)).response()
    }

    /// Answers with the flow as it was last seen.
    @Sendable private func end(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let text = context.parameters.get("id") ?? ""
        guard let number = FlowNumber(text),
            let (name, flow) = try await gateway.endFlow(number, by: context.requester)
        else { throw Views.Problem.unknownFlow(text) }
        let now = gateway.now
        return try Views.Flow(name, flow, now: now).response()
    }

    private func unknown(_ name: ForwardName?) async -> any Error {
        guard let name else { return HTTPError(.notFound) }
        return await gateway.unknown(name)
    }
}

extension Request {
    /// `?forward=nas`.
    func forwardName() throws -> ForwardName? {
        guard let text = uri.queryParameters["forward"] else { return nil }
        return try ForwardSpelling.name(String(text))
    }
}

extension Gateway {
    /// Says that there is no such forward, with the nearest name, as a request to change it would.
    func unknown(_ name: ForwardName) async -> Refusal {
        let answer = await submit(
            .remove(name), by: Requester(name: "", origin: .operator), dryRun: true)
        return answer.refusals.first
            ?? Refusal(field: .name, value: name.text, problem: .unknown(nearest: nil))
    }
}
