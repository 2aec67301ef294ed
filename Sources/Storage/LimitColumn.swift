import Forwarding

/// Limits in one column, as keys and values of the file: `max_rate=20/s monthly=50GB`.
enum LimitColumn {
    static func text(_ limits: Limits) -> String {
        let parts: [(Refusal.Field, String?)] = [
            (.maxConnections, limits.connections.map { "\($0)" }),
            (.maxConnectionsPerSource, limits.connectionsPerSource.map { "\($0)" }),
            (.maxRate, limits.rate?.description),
            (.maxRatePerSource, limits.ratePerSource?.description),
            (.monthly, limits.monthly.map { "\($0)B" }),
            (.bandwidth, limits.bandwidth.map { "\($0)bit" }),
        ]
        return parts.compactMap { key, value in value.map { "\(key.rawValue)=\($0)" } }
            .joined(separator: " ")
    }

    /// Nil for what cannot be read.
    static func limits(_ text: String) -> Limits? {
        var limits = Limits.none
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let field = Refusal.Field(rawValue: parts[0]),
                (try? fill(&limits, field, parts[1])) != nil
            else { return nil }
        }
        return limits
    }

    private static func fill(
        _ limits: inout Limits, _ field: Refusal.Field, _ value: String
    ) throws {
        switch field {
        case .maxConnections:
            limits.connections = try ForwardSpelling.connections(value, field)
        case .maxConnectionsPerSource:
            limits.connectionsPerSource = try ForwardSpelling.connections(value, field)
        case .maxRate: limits.rate = try ForwardSpelling.rate(value, field)
        case .maxRatePerSource: limits.ratePerSource = try ForwardSpelling.rate(value, field)
        case .monthly: limits.monthly = try ForwardSpelling.amount(value, field)
        case .bandwidth: limits.bandwidth = try ForwardSpelling.bandwidth(value, field)
        default: throw Refusal(field: field, value: value, problem: .unknownKey(nearest: nil))
        }
    }
}
