import ControlModel
import Diagnosis
import Forwarding
import Gateway
import Hummingbird
import LinuxKit

/// What is wrong around the table, and putting the safe part of it right.
struct DoctorRoutes {
    let gateway: Gateway
    let settings: DoctorSettings
    let examining = OneAtATime("an examination")

    func add(to group: RouterGroup<ControlContext>) {
        group.get("doctor", use: examine)
        group.post("doctor/fix", use: fix)
    }

    @Sendable private func examine(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        try Views.Doctor(findings: try await findings().map(Views.Finding.init)).response()
    }

    private func findings() async throws -> [Finding] {
        try await examining.run { try await examined() }
    }

    private func examined() async throws -> [Finding] {
        let status = try await gateway.status()
        let report = GatewayReport(
            suspended: await gateway.suspendedForwards(),
            usedUp: try await gateway.usedUpForwards(), engine: status.capabilities,
            contest: status.contest)
        let seen = await Gathering.observe(await gateway.situation(), report, settings)
        // Walking rules for each of 60,000 forwards takes long; others are answered meanwhile.
        return try await KernelThread.run { Doctor.examine(seen) }
    }

    /// All of what is named, or nothing: it is looked again first.
    @Sendable private func fix(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let wanted = try await request.body(Views.FixBody.self, context).findings
        let found = try await findings()
        let fixes = try wanted.map { id -> (Finding, SafeFix) in
            guard let finding = found.first(where: { $0.id == id }) else {
                throw Views.Problem.unknownFinding(id)
            }
            guard let fix = finding.fix else {
                throw Views.Problem.unsafeFinding(id, remedy: finding.remedy)
            }
            return (finding, fix)
        }
        var done: [Views.Fixed.Done] = []
        for (finding, fix) in fixes {
            done.append(
                Views.Fixed.Done(id: finding.id, done: try await apply(fix, context.requester)))
        }
        return try Views.Fixed(fixed: done).response()
    }

    /// - Returns: what was done, in words.
    private func apply(_ fix: SafeFix, _ requester: Requester) async throws -> String {
        switch fix {
        case .settings(let changes):
            for change in changes { try await set(change, requester) }
            return changes.map(\.assignment).joined(separator: ", ")
        case .rewriteSource(let name):
            var edit = ForwardEdit()
            edit.sourceAddress = .rewritten
            let answer = await gateway.submit(.edit(name, edit), by: requester)
            guard answer.refusals.isEmpty else { throw Views.Problem(answer.refusals) }
            return "\(name) has source = rewritten"
        }
    }

    private func set(_ change: SettingChange, _ requester: Requester) async throws {
        let setting = KernelSetting(change.path)
        do throws(KernelError) {
            let former = try setting.read()
            try setting.write(change.value)
            await gateway.noteSetting(
                "\(change.path) was \(former), is now \(change.value)", by: requester)
        } catch { throw Views.Problem.unwritable(change.assignment, code: error.code) }
    }
}

extension Views.Finding {
    fileprivate init(_ finding: Finding) {
        self.init(
            id: finding.id, code: finding.code, severity: finding.severity.rawValue,
            subject: finding.subject.isEmpty ? nil : finding.subject, what: finding.what,
            why: finding.why, remedy: finding.remedy, fix: finding.fix.map(Views.Fix.init))
    }
}

extension Views.Fix {
    fileprivate init(_ fix: SafeFix) {
        switch fix {
        case .settings(let changes):
            self.init(settings: changes.map(\.assignment), forward: nil)
        case .rewriteSource(let name): self.init(settings: nil, forward: name.text)
        }
    }
}
