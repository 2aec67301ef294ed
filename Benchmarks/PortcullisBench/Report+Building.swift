extension Section {
    static func sections(of figures: [Candidate: TrafficBench.Figures]) -> [Section] {
        let all = Candidate.all.compactMap { candidate in
            figures[candidate].map { (candidate, $0) }
        }
        func section(
            _ title: String, _ unit: String, goal: Line.Goal? = nil,
            _ value: (TrafficBench.Figures) -> [Double]
        ) -> Section {
            var lines = all.map { Line($0.0.name, value($0.1).median, unit) }
            let (hand, ours) = (figures[.rules(1)], figures[.portcullis(60_000)])
            if let hand, let ours {
                let share = value(ours).median / value(hand).median * 100
                lines.append(Line("60,000 forwards, of one rule", share, "%", goal))
            }
            return Section(title: title, lines: lines)
        }
        return [
            section("Throughput, one stream", "Gbit/s", goal: .atLeast(95), \.bulk),
            section("New connections, 64 at once", "/s", goal: .atLeast(95), \.connections),
            section("Round trip of 64 bytes by TCP, median", "µs") { $0.pings.map(\.p50) },
            section("Round trip of 64 bytes by TCP, 99th percentile", "µs") { $0.pings.map(\.p99) },
            section("Round trips of 64 bytes by UDP, 64 flows", "/s", \.datagrams),
        ]
    }

    static func section(of figures: EngineBench.Figures) -> Section {
        func steps(
            _ what: String, _ steps: EngineBench.Steps, goal: Line.Goal? = nil
        ) -> [Line] {
            [
                Line("\(what), to its effect, median", steps.total.median, "ms", goal),
                Line("  of it deciding", steps.decide.median, "ms"),
                Line("  of it the engine", steps.engine.median, "ms"),
                Line("  99th percentile", steps.total.sorted().quantile(0.99), "ms"),
                Line("  then ending stale flows, median", steps.flows.median, "ms"),
            ]
        }
        let size = EngineBench.size.grouped
        return Section(
            title: "Inside the program, \(size) forwards",
            lines: [
                Line("loading into an empty kernel", figures.load.median, "ms", .below(400)),
                Line("adopting what is there", figures.adopt.median, "ms"),
                Line("deciding a file, table empty", figures.decideFile.median, "ms"),
                Line("deciding the same file again", figures.decideSameFile.median, "ms"),
            ] + steps("adding one", figures.add, goal: .below(0.3))
                + steps("retargeting one", figures.retarget)
                + steps("removing one", figures.remove) + [
                    Line(
                        "counters of \(EngineBench.counted.grouped) forwards",
                        figures.counters.median, "ms", .below(15))
                ]
                + steps(
                    "adding one to \(EngineBench.counted.grouped), \(figures.flows.grouped) flows",
                    figures.addAmongFlows))
    }

    static func section(of size: Int, _ figures: RestoreBench.Figures) -> Section {
        func clients(_ count: (PacedLoad.Figures) -> Int) -> Double {
            figures.clients.map { Double(count($0)) }.median
        }
        return Section(
            title: "After \"nft flush ruleset\", \(size.grouped) forwards",
            lines: [
                Line("until the table is complete again, median", figures.gap.median, "ms"),
                Line("  at the most", figures.gap.max() ?? .nan, "ms", .below(2000)),
                Line(
                    "connections begun, 1,000 a second", clients { $0.good + $0.failed + $0.slow },
                    ""),
                Line("  failed", clients(\.failed), ""),
                Line("  took longer than a second", clients(\.slow), ""),
                Line("silent flows cut, of 64", figures.silentCut.max() ?? .nan, "", .below(1)),
                Line("busy flows cut, of 64", figures.busyCut.max() ?? .nan, "", .below(1)),
            ])
    }

    static func section(of figures: DaemonBench.Figures) -> Section {
        Section(
            title: "The daemon, \(EngineBench.size.grouped) forwards of a file",
            lines: [
                Line("memory before", figures.idle, "MiB"),
                Line("memory", figures.memory, "MiB", .below(100)),
                Line("memory at the most", figures.peak, "MiB"),
                Line("memory after a restart", figures.restarted, "MiB", .below(100)),
                Line("\"apply\" of the file", figures.apply, "ms"),
                Line("\"add\" of one, the whole command", figures.add.median, "ms"),
                Line("restart to first answer", figures.restart.median, "ms"),
            ])
    }

    static func sections(of figures: [MappingServer: MappingBench.Figures]) -> [Section] {
        guard let ours = figures[.portcullis], let theirs = figures[.miniupnpd] else { return [] }
        func section(
            _ title: String, _ unit: String, goal: Line.Goal? = nil,
            _ value: (MappingBench.Figures) -> Double
        ) -> Section {
            let (own, other) = (value(ours), value(theirs))
            return Section(
                title: title,
                lines: [
                    Line("portcullis", own, unit), Line("miniupnpd", other, unit),
                    Line("portcullis, of miniupnpd", own / other, "×", goal),
                ])
        }
        let many = MappingBench.many.grouped
        return [
            section("Mappings: the first 1,000 requests, 32 at once", "/s", goal: .atLeast(1)) {
                $0.answers.median
            },
            section("Mappings: the first 200 requests, one at a time", "/s", goal: .atLeast(1)) {
                $0.serial.median
            },
            section("Mappings: requests with \(many) there, 32 at once", "/s", goal: .atLeast(1)) {
                $0.crowdedAnswers.median
            },
            section("Mappings: request to first packet, few there, median", "ms", goal: .atMost(1))
            {
                $0.few.median
            },
            section("Mappings: request to first packet, 99th percentile", "ms") {
                $0.few.sorted().quantile(0.99)
            },
            section(
                "Mappings: request to first packet, \(many) there, median", "ms",
                goal: .atMost(0.5)
            ) { $0.crowded.median },
            section("Mappings: memory with \(many)", "MiB") { $0.memory },
        ]
    }
}
