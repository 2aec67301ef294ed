import Glibc

/// Puts a forwarder under each load, for as many seconds as are asked for.
///
/// Call from inside the client's namespace.
struct TimedFigures {
    let place: Place
    let processes: ProcessTree?
    let options: Options
    let tally: EchoServer.Tally

    private var seconds: Double { options.seconds }
    private var warmUp: Double { min(0.3, seconds / 4) }

    func measure(_ figure: RelayFigure, into figures: inout RelayFigures) throws {
        switch figure {
        case .bulk:
            try bulk(streams: 1, .bulkOne, .bulkOneCost, &figures)
            try bulk(streams: 8, .bulkEight, .bulkEightCost, &figures)
        case .connections: try connections(&figures)
        case .pingPong:
            let times = try Loads.pingPong(to: place, seconds: 30, trips: Int(10_000 * seconds))
                .sorted()
            figures.add(times.quantile(0.5), to: .pingMedian)
            figures.add(times.quantile(0.99), to: .pingTail)
        case .udp:
            try datagrams(flows: 1, .datagramsOne, &figures)
            try datagrams(flows: 64, .datagramsMany, &figures)
        case .flood: try flood(&figures)
        case .calls, .idle, .ports, .events: break
        }
    }

    private func bulk(
        streams: Int, _ rate: Metric, _ cost: Metric, _ figures: inout RelayFigures
    ) throws {
        let load = try BulkLoad(to: place, streams: streams)
        _ = try load.run(seconds: warmUp)
        let before = processes?.processorSeconds
        let (bytes, took) = try load.run(seconds: seconds)
        figures.add(Double(bytes) * 8 / 1e9 / took, to: rate)
        guard let spent = spent(since: before) else { return }
        figures.add(spent / (Double(bytes) / 1e9), to: cost)
    }

    private func connections(_ figures: inout RelayFigures) throws {
        var load = try ConnectionLoad(to: place, closing: .orderly)
        _ = try load.carry(seconds: warmUp)
        let before = processes?.processorSeconds
        let (count, took) = try load.carry(seconds: seconds)
        let spent = spent(since: before)
        try load.finish()
        figures.add(Double(count) / took, to: .connections)
        if let spent { figures.add(spent / Double(count) * 1e6, to: .connectionCost) }
    }

    private func spent(since before: Double?) -> Double? {
        guard let before, let now = processes?.processorSeconds else { return nil }
        return now - before
    }

    private func datagrams(
        flows: Int, _ metric: Metric, _ figures: inout RelayFigures
    ) throws {
        let load = try DatagramLoad(to: place, flows: flows)
        try load.warmUp(seconds: warmUp)
        figures.add(try load.run(seconds: seconds), to: metric)
    }

    private func flood(_ figures: inout RelayFigures) throws {
        let load = try FloodLoad(to: place)
        _ = load.run(seconds: warmUp)
        usleep(200_000)
        let before = tally.count
        let sent = load.run(seconds: seconds)
        // What is still on its way.
        usleep(200_000)
        let received = tally.count - before
        guard received > 0 else { throw Failure("\(place): nothing of a flood arrived") }
        figures.add(Double(received) / seconds, to: .flood)
        figures.add(100 * (1 - Double(received) / Double(sent)), to: .floodLoss)
    }
}
