package import Addressing
package import Forwarding
package import LinuxKit
package import Reflection

/// Finds out what stands between each WAN and the internet.
///
/// Theory of operation. The names of the STUN servers are looked up once. Then all WANs are asked for at
/// the same time, each on a thread of its own, and the routers in front of them beside that: up to five
/// seconds where nobody answers.
package struct WANSurvey: Sendable {
    private let servers: [STUNServer]
    private let upstream: any UpstreamAsking

    /// Servers that are asked at most; each costs a datagram or three.
    package static let mostServers = 4

    package init(servers: [STUNServer], upstream: any UpstreamAsking = UpstreamUnasked()) {
        self.servers = Array(servers.prefix(Self.mostServers))
        self.upstream = upstream
    }

    /// The same with other servers.
    package func asking(_ servers: [STUNServer]) -> WANSurvey {
        WANSurvey(servers: servers, upstream: upstream)
    }

    package func survey(_ network: NetworkView) async throws(KernelError) -> WANFindings {
        let asked = try await KernelThread.run { () throws(KernelError) in
            servers.map { WANFindings.Server($0, $0.addresses()) }
        }
        let endpoints = asked.flatMap(\.endpoints)
        let reports = await withTaskGroup(of: (Int, WANReport).self) { group in
            for (place, wan) in network.wans.enumerated() {
                group.addTask { (place, await report(wan, network, endpoints)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return WANFindings(
            servers: asked, wans: reports.sorted { $0.0 < $1.0 }.map(\.1))
    }

    private func report(
        _ wan: InterfaceName, _ network: NetworkView, _ servers: [Endpoint]
    ) async -> WANReport {
        let addresses = network.addresses(of: wan)
        var report = WANReport(wan, addresses.lazy.compactMap(\.v4).first)
        report.ipv6 = addresses.compactMap(\.v6).filter { !$0.isLinkLocal }.sorted()
        let ownIPv6 = report.globalIPv6
        async let overIPv6 = Self.seen(ownIPv6, on: wan, by: servers)
        guard let own = report.address else {
            report.ipv6Sightings = await overIPv6
            return report
        }
        async let answer = answer(of: network.router(of: wan), own, wan)
        if servers.contains(where: { $0.address.family == .v4 }) {
            do throws(KernelError) {
                report.behaviour = try await KernelThread.run { () throws(KernelError) in
                    try BehaviourDiscovery(from: .v4(own), on: wan).discover(with: servers)
                }
            } catch { report.failure = error.code }
        }
        switch await answer {
        case .success(let answer): report.upstream = answer
        case .failure(let failure): report.upstreamFailure = failure.code
        }
        report.ipv6Sightings = await overIPv6
        return report
    }

    private func answer(
        of router: IPv4Address?, _ own: IPv4Address, _ wan: InterfaceName
    ) async -> Result<UpstreamAnswer?, UpstreamUnreached> {
        do throws(UpstreamUnreached) {
            return .success(try await upstream.externalAddress(by: router, from: own, on: wan))
        } catch { return .failure(error) }
    }

    /// What the internet sees over IPv6, which nothing should translate.
    private static func seen(
        _ own: IPv6Address?, on wan: InterfaceName, by servers: [Endpoint]
    ) async -> [NATBehaviour.Sighting] {
        let servers = servers.filter { $0.address.family == .v6 }
        guard let own, !servers.isEmpty else { return [] }
        do throws(KernelError) {
            return try await KernelThread.run { () throws(KernelError) in
                try BehaviourDiscovery(from: .v6(own), on: wan).discover(with: servers).sightings
            }
        } catch { return servers.map { NATBehaviour.Sighting($0, nil) } }
    }
}

/// What was found out of all WANs, and of whom.
package struct WANFindings: Hashable, Sendable {
    package var servers: [Server]
    package var wans: [WANReport]

    package init(servers: [Server], wans: [WANReport]) {
        (self.servers, self.wans) = (servers, wans)
    }

    package struct Server: Hashable, Sendable {
        package var server: STUNServer
        /// One of each family at most, IPv4 first; none when its name has no address.
        package var endpoints: [Endpoint]

        package init(_ server: STUNServer, _ addresses: [IPAddress]) {
            self.server = server
            endpoints = addresses.map { Endpoint($0, server.port) }
        }
    }
}

/// What was found out of one WAN.
package struct WANReport: Hashable, Sendable {
    package var interface: InterfaceName
    package var address: IPv4Address?
    package var ipv6: [IPv6Address] = []
    /// What each STUN server that has an IPv6 address said over IPv6.
    package var ipv6Sightings: [NATBehaviour.Sighting] = []
    /// Nil when no STUN server was asked.
    package var behaviour: NATBehaviour?
    /// Why none could be asked: an error number.
    package var failure: Int32?
    package var upstream: UpstreamAnswer?
    /// Why the router in front could not be asked: an error number.
    package var upstreamFailure: Int32?

    package init(_ interface: InterfaceName, _ address: IPv4Address?) {
        (self.interface, self.address) = (interface, address)
    }

    /// The one to ask from.
    package var globalIPv6: IPv6Address? { ipv6.first { $0.kind != .siteLocal } }

    /// How it stands with IPv6.
    package var ipv6Verdict: IPv6Verdict {
        guard let own = globalIPv6 else { return .none }
        let seen = ipv6Sightings.compactMap(\.mapped?.address)
        guard let first = seen.first else { return ipv6Sightings.isEmpty ? .notAsked : .silent }
        return first == .v6(own) ? .direct : .seenDifferently
    }

    package enum IPv6Verdict: String, Hashable, Sendable, CaseIterable {
        /// There is no address that the internet could know.
        case none
        case notAsked = "not-asked"
        case silent = "stun-silent"
        /// The internet sees the WAN's own address.
        case direct
        case seenDifferently = "seen-differently"
    }

    /// How bad the verdict is, the address taken into account.
    package var severity: Finding.Severity {
        isForDocumentation && verdict.severity == .note ? .warning : verdict.severity
    }

    /// Whether the only address is one that the internet does not route, as far as nobody outside has seen
    /// it: a lab's internet may.
    package var isForDocumentation: Bool {
        switch verdict {
        case .notAsked, .stunSilent: address?.kind == .documentation
        case .onlyIPv6: globalIPv6?.kind == .documentation && ipv6Verdict != .direct
        default: false
        }
    }

    package var verdict: WANVerdict {
        WANVerdict(
            WANEvidence(
                address, hasIPv6: globalIPv6 != nil,
                port: behaviour?.own.port ?? 0,
                seen: behaviour.map { $0.sightings.map(\.mapped) } ?? (failure == nil ? [] : [nil]),
                upstream: upstream))
    }
}
