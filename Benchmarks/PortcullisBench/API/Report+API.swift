extension Section {
    static func sections(of figures: APIBench.Figures) -> [Section] {
        func load(_ title: String, _ loads: [APIBench.Load]) -> Section {
            Section(
                title: title,
                lines: [
                    Line("answers", loads.map(\.perSecond).median, "/s"),
                    Line("99th percentile", loads.map(\.p99).median, "ms"),
                ])
        }
        let all = APIBench.forwards.grouped
        return [
            load("API: one of \(all) forwards, 8 connections over TLS", figures.one),
            load("API: a page of 100 of \(all) forwards", figures.page),
            Section(
                title: "API: all \(all) forwards in one answer",
                lines: [Line("time", figures.whole.median, "ms")]),
            Section(
                title: "API: \(APIBench.listeners.grouped) listeners hear of a change",
                lines: [Line("until the last has", figures.told.median, "ms")]),
            Section(
                title: "API: memory of the daemon",
                lines: [
                    Line("with \(all) forwards", figures.idle, "MiB"),
                    Line("after the load", figures.loaded, "MiB"),
                    Line("with the listeners", figures.listened, "MiB"),
                ]),
        ]
    }
}
