package import Addressing
package import Forwarding

/// What a forward carries at the moment, as far as its limits go.
package struct ForwardLoad: Hashable, Sendable {
    package var flows: Int
    /// Flows by source: an IPv4 address, or the /64 of an IPv6 one.
    package var bySource: [Prefix: Int]
    /// Bytes of this calendar month.
    package var monthBytes: UInt64

    package init(flows: [LiveFlow], monthBytes: UInt64) {
        self.flows = flows.count
        self.monthBytes = monthBytes
        bySource = flows.reduce(into: [:]) { $0[Self.source($1.client.address), default: 0] += 1 }
    }

    static func source(_ address: IPAddress) -> Prefix {
        Prefix(containing: address, length: address.family == .v4 ? 32 : 64)
    }
}

/// Whether the limits of a forward leave room for one flow more.
struct LimitSteps {
    private let forward: Forward
    private let client: IPAddress
    private let load: ForwardLoad?

    init(_ forward: Forward, _ client: IPAddress, _ load: ForwardLoad?) {
        self.forward = forward
        self.client = client
        self.load = load
    }

    var all: [JourneyStep] {
        let limits = forward.limits
        guard limits != .none else { return [] }
        guard let load else { return rates }
        let steps = [
            limits.monthly.map { month($0, load.monthBytes) },
            limits.connectionsPerSource.map {
                let source = ForwardLoad.source(client)
                return flows(load.bySource[source] ?? 0, of: $0, "\(client)", "-per-source")
            },
            limits.connections.map { flows(load.flows, of: $0, "everybody", "") },
        ].compactMap(\.self)
        return steps + rates
    }

    private func month(_ most: UInt64, _ used: UInt64) -> JourneyStep {
        let text = ForwardSpelling.amountText(most)
        guard used >= most else {
            return JourneyStep(.limits, .pass, "the month's \(text) are not used up")
        }
        return JourneyStep(
            .limits, .stop, "the month's \(text) of \(forward.name) have gone through",
            remedy: JourneyRemedy(
                "give it more, or wait for the next month",
                ["portcullis set \(forward.name) --monthly none"]))
    }

    private func flows(
        _ count: Int, of most: UInt32, _ who: String, _ option: String
    ) -> JourneyStep {
        guard count >= Int(most) else {
            return JourneyStep(.limits, .pass, "\(count) of \(most) flows of \(who) live now")
        }
        return JourneyStep(
            .limits, .stop, "\(forward.name) carries \(count) of \(most) flows of \(who) already",
            remedy: JourneyRemedy(
                "allow more, or wait until one is gone",
                ["portcullis set \(forward.name) --max-connections\(option) none"]))
    }

    /// Only the kernel knows how many came lately.
    private var rates: [JourneyStep] {
        let bounds = [
            forward.limits.ratePerSource.map { "\($0) for each source" },
            forward.limits.rate.map { "\($0) in all" },
        ].compactMap(\.self)
        guard !bounds.isEmpty else { return [] }
        return [
            JourneyStep(
                .limits, .info, "new flows are bounded to \(bounds.joined(separator: ", "))")
        ]
    }
}
