import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Spelling` {
    private func problem(_ body: () throws -> Void) -> (Refusal.Field, Problem)? {
        do {
            try body()
            return nil
        } catch let refusal as Refusal {
            return (refusal.field, refusal.problem)
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test(
        arguments: [
            ("8443/tcp", Sample.ports(8443), .tcp), ("53/udp+tcp", Sample.ports(53), .tcpAndUDP),
            ("27015-27030/UDP", Sample.ports(27015, 27030), .udp),
            ("1/sctp", Sample.ports(1), .sctp),
        ] as [(String, PortRange, Transports)])
    func `the external side is ports and protocols`(
        text: String, ports: PortRange, transports: Transports
    ) throws {
        let external = try ForwardSpelling.external(text)
        #expect(external.ports == ports)
        #expect(external.transports == transports)
    }

    @Test(
        arguments: [
            ("8443", .noTransport), ("8443/", .unknownTransport), ("8443/icmp", .unknownTransport),
            ("8443/tcp/udp", .unknownTransport), ("/tcp", .external(.notANumber)),
            ("0/tcp", .external(.zero)), ("65536/tcp", .external(.tooLarge)),
            ("90-80/tcp", .external(.reversed(meant: Sample.ports(80, 90)))),
            ("http", .external(.notANumber)), ("", .external(.notANumber)),
        ] as [(String, Problem)])
    func `a wrong external side is refused with the reason`(text: String, expected: Problem) {
        let found = problem { _ = try ForwardSpelling.external(text) }
        #expect(found?.0 == .external)
        #expect(found?.1 == expected)
    }

    @Test(
        arguments: [
            ("192.168.7.10:443", "192.168.7.10", 443), ("192.168.7.10", "192.168.7.10", 8443),
            ("[2001:db8::10]:443", "2001:db8::10", 443), ("[2001:db8::10]", "2001:db8::10", 8443),
            ("2001:db8::10", "2001:db8::10", 8443), ("nas.lan:443", "nas.lan", 443),
            ("NAS", "nas", 8443), ("[02:00:00:00:00:01]:443", "02:00:00:00:00:01", 443),
            ("02:00:00:00:00:01", "02:00:00:00:00:01", 8443),
            ("02-00-00-00-00-01:443", "02:00:00:00:00:01", 443),
        ] as [(String, String, UInt16)])
    func `a target is a device and, if wanted, a port`(
        text: String, host: String, port: UInt16
    ) throws {
        let target = try ForwardSpelling.target(text, external: Sample.ports(8443))
        #expect(target == Target(host: Sample.host(host), ports: Sample.ports(port)))
    }

    @Test(
        arguments: [
            ("", .target), (":443", .target), ("[]:443", .target), ("[2001:db8::10", .target),
            ("[2001:db8::10]443", .target), ("2001:db8::10]:443", .target),
            ("300.1.2.3:80", .target),
            ("192.168.7:80", .target), ("2001:db8::10::443", .target), ("a b:80", .target),
            ("nas.lan:", .targetPorts(.notANumber)), ("nas.lan:http", .targetPorts(.notANumber)),
            ("nas.lan:0", .targetPorts(.zero)), ("192.168.7.10:65536", .targetPorts(.tooLarge)),
            ("[2001:db8::10]:", .targetPorts(.notANumber)),
            ("[2001:db8::10/64]:443", .suffix), ("[::10/56]:443", .suffix), ("[::/64]", .suffix),
            ("::10/64@", .suffix), ("[::10/64@a/b]:443", .suffix), ("[::10/64/64]", .suffix),
            ("[::10%br0/64]:443", .suffix), ("192.168.7.0/24", .target),
            ("[::10@br0]:443", .target),
            ("nas.lan:90-80", .targetPorts(.reversed(meant: Sample.ports(80, 90)))),
        ] as [(String, Problem)])
    func `a wrong target is refused with the reason`(text: String, expected: Problem) {
        let found = problem { _ = try ForwardSpelling.target(text, external: Sample.ports(1)) }
        #expect(found?.0 == .to)
        #expect(found?.1 == expected)
    }

    @Test(
        arguments: [
            ("[::10/64]:443", "[::10/64]:443"), ("::10/64", "[::10/64]:8443"),
            ("[::a00:27ff:fe4e:66a1/64]:443", "[::a00:27ff:fe4e:66a1/64]:443"),
            ("[0:0:0:0:0a00:27ff:fe4e:66a1/64@br0]:443", "[::a00:27ff:fe4e:66a1/64@br0]:443"),
        ])
    func `a device in whatever prefix is written by its last 64 bits`(
        text: String, spelled: String
    ) throws {
        let target = try ForwardSpelling.target(text, external: Sample.ports(8443))
        #expect(target.description == spelled)
        let again = try ForwardSpelling.target(spelled, external: Sample.ports(8443))
        #expect(again == target)
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let draft = gen.draft()
        // What an exception and a whole address have inside is what they have outside.
        let isPlain = draft.target.host != .gateway && draft.target.ports != .all
        let target = try ForwardSpelling.target(
            draft.target.description, external: isPlain ? gen.ports() : draft.target.ports)
        #expect(target == draft.target)
        let external = try ForwardSpelling.external(Sample.forward(1, draft).externalText)
        #expect(external.ports == draft.external.ports)
        #expect(external.transports == draft.transports)
    }

    @Test func `lists of prefixes say which one is wrong`() throws {
        #expect(
            try ForwardSpelling.prefixes(["10.0.0.0/8", "::1"], .allow)
                == [Sample.prefix("10.0.0.0/8"), Sample.prefix("::1")])
        let refusal = #expect(throws: Refusal.self) {
            try ForwardSpelling.prefixes(["10.0.0.0/8", "10.0.0.1/8"], .deny)
        }
        let meant = Problem.prefix(.hostBits(meant: Sample.prefix("10.0.0.0/8")))
        #expect(refusal == Refusal(field: .deny, value: "10.0.0.1/8", problem: meant))
    }

    @Test(arguments: ["a", "web-1.lan_x", "0", String(repeating: "n", count: 63)])
    func `a name is letters, digits and what needs no quoting`(text: String) throws {
        #expect(try ForwardSpelling.name(text).text == text)
    }

    @Test(arguments: [
        "", "-a", ".a", "_a", "a b", "a/b", "ä", "a\n", "a:b", String(repeating: "n", count: 64),
    ])
    func `a wrong name is refused`(text: String) {
        #expect(throws: Refusal(field: .name, value: text, problem: .name)) {
            try ForwardSpelling.name(text)
        }
    }

    @Test func `the scope is an interface or an address, not both`() throws {
        #expect(try ForwardSpelling.scope(on: nil, at: nil) == .everyWAN)
        #expect(try ForwardSpelling.scope(on: "wan0", at: nil) == Sample.scope(on: "wan0"))
        #expect(try ForwardSpelling.scope(on: nil, at: "::1") == Sample.scope(at: "::1"))
        let both = problem { _ = try ForwardSpelling.scope(on: "wan0", at: "::1") }
        #expect(both?.1 == .contradiction(with: .at))
        let interface = problem { _ = try ForwardSpelling.scope(on: "wan 0", at: nil) }
        #expect(interface?.1 == .interface)
        let address = problem { _ = try ForwardSpelling.scope(on: nil, at: "wan0") }
        #expect(address?.1 == .address)
    }
}

@Suite struct `Length of time` {
    @Test(
        arguments: [
            ("90s", 90), ("45m", 2700), ("2h", 7200), ("7d", 604_800), ("1w", 604_800),
            ("1h30m", 5400), ("1w1d1h1m1s", 694_861), ("0h1s", 1), ("30m1h", 5400),
            ("3660d", 316_224_000),
        ] as [(String, Int64)])
    func `numbers with units are added up`(text: String, seconds: Int64) throws {
        #expect(try ForwardSpelling.duration(text) == seconds)
    }

    @Test(arguments: [
        "", "0", "90", "s", "0s", "-1h", "+1h", "1y", "1 h", "1H", "1h30", "1.5h", "3661d",
        "9999999999s", "999999999w", "٣h", "h1",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: Refusal(field: .ends, value: text, problem: .duration)) {
            try ForwardSpelling.duration(text)
        }
    }

    @Test func `a text of any length is answered`() {
        let text = String(repeating: "999999999w", count: 20_000)
        #expect(throws: Refusal.self) { try ForwardSpelling.duration(text) }
        let digits = String(repeating: "9", count: 100_000) + "s"
        #expect(throws: Refusal.self) { try ForwardSpelling.duration(digits) }
    }
}

@Suite struct `Nearest name` {
    private static let names = ["nas", "web", "minecraft", "minecraft-bedrock", "ssh", "SMTP"]

    @Test(arguments: [
        ("nsa", "nas"), ("na", "nas"), ("nass", "nas"), ("mincraft", "minecraft"),
        ("Minecraft", "minecraft"), ("minecarft", "minecraft"), ("smtp", "SMTP"), ("sh", "ssh"),
        ("minecraft-bedrok", "minecraft-bedrock"), ("ssh", "ssh"),
    ])
    func `a slip of the fingers is forgiven`(text: String, nearest: String) {
        #expect(nearestName(to: text, among: Self.names) == nearest)
    }

    @Test(arguments: ["wireguard", "postgres", "printer"])
    func `nothing is suggested when nothing is near`(text: String) {
        #expect(nearestName(to: text, among: Self.names) == nil)
    }

    @Test func `of two as near the first in the alphabet is taken`() {
        #expect(nearestName(to: "cat", among: ["hat", "bat", "rat"]) == "bat")
        #expect(nearestName(to: "cat", among: [String]()) == nil)
    }
}
