/// Carries traffic by each candidate in turn.
struct TrafficBench {
    let lab: Lab
    let options: Options

    struct Figures {
        var bulk: [Double] = []
        var connections: [Double] = []
        var pings: [(p50: Double, p99: Double)] = []
        var datagrams: [Double] = []
    }

    /// Each rotation begins with another candidate, so that whatever drifts hits all alike.
    func run() throws -> [Candidate: Figures] {
        var figures: [Candidate: Figures] = [:]
        let candidates = Candidate.all
        for rotation in 0..<options.rotations {
            for place in candidates.indices {
                let candidate = candidates[(place + rotation) % candidates.count]
                say("rotation \(rotation + 1) of \(options.rotations): \(candidate.name)")
                try candidate.inForce(at: lab.gateway) { place in
                    try lab.client.inside {
                        try measure(place, into: &figures[candidate, default: Figures()])
                    }
                }
            }
        }
        return figures
    }

    private func measure(_ place: Place, into figures: inout Figures) throws {
        let seconds = options.seconds
        figures.bulk.append(try Loads.bulk(to: place, seconds: seconds))
        var connections = try ConnectionLoad(to: place)
        figures.connections.append(try connections.run(seconds: seconds))
        let times = try Loads.pingPong(to: place, seconds: seconds).sorted()
        figures.pings.append((times.quantile(0.5), times.quantile(0.99)))
        figures.datagrams.append(try Loads.datagrams(to: place, seconds: seconds))
    }
}

extension [Double] {
    var median: Double { sorted().quantile(0.5) }

    /// Of sorted values; of two in the middle the mean.
    func quantile(_ part: Double) -> Double {
        guard !isEmpty else { return .nan }
        let place = Double(count - 1) * part
        let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        return (self[low] + self[high]) / 2
    }
}
