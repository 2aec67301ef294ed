import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `What the relay does with a packet` {
    private func fate(
        _ draft: ForwardDraft, to destination: String, from source: String = "198.51.100.7",
        by interface: String = "wan0", engines: AvailableEngines = .both
    ) -> Fate {
        var surroundings = Sample.surroundings
        surroundings.engines = engines
        let table = ForwardingTable([draft])
        let packet = Packet(
            .tcp, from: Sample.endpoint(source, 5000), to: Sample.endpoint(destination, 8443),
            arrival: .interface(Sample.interface(interface)))
        return Trace(table: table, surroundings: surroundings, now: Sample.now).fate(of: packet)
    }

    private static let relayed = Fate.relayed(
        Sample.id(1), target: Sample.endpoint("192.168.7.10", 443), source: .gateway)

    private func draft(at: String? = nil, to: String = "192.168.7.10") -> ForwardDraft {
        Sample.draft(
            "a", .tcp, Sample.ports(8443), to: to, targetPorts: Sample.ports(443),
            scope: at.map { Sample.scope(at: $0) } ?? .everyWAN)
    }

    @Test func `the relay alone takes what the kernel would have taken`() {
        let only = AvailableEngines.relay(.notPermitted)
        #expect(fate(draft(), to: "203.0.113.5", engines: only) == Self.relayed)
        #expect(fate(draft(), to: "192.168.7.1", engines: only) == .local)
        // Nothing stands in the way of what is no forward's: there is no guard.
        #expect(fate(draft(), to: "192.168.7.10", engines: only) == .routed)
        #expect(fate(draft(), to: "192.168.7.10") == .guarded)
    }

    @Test(arguments: ["203.0.113.5", "192.168.7.1", "127.0.0.1"])
    func `every address is every address of the machine`(asked: String) {
        #expect(fate(draft(at: "0.0.0.0"), to: asked) == Self.relayed)
        #expect(fate(draft(at: "::"), to: asked) == .local || asked == "127.0.0.1")
    }

    @Test func `every address is none of others`() {
        #expect(fate(draft(at: "0.0.0.0"), to: "192.168.7.99") == .guarded)
    }

    @Test func `a Unix socket has no address`() {
        let fate = fate(draft(to: "unix:/run/app.sock"), to: "203.0.113.5")
        #expect(fate == .relayed(Sample.id(1), target: nil, source: .gateway))
        #expect(fate.target == nil)
        #expect(fate.forward == Sample.id(1))
    }

    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1", true), ("0.0.0.0", "192.168.7.1", true),
        ("0.0.0.0", "192.168.7.10", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("203.0.113.5", "127.0.0.1", false),
        ("::", "::1", true),
    ])
    func `what would ask itself is refused`(at: String, to: String, isLoop: Bool) {
        let draft = Sample.draft(
            "a", .tcp, Sample.ports(8443), to: to, scope: Sample.scope(at: at))
        let problems = ForwardingTable().deciding(.add([draft])).problems
        #expect(problems == (isLoop ? [.itself] : []))
    }

    @Test(arguments: [
        ("0.0.0.0", "203.0.113.5", true), ("0.0.0.0", "127.0.0.1", true),
        ("127.0.0.1", "203.0.113.5", false), ("::", "203.0.113.5", false),
    ])
    func `every address overlaps with each of its family`(
        first: String, second: String, overlaps: Bool
    ) {
        let one = draft(at: first, to: first == "::" ? "2001:db8:7::10" : "192.168.7.10")
        var other = draft(at: second)
        other.name = Sample.name("b")
        let problems = ForwardingTable([one]).deciding(.add([other])).problems
        #expect(problems.isEmpty != overlaps)
    }
}
