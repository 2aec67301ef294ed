import Addressing

extension Examination {
    func zone() -> Refusal? {
        guard let zone = forward.schedule?.zone, surroundings.zones.rules(of: zone) == nil,
            previous?.schedule?.zone != zone
        else { return nil }
        return Refusal(field: .schedule, value: zone.text, problem: .unknownZone(zone))
    }

    /// A router is asked for one port at a time, and has not many to give.
    func upstream() -> Refusal? {
        guard forward.asksUpstream, !forward.isException else { return nil }
        let count = forward.external.ports.count * forward.transports.all.count
        guard !forward.isWhole, count <= Self.mostUpstreamPorts else {
            return Refusal(
                field: .upstream, value: forward.externalText,
                problem: .upstreamTooWide(limit: Self.mostUpstreamPorts))
        }
        guard forward.isAskedOverIPv4 else {
            return Refusal(field: .upstream, value: "", problem: .upstreamWithoutIPv4)
        }
        return nil
    }

    static let mostUpstreamPorts = 32

    /// An exception forwards nothing, so most terms would promise what nobody keeps.
    func exceptionTerms() -> Refusal? {
        guard forward.isException else { return nil }
        guard forward.external.ports == forward.target.ports else {
            let value = "\(forward.target.host):\(forward.target.ports)"
            return Refusal(field: .to, value: value, problem: .exceptionPorts)
        }
        guard !forward.isWhole, forward.external.ports.count <= Self.widestShift else {
            return Refusal(
                field: .external, value: forward.externalText,
                problem: .exceptionTooWide(limit: Self.widestShift))
        }
        let terms: [(Bool, Refusal.Field)] = [
            (!forward.sources.allowed.isEmpty, .allow), (!forward.sources.denied.isEmpty, .deny),
            (!forward.hairpin, .hairpin), (forward.sourceAddress != .kept, .source),
            (forward.translatesIPv6, .nat6), (forward.schedule != nil, .schedule),
            (forward.limits.connections != nil, .maxConnections),
            (forward.limits.connectionsPerSource != nil, .maxConnectionsPerSource),
            (forward.limits.rate != nil, .maxRate),
            (forward.limits.ratePerSource != nil, .maxRatePerSource),
            (forward.limits.monthly != nil, .monthly),
            (forward.limits.bandwidth != nil, .bandwidth), (forward.asksUpstream, .upstream),
        ]
        guard let field = terms.first(where: \.0)?.1 ?? forward.relayField else { return nil }
        return Refusal(field: field, value: "", problem: .exceptionTerm)
    }
}
