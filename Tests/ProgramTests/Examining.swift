import Addressing
import Foundation
import TestKit
import Testing

/// What `doctor -o json` says, written down a second time.
struct Examined: Decodable {
    var findings: [Found]
    var problems: Int
    var warnings: Int
    var notes: Int

    struct Found: Decodable {
        var id: String
        var code: String
        var severity: String
        var subject: String?
        var what: String
        var why: String
        var remedy: String
        var fix: Fix?
    }

    struct Fix: Decodable {
        var settings: [String]?
        var forward: String?
    }

    /// What is wrong: the ids of problems and warnings.
    var wrong: Set<String> { Set(findings.filter { $0.severity != "note" }.map(\.id)) }

    subscript(id: String) -> Found? { findings.first { $0.id == id } }
}

extension GatewayProcess {
    /// Asks the doctor; the exit code has to fit.
    func examined() throws -> Examined {
        let result = try cli("doctor", "-o", "json")
        let seen = try JSONDecoder().decode(Examined.self, from: Data(result.output.utf8))
        #expect(result.code == (seen.wrong.isEmpty ? 0 : 1), "\(result.errors)")
        return seen
    }

    /// A gateway with one forward, 8443/tcp to lan1, and what answers there.
    static func withNAS(
        _ lab: Lab, options: [String] = ["--wan", "wan0"], config: String? = nil
    ) async throws -> (GatewayProcess, Echo) {
        try lab.routesOverBridges()
        let server = try await Echo("nas", on: lab.lan1, .tcp, 443)
        let gateway = try await GatewayProcess(on: lab.gateway, options: options, config: config)
        try gateway.done("add", "8443/tcp", "192.168.7.10:443", "--name", "nas")
        return (gateway, server)
    }
}

extension Lab {
    /// Without br_netfilter, whose own value is 1 in every new network: a target reaches itself.
    func routesOverBridges() throws {
        try gateway.shell(
            "for s in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do"
                + " if [ -e $s ]; then echo 0 > $s; fi; done")
    }
}

/// Whether a client of the internet gets the NAS.
func reachesNAS(_ lab: Lab, at address: String = "203.0.113.5") async throws -> Bool {
    try await asks(Sample.endpoint(address, 8443), from: lab.internet, within: 700) == "nas"
}
