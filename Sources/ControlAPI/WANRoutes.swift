import Addressing
import ControlModel
import Diagnosis
import Forwarding
import Gateway
import Hummingbird
import Reflection

/// What stands between the WANs and the internet.
struct WANRoutes {
    let gateway: Gateway
    let survey: WANSurvey
    let asking = OneAtATime("a look at the WANs")

    func add(to group: RouterGroup<ControlContext>) {
        group.get("wan", use: look)
    }

    /// `?stun=stun.example.net:3478,192.0.2.7` asks these in place of those of the configuration.
    @Sendable private func look(_ request: Request, _ context: ControlContext) async throws
        -> Response
    {
        let survey = try request.servers().map(survey.asking) ?? survey
        let network = await gateway.situation().surroundings.network
        let findings = try await asking.run { try await survey.survey(network) }
        return try Views.WANs(findings).response()
    }
}

extension Request {
    /// Nil when the question names none.
    fileprivate func servers() throws -> [STUNServer]? {
        guard let text = uri.queryParameters["stun"] else { return nil }
        let servers = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let server = STUNServer(String(part)) else {
                throw Refusal(
                    field: .body, value: "stun=\(part)",
                    problem: .syntax("is no server such as stun.example.net:3478"))
            }
            return server
        }
        guard servers.count <= WANSurvey.mostServers else {
            throw Refusal(
                field: .body, value: "stun=\(text)",
                problem: .syntax("names more than \(WANSurvey.mostServers) servers"))
        }
        return servers
    }
}

extension Views.WANs {
    fileprivate init(_ findings: WANFindings) {
        self.init(
            servers: findings.servers.map {
                Views.STUNServer(
                    name: $0.server.description, endpoint: $0.endpoints.first?.description)
            }, wans: findings.wans.map(Views.WAN.init))
    }
}

extension Views.WAN {
    fileprivate init(_ report: WANReport) {
        let (verdict, words) = (report.verdict, WANWords(report))
        self.init(
            interface: report.interface.text,
            address: report.address.map { Address(address: "\($0)", kind: $0.kind.rawValue) },
            ipv6: report.ipv6.map { Address(address: "\($0)", kind: $0.kind.rawValue) },
            ipv6Verdict: report.ipv6Verdict.rawValue,
            sightings: ((report.behaviour?.sightings ?? []) + report.ipv6Sightings).map {
                Sighting(server: "\($0.server)", seen: $0.mapped?.description)
            },
            failure: report.failure.map(WANWords.failure), nat: verdict.above.rawValue,
            mapping: report.behaviour?.mapping.map {
                Behaviour(kind: $0.rawValue, words: $0.words)
            },
            filtering: report.behaviour?.filtering.map {
                Behaviour(kind: $0.rawValue, words: $0.words)
            }, hairpin: report.behaviour?.hairpins,
            upstream: report.upstream.map {
                Upstream(protocol: $0.dialect.rawValue, address: "\($0.address)")
            }, upstreamFailure: report.upstreamFailure.map(WANWords.failure),
            verdict: verdict.rawValue, severity: report.severity.rawValue,
            sentence: words.sentence, advice: words.advice)
    }
}
