import Addressing
import ControlModel
import Forwarding
import Gateway
import Hummingbird
import Storage

/// Everything that only reads.
struct ReadingRoutes {
    let gateway: Gateway

    func add(to group: RouterGroup<ControlContext>) {
        group.get("forwards", use: forwards)
        group.get("forwards/:name", use: forward)
        group.get("activity", use: activity)
        group.get("status", use: status)
        group.get("revisions", use: revisions)
        group.get("difference", use: difference)
    }

    @Sendable private func revisions(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let revisions = try await gateway.history(limit: try request.limit() ?? 50)
        return try Views.Revisions(
            revisions: revisions.map {
                Views.Revision(
                    number: $0.number, time: $0.time, who: $0.who, origin: $0.origin,
                    changes: $0.changes)
            }
        ).response()
    }

    /// `?from=3&to=7`; without `to` up to now.
    @Sendable private func difference(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let now = await gateway.currentRevision()
        guard let from = try request.number("from") else {
            throw Refusal(field: .revision, value: "from", problem: .missing)
        }
        let to = try request.number("to") ?? now
        let changes = try await gateway.difference(from: from, to: to)
        return try Views.Changes(revision: to, changes: changes, dryRun: true).response()
    }

    @Sendable private func forwards(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let (views, revision) = try await gateway.forwards()
        let page = try request.page(of: views, by: \.forward.name.text)
        return try Views.Forwards(
            revision: revision, forwards: page.entries.map(Views.Forward.init), next: page.next
        ).response().tagged(revision)
    }

    @Sendable private func forward(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let name = try forwardName(context)
        guard let view = try await gateway.forward(name) else { throw await gateway.unknown(name) }
        return try Views.Forward(view).response().tagged(await gateway.currentRevision())
    }

    @Sendable private func activity(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let most = try request.limit() ?? 50
        let entries = try await gateway.activity(
            of: try request.forwardName(), before: try request.number("before"), limit: most + 1)
        return try Views.Activities(
            activity: entries.prefix(most).map { Views.Activity($0.entry, number: $0.number) },
            next: entries.count > most ? entries[most - 1].number : nil
        ).response()
    }

    @Sendable private func status(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Status(try await gateway.status()).response()
    }
}

extension Views.Forward {
    init(_ view: Gateway.View) {
        let state: String
        var targets: [String] = []
        switch view.state {
        case .inForce(let places):
            state = "in-force"
            targets = places.map(\.description)
        case .disabled: state = "disabled"
        case .ended: state = "ended"
        case .targetUnknown: state = "target-unknown"
        case .noWANAddress: state = "no-wan-address"
        case .suspended: state = "suspended"
        case .closed: state = "closed"
        case .usedUp: state = "used-up"
        }
        self.init(
            view.forward, state: state, targets: targets, traffic: view.traffic,
            monthBytes: view.monthBytes, lastUsed: view.lastUsed, nextChange: view.nextChange,
            choice: view.choice,
            upstream: view.upstream)
    }
}

extension Views.Activity {
    init(_ entry: Activity, number: Int? = nil) {
        self.init(
            number: number,
            time: entry.time, who: entry.who, origin: entry.origin, kind: entry.kind.rawValue,
            forward: entry.forward, detail: entry.detail, revision: entry.revision)
    }
}

extension Views.Status {
    init(_ status: Gateway.Status) {
        self.init(
            revision: status.revision, started: status.started, forwards: status.forwards,
            inForce: status.inForce, adopted: status.adopted, network: status.network,
            guarded: status.guarded, guardDropped: status.guardedVolume,
            engine: status.capabilities, contest: status.contest)
    }
}
