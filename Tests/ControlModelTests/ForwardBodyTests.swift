import Addressing
import ControlModel
import Forwarding
import Foundation
import TestKit
import Testing

extension Gen {
    fileprivate mutating func forward() -> Forward {
        let first = UInt16(int(1...65535))
        let ports = Sample.ports(first, oneIn(2) ? first : UInt16(int(Int(first)...65535)))
        let hosts = ["192.168.7.10", "2001:db8:7::10", "nas.lan", "02:00:00:00:00:01"]
        let scopes: [ExternalSide.Scope] = [
            .everyWAN, .interface(Sample.interface("wan0")),
            .address(Sample.address("203.0.113.5")), .address(Sample.address("2001:db8:ff::5")),
        ]
        let prefixes = ["0.0.0.0/0", "10.0.0.0/8", "203.0.113.9", "2001:db8::/32", "::/0"]
        func some(_ gen: inout Gen) -> [Prefix] {
            prefixes.filter { _ in gen.oneIn(3) }.map(Sample.prefix)
        }
        var draft = Sample.draft(
            pick(["nas", "tcp-8443", "A.b_c-9", String(repeating: "x", count: 63)]),
            pick([.tcp, .udp, .tcpAndUDP, .sctp]), ports, to: pick(hosts),
            targetPorts: ports.moved(to: 1),
            scope: pick(scopes), sources: SourcePolicy(allowed: some(&self), denied: some(&self)),
            hairpin: oneIn(2), sourceAddress: pick(SourceAddress.allCases), nat6: oneIn(2),
            ends: oneIn(2) ? .at(Timestamp(seconds: Int64(int(0...253_402_300_799)))) : .never)
        draft.enabled = oneIn(2)
        draft.asksUpstream = oneIn(2)
        draft.limits = limits()
        draft.relay = relayTerms(ports)
        if draft.relay.isTransparent { draft.sourceAddress = .kept }
        draft.schedule = oneIn(2) ? weeklySchedule() : nil
        draft.closing = pick(Closing.allCases)
        if oneIn(8) {
            draft.transports = .everything
            draft.relay = .none
            (draft.external.ports, draft.target.ports) = (.all, .all)
        }
        draft.comment = pick(["", "für \"uns\"", "\\u0000 \t", "# no comment", "a = 'b'"])
        return Sample.forward(7, draft)
    }
}

@Suite struct `Forward body` {
    @Test(arguments: Seed.batch(500))
    func `a forward comes back with the same terms, also through JSON`(seed: Seed) throws {
        var gen = Gen(seed)
        let forward = gen.forward()
        let body = ForwardBody(forward)
        #expect(Sample.forward(9, try body.draft()).terms == forward.terms)
        let sent = try JSONDecoder().decode(ForwardBody.self, from: JSONEncoder().encode(body))
        #expect(sent == body)
    }

    @Test(arguments: Seed.batch(200))
    func `what the API shows of a forward makes the same forward`(seed: Seed) throws {
        var gen = Gen(seed)
        let forward = gen.forward()
        let view = Views.Forward(
            forward, state: "in-force", targets: [], traffic: Traffic(), monthBytes: 7,
            nextChange: nil, choice: forward.engineChoice(among: .both))
        let shown = try JSONDecoder().decode(Views.Forward.self, from: JSONEncoder().encode(view))
        #expect(shown == view)
        #expect(shown.body == ForwardBody(forward))
    }

    @Test(arguments: Seed.batch(200))
    func `a body that repeats a forward changes nothing about it`(seed: Seed) throws {
        var gen = Gen(seed)
        let forward = gen.forward()
        var edit = try ForwardBody(forward).edit(of: forward)
        // An absent list and an absent end leave what is there; neither is said here.
        edit.ends = edit.ends ?? .never
        let surroundings = Surroundings()
        var table = ForwardingTable()
        table.insert(forward)
        let outcome = decide(
            .edit(forward.name, edit), by: Requester(name: "test", origin: .operator), table: table,
            surroundings: surroundings, now: Timestamp(seconds: 0))
        #expect(outcome == .accepted([], []))
    }

