import Addressing
import Forwarding
import TestKit
import Testing

/// A forward, and which engines can carry it.
struct ChosenForward: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var draft: ForwardDraft
    /// Why not the kernel.
    var reason: RelayReason?
    var isOnlyForKernel = false

    init(
        _ title: String, _ reason: RelayReason?, isOnlyForKernel: Bool = false,
        _ draft: ForwardDraft = Sample.draft(), _ change: (inout RelayTerms) -> Void = { _ in }
    ) {
        testDescription = title
        self.draft = draft
        self.reason = reason
        self.isOnlyForKernel = isOnlyForKernel
        change(&self.draft.relay)
    }

    var forward: Forward { Sample.forward(1, draft) }
}

@Suite struct `Which engine carries a forward` {
    private static let spare = Target(host: Sample.host("192.168.7.11"), ports: Sample.ports(8443))
    private static let local = Target(host: Sample.host("127.0.0.1"), ports: Sample.ports(8443))

    private static func route(_ target: Target) -> [NameRoute] {
        NamePattern("*.example.com").map { [NameRoute(name: $0, target: target)] } ?? []
    }

    static let table: [ChosenForward] = [
        ChosenForward("a plain one", nil),
        ChosenForward("the wish for the kernel", nil, isOnlyForKernel: true) {
            $0.engine = .kernel
        },
        ChosenForward("the wish for the relay", .forwardIsTold) { $0.engine = .relay },
        ChosenForward("loopback", .loopbackTarget, Sample.draft(to: "127.9.0.1")),
        ChosenForward("loopback of IPv6", .loopbackTarget, Sample.draft(to: "::1")),
        ChosenForward("a spare on loopback", .loopbackTarget) { $0.spares = [spare, local] },
        ChosenForward("a name's target on loopback", .loopbackTarget) { $0.routes = route(local) },
        ChosenForward("a Unix socket", .unixTarget, Sample.draft(to: "unix:/run/app.sock")),
        ChosenForward(
            "asked on loopback", .loopbackAddress, Sample.draft(scope: Sample.scope(at: "127.0.0.1"))),
        ChosenForward(
            "asked everywhere", .everyAddress, Sample.draft(scope: Sample.scope(at: "0.0.0.0"))),
        ChosenForward(
            "an exception everywhere", nil, isOnlyForKernel: true,
            Sample.draft(to: "gateway", scope: Sample.scope(at: "0.0.0.0"))),
        ChosenForward("PROXY", .proxyProtocol) { $0.proxy = .v1 },
        ChosenForward("PROXY over UDP", .proxyProtocol) { $0.datagramProxy = .simple },
        ChosenForward("trusted proxies", .trustedProxies) {
            $0.trustedProxies = [Sample.prefix("10.0.0.0/8")]
        },
        ChosenForward("a spare", .severalTargets) { $0.spares = [spare] },
        ChosenForward("a check of the only target", .healthCheck) { $0.check = HealthCheck() },
        ChosenForward("names", .serverNames) { $0.routes = route(spare) },
        ChosenForward("transparent", .transparent) { $0.isTransparent = true },
        ChosenForward("both families", .familiesCross) { $0.crossesFamilies = true },
        ChosenForward("bandwidth of a flow", .flowBandwidth) { $0.flowBandwidth = 8_000 },
        ChosenForward("a time-out", .timeouts) { $0.timeouts.datagrams = 30 },
        ChosenForward("a balance without spares", nil) { $0.balance = .sourceHash },
        ChosenForward("SCTP", nil, isOnlyForKernel: true, Sample.draft("a", .sctp)),
        ChosenForward(
            "a whole address", nil, isOnlyForKernel: true, Sample.draft("a", .everything, .all)),
        ChosenForward("an exception", nil, isOnlyForKernel: true, Sample.draft(to: "gateway")),
    ]

    @Test(arguments: table)
    func `both engines: the kernel where it can, else the relay for a reason`(
        chosen: ChosenForward
    ) {
        #expect(chosen.forward.relayReason == chosen.reason)
        let expected = chosen.reason.map(EngineChoice.relay) ?? .kernel
        #expect(chosen.forward.engineChoice(among: .both) == expected)
    }

    @Test(arguments: table)
    func `the kernel alone: whatever needs the relay cannot be`(chosen: ChosenForward) {
        let expected = chosen.reason.map(EngineChoice.neither) ?? .kernel
        #expect(chosen.forward.engineChoice(among: .kernel) == expected)
    }

    @Test(arguments: table)
    func `the relay alone: everything but what is the kernel's own`(chosen: ChosenForward) {
        let why = RelayReason.notPermitted
        let expected: EngineChoice =
            chosen.isOnlyForKernel ? .neither(why) : .relay(chosen.reason ?? why)
        #expect(chosen.forward.engineChoice(among: .relay(why)) == expected)
    }

    @Test func `terms that are taken back leave a forward as it was`() {
        var forward = Sample.forward()
        forward.relay.proxy = .v2
        #expect(forward.relay.proxy == .v2)
        #expect(forward != Sample.forward())
        forward.relay.proxy = nil
        #expect(forward == Sample.forward())
    }
}
