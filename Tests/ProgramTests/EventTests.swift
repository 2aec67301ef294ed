import Addressing
import Foundation
import TestKit
import Testing

@Suite struct `The event stream` {
    private static func listener(
        _ gateway: GatewayProcess, _ host: TestKit.Host, _ query: String = ""
    ) async throws -> BackgroundProcess {
        try await BackgroundProcess(
            [
                "curl", "-sSN", "--unix-socket", gateway.socket,
                "http://gateway/v1/events\(query)",
            ], on: host, ready: "event: hello")
    }

    /// The contents of all events of a name so far.
    private static func events(_ name: String, _ stream: BackgroundProcess) throws -> [String] {
        let mark = "event: \(name)\ndata: "
        return try stream.text().components(separatedBy: mark).dropFirst().map {
            String($0.prefix { $0 != "\n" })
        }
    }

    @Test func `tells of changes, who made them, and what is carried`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            let stream = try await Self.listener(
                gateway, lab.gateway, "?topics=table,activity,counters,flows")
            try gateway.done("add", "50001/tcp", "192.168.7.10:443", "--name", "nas")
            #expect(
                try await eventually {
                    try Self.events("table", stream).last == #"{"revision":1}"#
                        && Self.events("activity", stream).contains {
                            $0.contains(#""kind":"added""#)
                        }
                })
            let client = try #require(
                try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint("203.0.113.5", 50001)))
            let target = try #require(try server.accept()).wire
            try client.send(Array(repeating: 7, count: 1000))
            #expect(try target.receive(exactly: 1000).count == 1000)
            #expect(
                try await eventually {
                    try Self.events("counters", stream).contains { $0.contains(#""flows":1"#) }
                        && Self.events("flows", stream).contains { $0.contains("established") }
                })
            #expect(try Self.events("requests", stream).isEmpty)
        }
    }

    @Test func `is of one forward alone where it is asked for one`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "50001/tcp", "192.168.7.10:443", "--name", "nas")
            try gateway.done("add", "50002/tcp", "192.168.7.10:443", "--name", "tv")
            let whole = try await Self.listener(gateway, lab.gateway, "?topics=counters")
            let part = try await Self.listener(gateway, lab.gateway, "?topics=counters&forward=tv")
            for port in [50001, 50002] as [UInt16] {
                let client = try #require(
                    try await Wire.connected(
                        on: lab.internet, to: Sample.endpoint("203.0.113.5", port)))
                let target = try #require(try server.accept()).wire
                try client.send([1])
                #expect(try target.receive() == [1])
                withExtendedLifetime(client) {}
            }
            #expect(
                try await eventually {
                    let all = try Self.events("counters", whole).joined()
                    return try all.contains(#""nas":"#) && all.contains(#""tv":"#)
                        && Self.events("counters", part).joined().contains(#""tv":"#)
                })
            #expect(try !Self.events("counters", part).joined().contains(#""nas":"#))
        }
    }

    @Test(arguments: [
        ("topics=everything", 422), ("forward=nope", 404), ("topics=table,,x", 422),
    ])
    func `refuses what it does not know`(query: String, status: Int) async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let answer = try gateway.ask("GET", "/v1/events?\(query)", seconds: 10)
            #expect(answer.status == status, "\(answer)")
            #expect(answer.problem != nil)
        }
    }

    @Test func `keeps nobody waiting when the daemon ends`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let stream = try await Self.listener(gateway, lab.gateway)
            let (clock, start) = (ContinuousClock(), ContinuousClock.now)
            #expect(gateway.terminate() == 0)
            #expect(clock.now - start < .seconds(20))
            withExtendedLifetime(stream) {}
        }
    }

    @Test func `metrics name forwards and never clients, and say how it is`() async throws {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "50001/tcp", "192.168.7.10:443", "--name", "nas")
            let client = try #require(
                try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint("203.0.113.5", 50001)))
            let target = try #require(try server.accept()).wire
            try client.send(Array(repeating: 7, count: 1000))
            #expect(try target.receive(exactly: 1000).count == 1000)
            let answer = try gateway.ask("GET", "/metrics")
            #expect(answer.type.hasPrefix("application/openmetrics-text; version=1.0.0"))
            let lines = answer.text.split(separator: "\n").map(String.init)
            #expect(lines.last == "# EOF")
            #expect(lines.contains(#"portcullis_forward_flows_total{forward="nas"} 1"#))
            #expect(lines.contains(#"portcullis_forward_in_force{forward="nas"} 1"#))
            #expect(!answer.text.contains("203.0.113"))
            for path in ["/health/live", "/health/ready"] {
                #expect(try gateway.ask("GET", path).text == #"{"status":"ok"}"#)
            }
        }
    }

    @Test func `devices inside are shown with their addresses and what leads to them`()
        async throws
    {
        try await Lab.with { lab in
            let server = try await Wire.listening(.tcp, on: lab.lan1, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "50001/tcp", "192.168.7.10:443", "--name", "nas")
            _ = try #require(
                try await Wire.connected(
                    on: lab.internet, to: Sample.endpoint("203.0.113.5", 50001)))
            _ = try server.accept()
            let answer = try gateway.ask("GET", "/v1/devices")
            let shown = try JSONDecoder().decode(DevicesShown.self, from: answer.body)
            let device = try #require(shown.devices.first { $0.address == "192.168.7.10" })
            #expect(device.forwards == ["nas"])
            #expect(device.mac.count == 17)
            #expect(!shown.devices.contains { $0.address.hasPrefix("203.0.113") })
        }
    }
}

private struct DevicesShown: Decodable {
    var devices: [Device]

    struct Device: Decodable {
        var address: String
        var mac: String
        var forwards: [String]
    }
}
