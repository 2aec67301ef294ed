import Addressing
import Foundation
import TestKit
import Testing

/// The other roads.
@Suite struct `Trace of other roads` {
    @Test func `hosts inside, IPv6 pinholes and datagrams are followed, too`() async throws {
        try await Lab.with { lab in
            let web = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let name = try await Echo("dns", on: lab.lan1, .udp, 53)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            try gateway.done("add", "443/tcp", "2001:db8:7::10", "--name", "pin")
            try gateway.done("add", "53/udp", "192.168.7.10", "--name", "dns")
            for arguments in [
                ["192.168.7.20", "nas", "--from-lan"], ["192.168.9.30", ":8443/tcp", "--from-lan"],
                ["2001:db8:51::7", "pin"], ["198.51.100.7", "dns"],
                ["2001:db8:51::7", "[2001:db8:7::10]:443/tcp", "--on", "wan0"],
            ] {
                let foreseen = try gateway.cli(["trace"] + arguments)
                #expect(foreseen.code == 0, "\(foreseen.output)\(foreseen.errors)")
                let live = try gateway.cli(["trace", "--live"] + arguments)
                #expect(live.code == 0, "\(live.output)\(live.errors)")
                #expect(!live.output.contains("DIFFERS"), "\(live.output)")
            }
            withExtendedLifetime((web, name)) {}
        }
    }

    @Test func `what no forward names meets the guard, or nobody`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            for (place, kind) in [("[2001:db8:7::10]:443/tcp", "guard"), (":80/tcp", "local")] {
                let arguments = ["trace", "2001:db8:51::7", place, "--live", "-o", "json"]
                let result = try gateway.cli(arguments)
                #expect(result.code == 1)
                let traced = try JSONDecoder().decode(Traced.self, from: Data(result.output.utf8))
                #expect(traced.steps.last?.kind == kind)
                #expect(traced.live?.packet.allSatisfy { $0.agrees != false } == true)
            }
        }
    }

    @Test func `a real packet is waited for where none is to be made`() async throws {
        try await Lab.with { lab in
            let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
            let gateway = try await GatewayProcess(on: lab.gateway)
            try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
            async let waiting = gateway.ask(
                "GET", "/v1/trace?from=203.0.113.9&to=nas&live=wait&seconds=20")
            let seen = try await eventually(within: 300) {
                try lab.gateway.shell("nft list tables").contains("portcullis_trace")
            }
            #expect(seen)
            #expect(
                try await asks(Sample.endpoint("203.0.113.5", 8443), from: lab.internet) == "nas")
            let traced = try JSONDecoder().decode(Traced.self, from: try await waiting.body)
            #expect(traced.live?.way == "awaited")
            #expect(traced.live?.from?.hasPrefix("203.0.113.9:") == true)
            #expect(traced.outcome == "arrives")
            withExtendedLifetime(server) {}
        }
    }

    @Test func `what cannot be read is refused with field, value and advice`() async throws {
        try await Lab.with { lab in
            let gateway = try await GatewayProcess(on: lab.gateway)
            let result = try gateway.cli("trace", "198.51.100.7", ":8443")
            #expect(result.code == 1)
            #expect(
                result.errors
                    == "portcullis: to \":8443\" does not say which protocol; write :8443/tcp,"
                    + " :8443/udp or :8443/tcp+udp\n")
            let answer = try gateway.ask("GET", "/v1/trace?from=nobody&to=:1/tcp")
            #expect(answer.status == 422)
            #expect(answer.problem?.errors.first?.field == "from")
        }
    }
}
