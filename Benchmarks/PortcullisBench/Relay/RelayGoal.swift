/// What the relay is to reach, beside a rival with as many threads or by itself.
struct RelayGoal {
    let metric: Metric
    let rival: Rival
    let goal: Line.Goal

    enum Rival: String {
        case haproxy = "HAProxy"
        case nginx
        case nobody

        fileprivate func forwarder(_ crew: Int) -> Forwarder? {
            switch self {
            case .haproxy: .haproxy(threads: crew)
            case .nginx: .nginx(workers: crew)
            case .nobody: nil
            }
        }
    }

    static let all: [RelayGoal] = [
        RelayGoal(metric: .bulkOne, rival: .haproxy, goal: .atLeast(1.05)),
        RelayGoal(metric: .bulkEight, rival: .haproxy, goal: .atLeast(1.05)),
        RelayGoal(metric: .bulkOneCost, rival: .haproxy, goal: .atMost(0.9)),
        RelayGoal(metric: .bulkEightCost, rival: .haproxy, goal: .atMost(0.9)),
        RelayGoal(metric: .connections, rival: .haproxy, goal: .atLeast(1.15)),
        RelayGoal(metric: .connections, rival: .nginx, goal: .atLeast(1.05)),
        RelayGoal(metric: .pingTail, rival: .haproxy, goal: .atMost(0.85)),
        RelayGoal(metric: .calls, rival: .nobody, goal: .atMost(16)),
        RelayGoal(metric: .idle, rival: .nobody, goal: .atMost(512)),
        RelayGoal(metric: .allocations, rival: .nobody, goal: .atMost(0)),
        RelayGoal(metric: .references, rival: .nobody, goal: .atMost(0)),
        RelayGoal(metric: .portsApply, rival: .nobody, goal: .atMost(150)),
        RelayGoal(metric: .portsMore, rival: .nobody, goal: .atMost(9.54)),
        RelayGoal(metric: .datagramsOne, rival: .nginx, goal: .atLeast(1.45)),
        RelayGoal(metric: .datagramsMany, rival: .nginx, goal: .atLeast(1.45)),
        RelayGoal(metric: .flood, rival: .nginx, goal: .atLeast(1.4)),
    ]

    /// Nothing if one of the two was not measured.
    func line(_ crew: Int, of figures: [Forwarder: RelayFigures]) -> Line? {
        guard let ours = figures[.relay(threads: crew)]?[metric] else { return nil }
        let threads = crew == 1 ? "1 thread" : "\(crew) threads"
        guard let forwarder = rival.forwarder(crew) else {
            return Line("\(metric.title), \(threads)", ours, metric.unit, goal)
        }
        guard let theirs = figures[forwarder]?[metric] else { return nil }
        return Line("\(metric.title), \(threads), of \(rival.rawValue)", ours / theirs, "×", goal)
    }
}

extension Section {
    /// A section for each metric that something has, and the goals at the end.
    static func sections(of figures: [Forwarder: RelayFigures], countedBy counter: String)
        -> [Section]
    {
        var sections = Metric.allCases.map { metric in
            let lines = Forwarder.all.compactMap { forwarder -> Line? in
                guard let all = figures[forwarder]?.all(of: metric), !all.isEmpty else {
                    return nil
                }
                var line = Line(forwarder.name, all.median, metric.unit)
                line.values = all
                return line
            }
            let note = metric == .calls ? ", counted by \(counter)" : ""
            return Section(title: metric.title + note, lines: lines)
        }
        let goals = [1, 2].flatMap { crew in
            RelayGoal.all.compactMap { $0.line(crew, of: figures) }
        }
        sections.append(Section(title: "Goals of the relay", lines: goals))
        return sections.filter { !$0.lines.isEmpty }
    }
}
