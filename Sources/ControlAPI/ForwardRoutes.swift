import ControlModel
import Forwarding
import FoundationEssentials
import Gateway
import Hummingbird
import NIOCore

/// Everything that changes the table.
///
/// Each takes `?dry_run=true`, which decides and changes nothing, and `?revision=N`, which refuses
/// when the table has moved on.
struct ForwardRoutes {
    let gateway: Gateway

    func add(to group: RouterGroup<ControlContext>) {
        group.post("forwards", use: add)
        group.patch("forwards/:name", use: edit)
        group.delete("forwards/:name", use: remove)
        group.post("apply", use: apply)
        group.post("rollback", use: rollback)
        group.post("confirm", use: confirm)
    }

    @Sendable private func add(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let body = try await request.body(ForwardsBody.self, context)
        return try await submit(.add(try body.drafts()), request, context, .created)
    }

    @Sendable private func edit(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let name = try forwardName(context)
        let body = try await request.body(ForwardBody.self, context)
        guard let forward = await gateway.terms(of: name) else {
            return try await submit(.edit(name, ForwardEdit()), request, context)
        }
        return try await submit(.edit(name, try body.edit(of: forward)), request, context)
    }

    @Sendable private func remove(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try await submit(.remove(try forwardName(context)), request, context)
    }

    @Sendable private func apply(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let prune = try request.flag("prune")
        let body = try await request.body(ForwardsBody.self, context)
        let pruning: Pruning = prune ? .everything : .nothing
        return try await submit(.apply(try body.drafts(), prune: pruning), request, context)
    }

    private func submit(
        _ wanted: Forwarding.Request, _ request: Request, _ context: ControlContext,
        _ status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let dryRun = try request.flag("dry_run")
        let expected = try request.expectedRevision()
        let answer = await gateway.submit(
            wanted, by: context.requester, dryRun: dryRun, expecting: expected,
            confirmWithin: try request.patience())
        return try answer.response(dryRun: dryRun, status, isConditional: request.isConditional)
    }

    /// `?to=12`; without it back before the last change, or the one that awaits its confirmation.
    @Sendable private func rollback(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let dryRun = try request.flag("dry_run")
        let answer = try await gateway.rollback(
            to: try request.number("to"), by: context.requester, dryRun: dryRun,
            expecting: try request.expectedRevision())
        return try answer.response(dryRun: dryRun, .ok, isConditional: request.isConditional)
    }

    @Sendable private func confirm(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try await gateway.confirm(by: context.requester)
        return try Views.Changes(
            revision: await gateway.currentRevision(), changes: [], dryRun: false
        ).response()
    }
}

extension Answer {
    fileprivate func response(
        dryRun: Bool, _ status: HTTPResponse.Status, isConditional: Bool = false
    ) throws -> Response {
        guard refusals.isEmpty else {
            let problem = Views.Problem(refusals)
            return try (isConditional ? problem.asPreconditionFailed : problem).response()
        }
        return try Views.Changes(
            revision: revision, changes: changes, warnings: warnings, flowsEnded: flowsEnded,
            dryRun: dryRun, costs: costs, confirmBy: confirmBy
        ).response(status).tagged(revision)
    }
}

func forwardName(_ context: ControlContext) throws -> ForwardName {
    try ForwardSpelling.name(context.parameters.get("name") ?? "")
}

extension Request {
    /// `?name=true` or `?name=1`; anything else that is not false is refused.
    func flag(_ name: Substring) throws -> Bool {
        switch uri.queryParameters[name] {
        case nil, "false", "0": return false
        case "true", "1": return true
        case let other?:
            throw Refusal(
                field: .body, value: "\(name)=\(other)", problem: .choice(["true", "false"]))
        }
    }

    /// `?confirm=60`: seconds after which a change goes back unless it is confirmed.
    func patience() throws -> Int64? {
        guard let seconds = try number("confirm") else { return nil }
        guard (1...86_400).contains(seconds) else {
            throw Refusal(
                field: .body, value: "confirm=\(seconds)",
                problem: .syntax("is not between one second and a day"))
        }
        return Int64(seconds)
    }

    /// `?name=12`; what is no number is refused, not passed over.
    func number(_ name: Substring) throws -> Int? {
        guard let text = uri.queryParameters[name] else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw Refusal(
                field: .body, value: "\(name)=\(text)", problem: .syntax("is no number"))
        }
        return number
    }

    func body<Body: Decodable>(_ type: Body.Type, _ context: ControlContext) async throws -> Body {
        let buffer = try await bytes(context)
        return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
    }

    /// The whole body, if this caller may send so much.
    func bytes(_ context: ControlContext) async throws -> ByteBuffer {
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        let limit = context.largestBody
        guard announced <= limit else { throw TooLarge(limit: limit) }
        do { return try await body.collect(upTo: limit) } catch is NIOTooManyBytesError {
            throw TooLarge(limit: limit)
        }
    }
}

/// A body has more bytes than this caller may send.
struct TooLarge: Error {
    var limit: Int
}
