import Addressing
import Forwarding

/// Schedules and limits as they are written.
extension ForwardBody {
    /// Nil where nothing is said; `.some(nil)` for no schedule any more.
    func scheduleChange() throws(Refusal) -> Schedule?? {
        guard let schedule else { return nil }
        guard schedule != Self.always else { return .some(nil) }
        return try ForwardSpelling.schedule(schedule)
    }

    private static let always = "always"

    func closing() throws(Refusal) -> Closing? {
        guard let whenClosed else { return nil }
        guard let closing = Closing(rawValue: whenClosed) else {
            throw Refusal(
                field: .whenClosed, value: whenClosed,
                problem: .choice(Closing.allCases.map(\.rawValue)))
        }
        return closing
    }

    func limits(from former: Limits) throws(Refusal) -> Limits {
        var limits = former
        if let maxConnections {
            limits.connections = try ForwardSpelling.connections(maxConnections, .maxConnections)
        }
        if let maxConnectionsPerSource {
            limits.connectionsPerSource = try ForwardSpelling.connections(
                maxConnectionsPerSource, .maxConnectionsPerSource)
        }
        if let maxRate { limits.rate = try ForwardSpelling.rate(maxRate, .maxRate) }
        if let maxRatePerSource {
            limits.ratePerSource = try ForwardSpelling.rate(maxRatePerSource, .maxRatePerSource)
        }
        if let monthly { limits.monthly = try ForwardSpelling.amount(monthly, .monthly) }
        if let bandwidth {
            limits.bandwidth = try ForwardSpelling.bandwidth(bandwidth, .bandwidth)
        }
        return limits
    }

    mutating func fill(_ schedule: Schedule?, _ closing: Closing, _ limits: Limits) {
        self.schedule = schedule?.description
        whenClosed = closing == .end ? nil : closing.rawValue
        maxConnections = limits.connections.map { "\($0)" }
        maxConnectionsPerSource = limits.connectionsPerSource.map { "\($0)" }
        maxRate = limits.rate?.description
        maxRatePerSource = limits.ratePerSource?.description
        monthly = limits.monthly.map(ForwardSpelling.amountText)
        bandwidth = limits.bandwidth.map(ForwardSpelling.bandwidthText)
    }
}

/// What only a relay keeps.
extension ForwardBody {
    func terms(
        from former: RelayTerms, _ external: PortRange
    ) throws(Refusal) -> RelayTerms {
        var terms = try relay.terms(from: former, external: external)
        if let source { terms.isTransparent = source == ForwardSpelling.transparent }
        return terms
    }
}

extension Forward {
    /// What the target sees as the sender, as it is written.
    var sourceText: String {
        relay.isTransparent ? ForwardSpelling.transparent : sourceAddress.rawValue
    }
}

extension KeyedDecodingContainer {
    /// A count may be written as a number, too.
    func decodeNumberOrText(forKey key: Key) throws -> String? {
        if let number = try? decodeIfPresent(Int.self, forKey: key) { return "\(number)" }
        return try decodeIfPresent(String.self, forKey: key)
    }
}
