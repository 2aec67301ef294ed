import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Spelling the terms of a relay` {
    private static let ports = Sample.ports(443)

    private func read(_ field: Refusal.Field, _ values: [String]) throws -> RelayTerms {
        var terms = RelayTerms.none
        try terms.set(field, values, external: Self.ports)
        return terms
    }

    @Test(arguments: Seed.batch(300))
    func `what is printed is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let terms = gen.relayTerms(Self.ports)
        var again = RelayTerms.none
        for (field, values) in terms.spelled {
            try again.set(field, values, external: Self.ports)
        }
        #expect(again == terms)
    }

    @Test(
        arguments: [
            (.proxy, "none"), (.proxyUDP, "none"), (.check, "none"), (.balance, "round-robin"),
            (.engine, "auto"), (.otherNames, "target"), (.crossFamilies, "false"),
            (.bandwidthPerFlow, "none"), (.timeoutIdle, "standard"), (.timeoutUDP, "standard"),
        ] as [(Refusal.Field, String)])
    func `every term can be taken back`(field: Refusal.Field, value: String) throws {
        var terms = RelayTerms(
            engine: .relay, proxy: .v1, datagramProxy: .simple, balance: .leastConnections,
            check: HealthCheck(), refusesOtherNames: true, crossesFamilies: true,
            flowBandwidth: 8000, timeouts: RelayTimeouts(idle: 1, datagrams: 1))
        let before = terms.spelled.map(\.field)
        try terms.set(field, [value], external: Self.ports)
        #expect(terms.spelled.map(\.field) == before.filter { $0 != field })
    }

    @Test(
        arguments: [
            ("2s", 2, 3, 2), ("1m", 60, 3, 2), ("2s fall 5", 2, 5, 2),
            ("1h rise 1 fall 9", 3600, 9, 1),
        ] as [(String, UInt32, UInt32, UInt32)])
    func `a check is an interval, and how many tries count`(
        text: String, interval: UInt32, fall: UInt32, rise: UInt32
    ) throws {
        let check = HealthCheck(interval: interval, fall: fall, rise: rise)
        #expect(try read(.check, [text]).check == check)
        #expect(try read(.check, [check.description]).check == check)
    }

    @Test(
        arguments: [
            (.engine, "fast", .choice(["auto", "kernel", "relay"])),
            (.proxy, "v3", .choice(["v1", "v2", "none"])),
            (.proxyUDP, "v2", .choice(["v2-each", "v2-first", "spp", "none"])),
            (.balance, "none", .choice(["round-robin", "least-connections", "source-hash"])),
            (.otherNames, "no", .choice(["target", "refuse"])),
            (.check, "", .relay(.check)), (.check, "2", .relay(.check)),
            (.check, "2h", .relay(.check)), (.check, "2s fall", .relay(.check)),
            (.check, "2s fall 0", .relay(.check)), (.check, "2s rise 101", .relay(.check)),
            (.check, "2s down 3", .relay(.check)), (.bandwidthPerFlow, "10", .bandwidth),
            (.timeoutConnect, "0s", .relay(.wait(most: 86_400))),
            (.timeoutConnect, "2d", .relay(.wait(most: 86_400))),
            (.timeoutIdle, "31d", .relay(.wait(most: 2_592_000))),
            (.timeoutUDP, "soon", .relay(.wait(most: 86_400))),
            (.names, "www.example.com", .relay(.route)),
            (.names, "a b=192.168.7.10", .relay(.namePattern)),
            (.names, "*=192.168.7.10", .relay(.namePattern)),
            (.names, "a.example=x y", .target), (.also, "192.168.7.10:0", .targetPorts(.zero)),
            (.also, "unix:app.sock", .relay(.socketPath)),
            (.trustedProxies, "10.0.0.1/8", .prefix(.hostBits(meant: Sample.prefix("10.0.0.0/8")))),
        ] as [(Refusal.Field, String, Problem)])
    func `what is wrong is named by its key`(
        field: Refusal.Field, text: String, problem: Problem
    ) {
        let refusal = #expect(throws: Refusal.self) { try read(field, [text]) }
        #expect(refusal?.field == field)
        #expect(refusal?.problem == problem)
    }

    @Test func `a Unix socket is an absolute path; a host may be called unix`() throws {
        let target = try ForwardSpelling.target("unix:/run/my app:1.sock", external: Self.ports)
        #expect(target.description == "unix:/run/my app:1.sock")
        #expect(target.ports == Self.ports)
        let host = try ForwardSpelling.target("unix:80", external: Self.ports)
        #expect(host == Target(host: Sample.host("unix"), ports: Sample.ports(80)))
        let long = "unix:/" + String(repeating: "x", count: 107)
        for text in ["unix:", "unix:run", long, "unix:/a\nb"] {
            let refusal = #expect(throws: Refusal.self) {
                try ForwardSpelling.target(text, external: Self.ports)
            }
            #expect(refusal?.problem == .relay(.socketPath))
        }
    }

    @Test func `targets that had the external ports have the new ones, others keep theirs`() throws
    {
        let former = try read(.also, ["192.168.7.11", "192.168.7.12:80"])
        let moved = former.moved(from: Self.ports, to: Sample.ports(8443))
        #expect(moved.spares.map(\.ports) == [Sample.ports(8443), Sample.ports(80)])
    }

    @Test(arguments: [(1, "1s"), (90, "1m30s"), (3600, "1h"), (90_061, "1d1h1m1s")])
    func `a time is written as it is read`(seconds: UInt32, text: String) throws {
        #expect(ForwardSpelling.waitText(seconds) == text)
        #expect(try ForwardSpelling.duration(text) == Int64(seconds))
    }
}
