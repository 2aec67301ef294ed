package import Addressing
package import Forwarding

/// Shorthands for tests; a text that cannot be read is a mistake in the test.
package enum Sample {
    package static let now = Timestamp(seconds: 1_800_000_000)

    package static func address(_ text: String) -> IPAddress {
        guard let address = IPAddress(text) else { preconditionFailure("no address: \(text)") }
        return address
    }

    package static func endpoint(_ address: String, _ port: UInt16) -> Endpoint {
        Endpoint(Self.address(address), port)
    }

    package static func ports(_ first: UInt16, _ last: UInt16? = nil) -> PortRange {
        guard let range = PortRange(first, last ?? first) else { preconditionFailure("no range") }
        return range
    }

    package static func prefix(_ text: String) -> Prefix {
        guard let prefix = try? Prefix(parsing: text) else { preconditionFailure("no prefix") }
        return prefix
    }

    /// `198.51.100.7`, or a prefix; nil for any port.
    package static func peer(_ prefix: String, _ port: UInt16?) -> RemotePeer {
        RemotePeer(self.prefix(prefix), port: port)
    }

    package static func interface(_ text: String) -> InterfaceName {
        guard let name = InterfaceName(text) else { preconditionFailure("no interface") }
        return name
    }

    package static func name(_ text: String) -> ForwardName {
        guard let name = ForwardName(text) else { preconditionFailure("no name") }
        return name
    }

    package static func id(_ number: UInt16) -> ForwardID {
        guard let id = ForwardID(number) else { preconditionFailure("no number") }
        return id
    }

    package static func draft(
        _ name: String = "nas", _ transports: Transports = .tcp, _ ports: PortRange = ports(8443),
        to target: String = "192.168.7.10", targetPorts: PortRange? = nil,
        scope: ExternalSide.Scope = .everyWAN, sources: SourcePolicy = .anywhere,
        hairpin: Bool = true, sourceAddress: SourceAddress = .kept, nat6: Bool = false,
        ends: EndTime = .never, schedule: Schedule? = nil, closing: Closing = .end,
        limits: Limits = .none, relay: RelayTerms = .none
    ) -> ForwardDraft {
        guard let host = ForwardSpelling.host(target) else { preconditionFailure("no target") }
        return ForwardDraft(
            name: self.name(name), transports: transports,
            external: ExternalSide(ports: ports, scope: scope),
            target: Target(host: host, ports: targetPorts ?? ports), sources: sources,
            hairpin: hairpin, sourceAddress: sourceAddress, translatesIPv6: nat6, ends: ends,
            schedule: schedule, closing: closing, limits: limits, relay: relay)
    }

    package static func forward(_ number: UInt16 = 1, _ draft: ForwardDraft = draft()) -> Forward {
        Forward(
            id: id(number), name: draft.name, transports: draft.transports,
            external: draft.external, target: draft.target, sources: draft.sources,
            hairpin: draft.hairpin, sourceAddress: draft.sourceAddress,
            translatesIPv6: draft.translatesIPv6, ends: draft.ends.moment(from: now),
            schedule: draft.schedule, closing: draft.closing, limits: draft.limits,
            relay: draft.relay, asksUpstream: draft.asksUpstream, enabled: draft.enabled,
            comment: draft.comment, creator: "test",
            created: now)
    }

    /// The network of the lab's gateway.
    package static let network: NetworkView = {
        let links = [
            ("wan0", "203.0.113.5", 24), ("wan0", "2001:db8:ff::5", 64), ("wan1", "192.0.2.5", 24),
            ("br0", "192.168.7.1", 24), ("br0", "2001:db8:7::1", 64),
            ("guest0", "192.168.9.1", 24), ("guest0", "2001:db8:9::1", 64),
        ]
        return NetworkView(
            wans: [interface("wan0"), interface("wan1")],
            links: links.map {
                Link(interface: interface($0.0), address: address($0.1), prefixLength: $0.2)
            },
            exits: [
                interface("wan0"): [
                    .gateway(address("203.0.113.9")), .gateway(address("2001:db8:ff::9")),
                ],
                interface("wan1"): [.gateway(address("192.0.2.9"))],
            ])
    }()

    package static let surroundings = Surroundings(network: network)

    package static func settings(guarded: Bool = true, now: Timestamp = now) -> EngineSettings {
        EngineSettings(network: network, guarded: guarded, now: now)
    }
}
