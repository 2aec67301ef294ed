import ControlModel

/// Says what was changed, or would be.
enum ChangeReport {
    /// Whether changes are news or history.
    enum Tense { case present, past }

    static func show(_ answer: Views.Changes, of tense: Tense = .present) {
        if answer.changes.isEmpty {
            print(tense == .past ? "no difference" : "nothing to change")
        }
        for change in answer.changes.prefix(mostLines) {
            print(line(change))
            if let cost = change.cost { print("    \(words(cost, change))") }
        }
        if answer.changes.count > mostLines {
            print("… and \(answer.changes.count - mostLines) more")
        }
        for warning in answer.warnings.prefix(mostLines) {
            Console.error(Console.alarm("warning: \(warning)"))
        }
        if answer.warnings.count > mostLines {
            Console.error("… and \(answer.warnings.count - mostLines) more warnings")
        }
        guard tense == .present else { return }
        if answer.dryRun {
            print("nothing was changed")
        } else if answer.flowsEnded > 0 {
            print("\(answer.flowsEnded) flow(s) of the old terms ended")
        }
        if let end = answer.confirmBy {
            print("goes back at \(end) unless you say \"portcullis confirm\"")
        }
    }

    /// `12 UDP flows move, 3 TCP connections end`.
    private static func words(_ cost: Views.Cost, _ change: Views.Change) -> String {
        let goesOn = change.after.map { $0.enabled != false } ?? false
        var words: [String] = []
        if cost.datagramFlows > 0 {
            words.append(
                "\(cost.datagramFlows) UDP flow\(cost.datagramFlows == 1 ? "" : "s")"
                    + " \(goesOn ? "move" : "end")")
        }
        if cost.connections > 0 {
            let plural = cost.connections == 1 ? "" : "s"
            words.append("\(cost.connections) TCP connection\(plural) end")
        }
        return words.joined(separator: ", ")
    }

    /// More lines than this nobody reads; `-o json` has them all.
    private static let mostLines = 200

    private static func line(_ change: Views.Change) -> String {
        switch change.kind {
        case "added": return "+ \(change.name)  \(change.after.map(terms) ?? "")"
        case "removed": return "- \(change.name)  \(change.before.map(terms) ?? "")"
        default:
            return
                "~ \(change.name)  \(change.before.map(terms) ?? "")  →  \(change.after.map(terms) ?? "")"
        }
    }

    static func limits(_ body: ForwardBody) -> [String] {
        [
            body.maxConnections.map { "\($0) flows at a time" },
            body.maxConnectionsPerSource.map { "\($0) flows for each source" },
            body.maxRate.map { "\($0) new flows" },
            body.maxRatePerSource.map { "\($0) new flows for each source" },
            body.monthly.map { "\($0) a month" }, body.bandwidth.map { "\($0)/s each way" },
        ].compactMap(\.self)
    }

    private static func terms(_ body: ForwardBody) -> String {
        var words = ["\(body.external ?? "") → \(body.to ?? "")"]
        if let on = body.on { words.append("on \(on)") }
        if let at = body.at { words.append("at \(at)") }
        words.append("open to " + (body.allow?.joined(separator: ", ") ?? "anywhere"))
        if let deny = body.deny { words.append("not to \(deny.joined(separator: ", "))") }
        if body.hairpin == false { words.append("without hairpin") }
        if let source = body.source { words.append("source \(source)") }
        if body.nat6 == true { words.append("IPv6 translated") }
        if let ends = body.ends { words.append("until \(ends)") }
        if let schedule = body.schedule { words.append("open \(schedule)") }
        if let closing = body.whenClosed { words.append("flows \(closing) at closing") }
        words += limits(body) + RelayWords.terms(body.relay)
        if body.upstream == true { words.append("asked of the router in front") }
        if body.enabled == false { words.append("disabled") }
        return words.joined(separator: ", ")
    }
}
