import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Whole addresses and exceptions, decided` {
    private static let pinned = Sample.scope(at: "203.0.113.5")

    private static func whole(
        _ name: String = "all", _ scope: ExternalSide.Scope = .everyWAN,
        to target: String = "192.168.7.10"
    ) -> ForwardDraft {
        Sample.draft(name, .everything, .all, to: target, scope: scope)
    }

    private static func exception(
        _ ports: PortRange = Sample.ports(22), _ scope: ExternalSide.Scope = .everyWAN
    ) -> ForwardDraft {
        Sample.draft("mine", .tcp, ports, to: "gateway", scope: scope)
    }

    private static func plain(
        _ ports: PortRange, _ scope: ExternalSide.Scope = .everyWAN
    ) -> ForwardDraft {
        Sample.draft("nas", .tcp, ports, scope: scope)
    }

    @Test(arguments: [
        (whole(), plain(Sample.ports(443))), (whole(), exception()),
        (whole("all", pinned), exception()),
        (plain(Sample.ports(20, 30)), exception()),
        (plain(Sample.ports(22)), exception(Sample.ports(22), pinned)),
        (plain(Sample.ports(20, 30), pinned), exception(Sample.ports(22), pinned)),
    ])
    func `the narrower one may stand within the wider one, in either order`(
        wide: ForwardDraft, narrow: ForwardDraft
    ) {
        for (first, second) in [(wide, narrow), (narrow, wide)] {
            let outcome = ForwardingTable([first]).deciding(.add([second]))
            #expect(outcome.refusals.isEmpty)
        }
    }

    @Test func `an exception behind the forward would change nothing, and is refused`() {
        let cases = [
            (Self.plain(Sample.ports(22)), Self.exception()),
            (Self.plain(Sample.ports(22), Self.pinned), Self.exception()),
            (Self.plain(Sample.ports(20, 30), Self.pinned), Self.exception()),
        ]
        for (forward, exception) in cases {
            let outcome = ForwardingTable([forward]).deciding(.add([exception]))
            #expect(outcome.problems == [.exceptionBehind(Sample.name("nas"))])
        }
    }

    @Test func `two wholes of one address are refused`() {
        let outcome = ForwardingTable([Self.whole()])
            .deciding(.add([Self.whole("other", Self.pinned, to: "192.168.7.20")]))
        #expect(outcome.problems.map(\.code) == ["overlap"])
    }

    @Test func `one target does not leave as two addresses`() {
        let first = Self.whole("one", Self.pinned)
        let second = Self.whole("two", Sample.scope(at: "192.0.2.5"))
        let outcome = ForwardingTable([first]).deciding(.add([second]))
        #expect(outcome.problems == [.secondAddress(Sample.name("one"))])
        let other = Self.whole("two", Sample.scope(at: "192.0.2.5"), to: "192.168.7.20")
        #expect(ForwardingTable([first]).deciding(.add([other])).refusals.isEmpty)
    }

    @Test func `an exception meets a translated IPv6 forward of the same port, too`() {
        let nat6 = Sample.draft("nas", .tcp, Sample.ports(22), to: "2001:db8:7::10", nat6: true)
        let outcome = ForwardingTable([nat6]).deciding(.add([Self.exception()]))
        #expect(outcome.problems == [.exceptionBehind(Sample.name("nas"))])
    }

    @Test func `each comes with its warning`() {
        let table = ForwardingTable()
        let name = Sample.name("all")
        #expect(
            table.deciding(.add([Self.whole()])).warnings
                == [.exposedHost(name, Sample.host("192.168.7.10"))])
        #expect(
            table.deciding(.add([Self.whole("all", Self.pinned)])).warnings
                == [
                    .oneToOne(
                        name, Sample.host("192.168.7.10"), Sample.address("203.0.113.5"))
                ])
        #expect(
            table.deciding(.add([Self.exception()])).warnings
                == [.exception(Sample.name("mine"), Sample.ports(22))])
    }

    @Test func `terms that an exception cannot keep are refused by name`() {
        func problems(_ change: (inout ForwardDraft) -> Void) -> [Refusal.Field] {
            var draft = Self.exception()
            change(&draft)
            return ForwardingTable().deciding(.add([draft])).refusals.map(\.field)
        }
        #expect(
            problems { $0.sources = SourcePolicy(allowed: [Sample.prefix("10.0.0.0/8")]) } == [
                .allow
            ])
        #expect(problems { $0.hairpin = false } == [.hairpin])
        #expect(problems { $0.limits.rate = ConnectionRate(1, per: .second) } == [.maxRate])
        #expect(problems { $0.limits.monthly = 5_000_000 } == [.monthly])
        #expect(problems { $0.target.ports = Sample.ports(23) } == [.to])
        #expect(problems { ($0.external.ports, $0.target.ports) = (.all, .all) } == [.external])
    }

    @Test func `a program of the gateway keeps a whole address away until its port is kept`() {
        let listener = Listener(transport: .tcp, address: nil, port: 22, program: "sshd")
        let surroundings = Sample.surroundings(listeners: [listener])
        let alone = ForwardingTable().deciding(.add([Self.whole()]), in: surroundings)
        #expect(alone.problems == [.listener(listener)])
        let kept = ForwardingTable([Self.exception()])
            .deciding(.add([Self.whole()]), in: surroundings)
        #expect(kept.refusals.isEmpty)
    }
}
