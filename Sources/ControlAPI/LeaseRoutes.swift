import ControlModel
import Forwarding
import Gateway
import Hummingbird

/// What devices ask for, and the operator's word on it.
struct LeaseRoutes {
    let gateway: Gateway

    func add(to group: RouterGroup<ControlContext>) {
        group.get("requests", use: requests)
        group.post("requests/:id/allow", use: allow)
        group.post("requests/:id/deny", use: deny)
        group.get("consents", use: consents)
        group.delete("consents/:id", use: forget)
    }

    @Sendable private func requests(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Requests(
            await gateway.pendingLeases(), refused: await gateway.refusedLeases()
        ).response()
    }

    /// `?always=true` for whenever the device asks again.
    @Sendable private func allow(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let (number, always) = (try self.number(context), try request.flag("always"))
        let answer = try await gateway.allow(number, always: always, by: context.requester)
        switch answer {
        case .granted(let lease)?:
            return try Views.Decision(id: number, always: always, forward: lease.forward)
                .response()
        case .refused(let denial)?: throw Views.Problem.notGranted(denial)
        case .released?, nil: throw Views.Problem.unknownRequest("\(number)")
        }
    }

    @Sendable private func deny(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let (number, always) = (try self.number(context), try request.flag("always"))
        guard try await gateway.deny(number, always: always, by: context.requester) else {
            throw Views.Problem.unknownRequest("\(number)")
        }
        return try Views.Decision(id: number, always: always, forward: nil).response()
    }

    @Sendable private func consents(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Consents(await gateway.consents()).response()
    }

    @Sendable private func forget(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let number = try self.number(context)
        guard try await gateway.forgetConsent(number, by: context.requester) else {
            throw Views.Problem.unknownRequest("\(number)")
        }
        return try Views.Consents(await gateway.consents()).response()
    }

    private func number(_ context: ControlContext) throws -> Int {
        let text = context.parameters.get("id") ?? ""
        guard let number = Int(text) else { throw Views.Problem.unknownRequest(text) }
        return number
    }
}

extension Views.Requests {
    init(_ waiting: [PendingLease], refused: [LeaseRefusals.Tally]) {
        self.init(
            requests: waiting.map {
                Views.Request(
                    id: $0.number, $0.request, first: $0.first, last: $0.last, count: $0.count)
            },
            refused: refused.map {
                Views.Refused(
                    $0.denial, count: $0.count, last: $0.last, device: $0.device, $0.dialect)
            })
    }
}