    private static func body(_ change: (inout ForwardBody) -> Void = { _ in }) -> ForwardBody {
        var body = ForwardBody()
        (body.external, body.to) = ("8443/tcp", "192.168.7.10:443")
        change(&body)
        return body
    }

    @Test func `only ports and target have to be said; the rest is the careful default`() throws {
        let draft = try Self.body().draft()
        #expect(draft.name.text == "tcp-8443")
        #expect(draft.sources.isAnywhere)
        #expect(draft.hairpin && draft.enabled && !draft.translatesIPv6)
        #expect(draft.sourceAddress == .kept)
        #expect(draft.ends == .never)
        #expect(draft.external.scope == .everyWAN)
    }

    @Test func `forwards that may stand side by side get names of their own`() throws {
        let names = try [
            Self.body(), Self.body { $0.external = "8443/udp" }, Self.body { $0.on = "wan0" },
            Self.body { $0.at = "203.0.113.5" }, Self.body { $0.at = "2001:db8::5" },
            Self.body { $0.to = "[2001:db8:7::10]:8443" },
            Self.body { $0.external = "8443-8450/tcp" },
        ].map { try $0.draft().name.text }
        #expect(Set(names).count == names.count)
    }

    private struct Wrong: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var body: ForwardBody
        var field: Refusal.Field
        var value: String

        init(
            _ field: Refusal.Field, _ value: String,
            _ change: (inout ForwardBody) -> Void
        ) {
            testDescription = "\(field) \(value)"
            (self.field, self.value) = (field, value)
            body = ForwardBodyTests.named(change)
        }
    }

    @Test(arguments: [
        Wrong(.external, "") { $0.external = nil }, Wrong(.to, "") { $0.to = nil },
        Wrong(.external, "0/tcp") { $0.external = "0/tcp" },
        Wrong(.to, "x y") { $0.to = "x y" },
        Wrong(.allow, "10.0.0.1/8") { $0.allow = ["10.0.0.1/8"] },
        Wrong(.deny, "all") { $0.deny = ["::/0", "all"] },
        Wrong(.source, "new") { $0.source = "new" },
        Wrong(.lasting, "2h") { ($0.for, $0.ends) = ("2h", "never") },
        Wrong(.ends, "2x") { $0.for = "2x" }, Wrong(.ends, "soon") { $0.ends = "soon" },
        Wrong(.on, "a/b") { $0.on = "a/b" }, Wrong(.at, "there") { $0.at = "there" },
        Wrong(.on, "wan0\" with \"203.0.113.5") { ($0.on, $0.at) = ("wan0", "203.0.113.5") },
    ])
    private func `what is wrong is named with its forward`(wrong: Wrong) {
        #expect {
            try wrong.body.draft()
        } throws: { error in
            guard let refusal = error as? Refusal else { return false }
            return refusal.field == wrong.field && refusal.value == wrong.value
                && refusal.forward == Sample.name("nas")
        }
    }

    @Test func `an interface that cannot be one is named, not the name made of it`() {
        for (on, at) in [("a/b", nil), (nil, "x:y/z")] as [(String?, String?)] {
            #expect {
                try Self.body { ($0.on, $0.at) = (on, at) }.draft()
            } throws: { error in
                (error as? Refusal)?.field == (on == nil ? .at : .on)
            }
        }
    }
}

/// For the argument table, which is made before its suite.
private enum ForwardBodyTests {
    static func named(_ change: (inout ForwardBody) -> Void) -> ForwardBody {
        var body = ForwardBody()
        (body.name, body.external, body.to) = ("nas", "8443/tcp", "192.168.7.10:443")
        change(&body)
        return body
    }
}
