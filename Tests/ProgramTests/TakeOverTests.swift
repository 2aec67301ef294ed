import Addressing
import TestKit
import Testing

/// A daemon that takes the place of the one that runs, without a connection noticing.
@Suite(.serialized) struct `Taking over` {
    private static let relayed = Sample.endpoint("203.0.113.5", 8444)
    private static let inKernel = Sample.endpoint("203.0.113.5", 8443)

    /// A gateway with one forward for each engine.
    private static func gateway(
        _ lab: Lab, config: String? = nil, as user: GatewayProcess.User = .root
    ) async throws -> GatewayProcess {
        let gateway = try await GatewayProcess(on: lab.gateway, config: config, as: user)
        try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "first")
        try gateway.done(
            "add", "8444/tcp", "192.168.7.10:443", "--name", "second", "--engine", "relay")
        return gateway
    }

    @Test(arguments: [GatewayProcess.User.root, .nobody])
    func `ten times in a row: no new connection is refused, no old one is cut`(
        user: GatewayProcess.User
    ) async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let sink = try await Wire.listening(.tcp, on: lab.lan1, 9000)
            let gateway = try await Self.gateway(lab, as: user)
            try gateway.done(
                "add", "9000/tcp", "192.168.7.10:9000", "--name", "sink", "--engine", "relay")
            var transfers: [Transfer] = []
            let places = [Self.relayed, Self.inKernel]
            let outcome = try await Load.on(places, from: lab.internet) {
                for _ in 1...10 {
                    let client = try #require(
                        try await Wire.connected(
                            on: lab.internet, to: Sample.endpoint("203.0.113.5", 9000)))
                    transfers.append(
                        Transfer(from: client, to: try #require(try sink.accept()).wire))
                    try await gateway.takeOver()
                }
            }
            #expect(outcome.failed == 0, "\(outcome)")
            #expect(outcome.answered > 100, "\(outcome)")
            #expect(gateway.formerCount == 10)
            for transfer in transfers {
                #expect(transfer.count > 0)
                #expect(await transfer.isWhole())
            }
            // With its last connection each of them ends.
            #expect(await eventually(within: 300) { gateway.formerCount == 0 })
            #expect(try gateway.json(["status"], as: Status.self).in_force == 3)
            withExtendedLifetime(server) {}
        }
    }

    @Test func `where nobody runs, it is a start as ever`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(
                on: lab.gateway, options: ["--wan", "wan0", "--take-over"])
            try gateway.done(
                "add", "8444/tcp", "192.168.7.10:443", "--name", "second", "--engine", "relay")
            #expect(try await asks(Self.relayed, from: lab.internet) == "nas")
            #expect(!gateway.log.contains("took over"))
            gateway.kill()
            // What a dead one has left behind is in nobody's way.
            try await gateway.start()
            #expect(try await asks(Self.relayed, from: lab.internet) == "nas")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `a connection that does not end is cut when the patience is over`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await Self.gateway(lab, config: "[relay]\ndrain = 2\n")
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Self.relayed))
            let accepted = try #require(try server.accept())
            try await gateway.takeOver()
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            #expect(await eventually(within: 10) { gateway.formerCount == 0 })
            #expect(gateway.log.contains("1 connections were cut"))
            #expect(try accepted.wire.receive(within: 2000) ?? [] == [])
        }
    }

    @Test func `the kernel's table is handed over as it is, with its flows and counters`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await Self.gateway(lab)
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Self.inKernel))
            let accepted = try #require(try server.accept())
            let handle = "nft -a list table inet portcullis | head -1"
            let before = try lab.gateway.shell(handle)
            try await gateway.takeOver()
            #expect(try lab.gateway.shell(handle) == before)
            try client.send([1])
            #expect(try accepted.wire.receive() == [1])
            #expect(try gateway.json(["show", "first"], as: Shown.self).traffic.flows == 1)
            #expect(try gateway.json(["status"], as: Status.self).adopted >= 1)
            // It is the new one's table: it can change it.
            try gateway.done("remove", "first")
            #expect(try await asks(Self.inKernel, from: lab.internet, within: 300) == nil)
        }
    }

    @Test func `datagrams find their target again, by a flow of the new process`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.udp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done(
                "add", "8444/udp", "192.168.7.10:443", "--name", "dns", "--engine", "relay")
            let client = try await Wire.udp(on: lab.internet, to: Self.relayed)
            for turn in 1...4 as ClosedRange<UInt8> {
                try client.send([turn])
                let (bytes, source) = try #require(try server.receiveWithSource())
                #expect(bytes == [turn])
                try server.send([turn, turn], to: try #require(source))
                #expect(try client.receive() == [turn, turn])
                if turn < 4 { try await gateway.takeOver() }
            }
        }
    }
}
