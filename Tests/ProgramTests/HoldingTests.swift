import Addressing
import Foundation
import TestKit
import Testing

/// Other programs in a table that the kernel does not protect (before Linux 6.9, or by the settings).
@Suite struct `Holding the table` {
    private static let unowned = """
        [kernel]
        owner = "off"

        """
    private let outside = Sample.endpoint("203.0.113.5", 8443)

    struct Attack: CustomTestStringConvertible {
        var testDescription: String
        var script: String
    }

    static let attacks = [
        Attack(testDescription: "flush ruleset", script: "nft flush ruleset"),
        Attack(
            testDescription: "an element deleted",
            script: "nft delete element inet portcullis any4 '{ tcp . 8443 }'"),
        Attack(
            testDescription: "an element edited",
            script: """
                nft 'flush map inet portcullis dst4
                add element inet portcullis dst4 { 0x100 : 192.168.7.20 . 443 }'
                """),
        Attack(
            testDescription: "a foreign rule",
            script: "nft insert rule inet portcullis first drop"),
        Attack(testDescription: "a table deleted", script: "nft delete table inet portcullis"),
    ]

    /// P4 of the pains: other tools flush the rules.
    @Test(arguments: attacks)
    func `P4: what another program did is put right within two seconds, and no flow is cut`(
        attack: Attack
    ) async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.unowned)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(try await Wire.connected(on: lab.internet, to: outside))
            let accepted = try #require(try server.accept())
            let before = try lab.listing()
            try lab.gateway.shell(attack.script)
            let start = ContinuousClock.now
            while try lab.listing() != before, .now - start < .seconds(10) {}
            #expect(.now - start < .seconds(2))
            #expect(try lab.listing() == before)

            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            let later = try #require(try await Wire.connected(on: lab.internet, to: outside))
            #expect(try server.accept() != nil)
            let log = try gateway.done("log")
            #expect(log.contains("restored") && log.contains("nft (thread"))
            withExtendedLifetime(later) {}
        }
    }

    /// The kernel unhooks its translation with the last table that asks for it.
    @Test func `a flow that is busy all the while is not cut by a flush`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.unowned)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(try await Wire.connected(on: lab.internet, to: outside))
            let accepted = try #require(try server.accept())
            let before = try lab.listing()
            // The daemon is held, so that the gap is as long as it takes to send in it.
            gateway.signal(SIGSTOP)
            try lab.gateway.shell("nft flush ruleset")
            for byte in 1...5 as ClosedRange<UInt8> {
                try client.send([byte])
                #expect(try accepted.wire.receive() == [byte])
            }
            gateway.signal(SIGCONT)
            #expect(try await eventually(within: 10) { try lab.listing() == before })
            try client.send([6])
            #expect(try accepted.wire.receive() == [6])
            #expect(try lab.gateway.shell("nft list tables").contains("portcullis_anchor"))
            gateway.terminate()
            #expect(try !lab.gateway.shell("nft list tables").contains("portcullis_anchor"))
        }
    }

    @Test func `after three fights the other has its way, with an alarm, until a reload`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway, config: Self.unowned)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let before = try lab.listing()
            for _ in 1...3 {
                try lab.gateway.shell("nft flush ruleset")
                let end = ContinuousClock.now + .seconds(5)
                while try lab.listing() != before, .now < end {}
                #expect(try lab.listing() == before)
            }
            try lab.gateway.shell("nft flush ruleset")
            let end = ContinuousClock.now + .seconds(5)
            while try !gateway.done("status").contains("ALARM"), .now < end {}
            #expect(try gateway.done("status").contains("nft (thread"))
            #expect(try gateway.done("log").contains("no longer restored"))
            #expect(try lab.listing().isEmpty)

            gateway.signal(SIGHUP)
            let limit = ContinuousClock.now + .seconds(5)
            while try lab.listing() != before, .now < limit {}
            #expect(try lab.listing() == before)
            #expect(try !gateway.done("status").contains("ALARM"))
        }
    }

    @Test func `a foreign commit that comes to nothing raises no alarm after three fights`()
        async throws
    {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(
                on: lab.gateway, config: Self.unowned + "[daemon]\nlog_level = \"debug\"\n")
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let before = try lab.listing()
            for _ in 1...3 {
                try lab.gateway.shell("nft flush ruleset")
                #expect(try await eventually { try lab.listing() == before })
            }
            try lab.gateway.shell(
                """
                nft 'add element inet portcullis any4 { tcp . 9000 : 0x900 }
                delete element inet portcullis any4 { tcp . 9000 }'
                """)
            #expect(await eventually { gateway.log.contains("nothing in it is different") })
            #expect(try !gateway.done("status").contains("ALARM"))
            try lab.gateway.shell("nft delete element inet portcullis any4 '{ tcp . 8443 }'")
            #expect(try await eventually { try gateway.done("status").contains("ALARM") })
        }
    }

    @Test func `where the kernel protects the table, others cannot change it`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let before = try lab.listing()
            _ = try? lab.gateway.shell("nft flush ruleset")
            #expect(throws: (any Error).self) {
                try lab.gateway.shell("nft delete table inet portcullis")
            }
            #expect(try lab.listing() == before)
            #expect(try !gateway.done("log").contains("restored"))
        }
    }
}

extension Lab {
    /// Our table as `nft` prints it, counters and the order of sets left out.
    fileprivate func listing() throws -> [String] {
        let tables = try gateway.shell("nft list tables").split(separator: "\n")
        guard tables.contains("table inet portcullis") else { return [] }
        return try gateway.shell("nft -s list table inet portcullis").split { "\n,{}".contains($0) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !["", "size 65535"].contains($0) && !$0.hasSuffix("counter") }
            .filter { !$0.hasPrefix("# progname") && $0 != "elements =" }
            .sorted()
    }
}
