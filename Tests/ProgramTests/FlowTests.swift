import Addressing
import Foundation
import TestKit
import Testing

/// Flows seen from outside are the same with both engines: listed, ended by hand, and counted over
/// restarts.
@Suite struct `Flows of the program` {
    private static let outside = Sample.endpoint("203.0.113.5", 8443)

    private struct Ended: Decodable {
        var flows: [Flow]

        struct Flow: Decodable {
            var forward: String
            var transport: String
            var client: String
            var external_port: Int
            var reason: String
            var why: String
            var ended: String
            var bytes_in: Int
        }
    }

    private static func gateway(_ lab: Lab, _ engine: String) async throws -> GatewayProcess {
        try await GatewayProcess(on: lab.gateway, options: ["--wan", "wan0", "--engine", engine])
    }

    private static func reasons(_ gateway: GatewayProcess) throws -> [String] {
        try gateway.json(["flows", "nas", "--ended"], as: Ended.self).flows.map(\.reason)
    }

    @Test(arguments: ["kernel", "relay"])
    func `a live connection is ended by hand, and its client sees the end`(engine: String)
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await Self.gateway(lab, engine)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Self.outside))
            let target = try #require(try server.accept()).wire
            try client.send([1])
            #expect(try target.receive() == [1])
            let other = try #require(try await Wire.connected(on: lab.internet, to: Self.outside))
            let kept = try #require(try server.accept()).wire

            let flows = try gateway.json(["flows", "nas"], as: FlowsShown.self).flows
            #expect(flows.count == 2)
            #expect(flows.allSatisfy { $0.engine == engine && $0.state == "established" })
            let name = try client.name(of: .own).description
            let flow = try #require(flows.first { $0.client == name })
            let table = try gateway.done("flows")
            #expect(table.contains(flow.id))
            #expect(table.contains("ENGINE") == (engine == "relay"))

            #expect(try gateway.done("end", flow.id).hasPrefix("\(flow.id) ended: nas, "))
            // A client of the kernel's learns of it when it says something.
            if engine == "kernel" { try client.send([2]) }
            #expect(try client.isEnded())
            try other.send([3])
            #expect(try kept.receive() == [3])

            let again = try gateway.cli("end", flow.id)
            #expect(again.code == 1)
            #expect(again.output.isEmpty)
            #expect(
                again.errors
                    == "portcullis: flow \"\(flow.id)\" is not there, or has ended; \"portcullis flows\" lists those that live\n"
            )
            let log = try gateway.done("log", "nas", "--number", "1")
            #expect(log.contains("flow-ended") && log.contains(flow.id) && log.contains(name))
            #expect(try Self.reasons(gateway) == (engine == "relay" ? ["KD"] : []))
        }
    }

    @Test func `one that is gone does not keep the others from being ended`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await Self.gateway(lab, "relay")
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(
                try await Wire.connected(on: lab.internet, to: Self.outside))
            _ = try #require(try server.accept())
            let flows = try gateway.json(["flows"], as: FlowsShown.self).flows
            let id = try #require(flows.first).id
            let result = try gateway.cli("end", "r0-999-1", id, "no flow", "-o", "json")
            #expect(result.code == 1)
            #expect(result.errors.split(separator: "\n").count == 2)
            let ended = try JSONDecoder().decode(
                FlowsShown.self, from: Data(result.output.utf8))
            #expect(ended.flows.map(\.id) == [id])
            #expect(try client.isEnded())
        }
    }

    @Test func `those that ended are listed with their reasons, the newest first`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await Self.gateway(lab, "relay")
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            try gateway.done("add", "8444/tcp", "192.168.7.10:9", "--name", "shut")
            #expect(try gateway.done("flows", "--ended").hasPrefix("no flows"))
            #expect(try await asks(Self.outside, from: lab.internet) == "nas")
            #expect(try await eventually { try Self.reasons(gateway) == ["--"] })
            let shut = Sample.endpoint("203.0.113.5", 8444)
            #expect(try await asks(shut, from: lab.internet) == nil)
            #expect(
                try await eventually {
                    try gateway.json(["flows", "--ended"], as: Ended.self).flows.map(\.reason)
                        .contains("SC")
                })
            let flows = try gateway.json(["flows", "--ended"], as: Ended.self).flows
            let refused = try #require(flows.first { $0.reason == "SC" })
            #expect(refused.forward == "shut")
            #expect(refused.external_port == 8444)
            #expect(refused.transport == "tcp")
            #expect(refused.client.hasPrefix("203.0.113.9:"))
            #expect(refused.why.hasPrefix("the target refused"))
            #expect(flows.map(\.ended) == flows.map(\.ended).sorted(by: >))
            #expect(
                try gateway.json(["flows", "--ended", "-n", "1"], as: Ended.self).flows.count == 1)
            #expect(try gateway.done("flows", "nas", "--ended").contains("both sides ended"))
            #expect(try gateway.cli("flows", "nobody", "--ended").code == 1)
            withExtendedLifetime(server) {}
        }
    }

    @Test(arguments: ["kernel", "relay"])
    func `counters add up over a restart, however much comes behind it`(engine: String)
        async throws
    {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await Self.gateway(lab, engine)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            func flows() throws -> Int {
                try gateway.json(["show", "nas"], as: Shown.self).traffic.flows
            }
            #expect(try await asks(Self.outside, from: lab.internet) == "nas")
            #expect(gateway.terminate() == 0)
            try await gateway.start()
            #expect(try flows() == 1)
            for _ in 0..<5 {
                #expect(try await asks(Self.outside, from: lab.internet) == "nas")
            }
            #expect(try flows() == 6)
            #expect(gateway.terminate() == 0)
            try await gateway.start()
            #expect(try flows() == 6)
            let shown = try gateway.json(["show", "nas"], as: Shown.self)
            #expect(shown.traffic.bytes_out >= 6 * 3)
            #expect(shown.state == "in-force")
            withExtendedLifetime(server) {}
        }
    }
}
