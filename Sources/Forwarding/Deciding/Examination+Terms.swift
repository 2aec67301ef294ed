import Addressing

extension Examination {
    func zone() -> Refusal? {
        guard let zone = forward.schedule?.zone, surroundings.zones.rules(of: zone) == nil,
            previous?.schedule?.zone != zone
        else { return nil }
        return Refusal(field: .schedule, value: zone.text, problem: .unknownZone(zone))
    }

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
            (forward.limits.bandwidth != nil, .bandwidth),
        ]
        guard let field = terms.first(where: \.0)?.1 ?? forward.relayField else { return nil }
        return Refusal(field: field, value: "", problem: .exceptionTerm)
    }
}
