import Addressing
import ControlModel
import Forwarding
import TestKit
import Testing

@Suite struct `An edit of a forward` {
    private static let forward = Sample.forward(
        1,
        Sample.draft(
            "nas", .tcp, Sample.ports(8443), targetPorts: Sample.ports(443),
            scope: .interface(Sample.interface("wan0")),
            sources: SourcePolicy(
                allowed: [Sample.prefix("10.0.0.0/8")], denied: [Sample.prefix("10.1.0.0/16")]),
            ends: .at(Sample.now + 60)))

    private func edit(_ change: (inout ForwardBody) -> Void) throws -> ForwardEdit {
        var body = ForwardBody()
        change(&body)
        return try body.edit(of: Self.forward)
    }

    @Test func `what is not said is left alone`() throws {
        #expect(try edit { _ in } == ForwardEdit())
    }

    @Test func `each key changes its own thing`() throws {
        #expect(try edit { $0.name = "tv" } == with { $0.name = Sample.name("tv") })
        #expect(try edit { $0.allow = [] } == with { $0.allowed = [] })
        #expect(try edit { $0.deny = [] } == with { $0.denied = [] })
        #expect(try edit { $0.hairpin = false } == with { $0.hairpin = false })
        #expect(try edit { $0.source = "rewritten" } == with { $0.sourceAddress = .rewritten })
        #expect(try edit { $0.nat6 = true } == with { $0.translatesIPv6 = true })
        #expect(try edit { $0.upstream = true } == with { $0.asksUpstream = true })
        #expect(try edit { $0.ends = "never" } == with { $0.ends = .never })
        #expect(try edit { $0.for = "1h30m" } == with { $0.ends = .after(5400) })
        #expect(try edit { $0.enabled = false } == with { $0.enabled = false })
        #expect(try edit { $0.comment = "" } == with { $0.comment = "" })
        #expect(try edit { $0.on = "" } == with { $0.scope = .everyWAN })
        #expect(try edit { $0.at = "" } == with { $0.scope = .everyWAN })
        #expect(
            try edit { $0.at = "203.0.113.5" }
                == with { $0.scope = .address(Sample.address("203.0.113.5")) })
        #expect(
            try edit { $0.to = "192.168.7.20:1" }
                == with {
                    $0.target =
                        Sample.draft(to: "192.168.7.20", targetPorts: Sample.ports(1)).target
                })
    }

    @Test func `each term of a relay changes alone, and the source is one of three`() throws {
        #expect(try edit { $0.relay[.proxy] = "v1" }.relay == RelayTerms(proxy: .v1))
        let transparent = try edit { $0.source = "transparent" }
        #expect(transparent.relay == RelayTerms(isTransparent: true))
        #expect(transparent.sourceAddress == .kept)
        var before = Self.forward
        before.relay = RelayTerms(proxy: .v2, isTransparent: true, crossesFamilies: true)
        var body = ForwardBody()
        body.relay[.crossFamilies] = "false"
        body.source = "rewritten"
        #expect(try body.edit(of: before).relay == RelayTerms(proxy: .v2))
        #expect(try ForwardBody(before).edit(of: before).relay == nil)
    }

    @Test func `further targets of the external ports follow these, others do not`() throws {
        var before = Self.forward
        before.relay.spares = [
            try ForwardSpelling.target("192.168.7.11", external: Sample.ports(8443)),
            try ForwardSpelling.target("192.168.7.12:443", external: Sample.ports(8443)),
        ]
        var body = ForwardBody()
        body.external = "9000/tcp"
        let ports = try body.edit(of: before).relay?.spares.map(\.ports)
        #expect(ports == [Sample.ports(9000), Sample.ports(443)])
    }

    private func with(_ change: (inout ForwardEdit) -> Void) -> ForwardEdit {
        var edit = ForwardEdit()
        change(&edit)
        return edit
    }

    @Test func `a target without a port keeps the external ports, the new ones if they change`()
        throws
    {
        #expect(try edit { $0.to = "192.168.7.20" }.target?.ports == Sample.ports(8443))
        let both = try edit { ($0.to, $0.external) = ("192.168.7.20", "9000/udp") }
        #expect(both.target?.ports == Sample.ports(9000))
        #expect(both.transports == .udp)
    }

    @Test func `a target of the same ports follows the external ones, another does not`() throws {
        #expect(try edit { $0.external = "9000/tcp" }.target == nil)
        let same = Sample.forward(2, Sample.draft("same", .tcp, Sample.ports(8443)))
        var body = ForwardBody()
        body.external = "9000-9003/tcp"
        #expect(try body.edit(of: same).target?.ports == Sample.ports(9000, 9003))
    }
}
