import Glibc

/// Measures what carries connections in user space, each forwarder beside the others.
struct RelayBench {
    let lab: Lab
    let options: Options
    let cleanup: Cleanup
    let tally: EchoServer.Tally

    /// What was measured, and what could not be.
    struct Results {
        var figures: [Forwarder: RelayFigures] = [:]
        var failures: [String] = []
        /// Who counted system calls.
        var counter = ""
    }

    func run() throws -> Results {
        Descriptors.raise()
        var results = Results()
        let candidates = options.candidates
        if options.figures.contains(where: \.isTimed) {
            // Each rotation begins with another one, so that whatever drifts hits all alike.
            for rotation in 0..<options.rotations {
                for place in candidates.indices {
                    let forwarder = candidates[(place + rotation) % candidates.count]
                    say("rotation \(rotation + 1) of \(options.rotations): \(forwarder.name)")
                    try measureTimed(forwarder, into: &results)
                }
            }
        }
        for forwarder in candidates {
            for figure in options.figures where !figure.isTimed && forwarder.has(figure) {
                say("\(figure.rawValue): \(forwarder.name)")
                attempt("\(forwarder.name), \(figure.rawValue)", &results) {
                    try measureOnce(figure, of: forwarder, into: &$0)
                }
            }
        }
        return results
    }

    /// One thing that cannot be measured leaves the others standing.
    func attempt(
        _ what: String, _ results: inout Results, _ body: (inout Results) throws -> Void
    ) {
        do { try body(&results) } catch {
            say("\(what): \(error)")
            results.failures.append("\(what): \(error)")
        }
    }

    private func measureTimed(_ forwarder: Forwarder, into results: inout Results) throws {
        attempt(forwarder.name, &results) { results in
            try forwarder.inForce(in: lab, options, cleanup) { inForce in
                guard let place = inForce.places.first else { return }
                for figure in options.figures where figure.isTimed && forwarder.has(figure) {
                    attempt("\(forwarder.name), \(figure.rawValue)", &results) { results in
                        var figures = results.figures[forwarder] ?? RelayFigures()
                        defer { results.figures[forwarder] = figures }
                        OtherWork.awaitEnd()
                        try lab.client.inside {
                            let timed = TimedFigures(
                                place: place, processes: inForce.processes, options: options,
                                tally: tally)
                            try timed.measure(figure, into: &figures)
                        }
                    }
                }
            }
        }
    }
}
