package import Forwarding
package import Storage

/// Telling whoever watches what has changed.
///
/// A watcher that does not keep up loses its stream rather than a part of it: it comes again and reads
/// everything. So there is never a hole that nobody notices.
extension Gateway {
    package enum Event: Sendable {
        /// Forwards, or what is said of them, are not what they were.
        case table(revision: Int)
        case activity(Activity)
        /// What devices wait for.
        case requests
    }

    /// Events that one watcher may have before it.
    private static let backlog = 4096

    package func events() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        lastWatcher += 1
        let number = lastWatcher
        watchers[number] = continuation
        return stream
    }

    func tellWatchers(_ event: Event) {
        for (number, watcher) in watchers {
            if case .enqueued = watcher.yield(event) { continue }
            watcher.finish()
            watchers[number] = nil
        }
    }

    func tellWatchers(of activity: [Activity]) {
        for entry in activity { tellWatchers(.activity(entry)) }
        guard activity.contains(where: \.kind.showsInTable) else { return }
        tellWatchers(.table(revision: revision))
    }

    /// What all forwards have carried, by name, without anything else of them.
    package func counters() throws -> [(name: ForwardName, traffic: Traffic)] {
        let report = try trafficLately()
        return table.all.map { forward in
            (forward.name, advanced(forward.id, to: report.forwards[forward.id]).total)
        }
    }

    /// Charts of what was carried lately, by name; nil when there is no such forward.
    package func charts(
        _ span: TrafficHistory.Span, of name: ForwardName?
    ) -> (until: Timestamp, charts: [(ForwardName, TrafficHistory.Chart)])? {
        if let name, table[name] == nil { return nil }
        let found = history.charts(span, of: name.flatMap { table[$0]?.id })
        return (
            found.until,
            found.charts.compactMap { id, chart in table[id].map { ($0.name, chart) } }
        )
    }

    /// Once a minute, behind the reading of the counters.
    func keepHistory(_ now: Timestamp) {
        history.take(totals.lazy.map { ($0.id, $0.value.total) }, at: now)
    }
}

extension Activity.Kind {
    /// Whether it changes what is to be seen of forwards without a change of the table.
    fileprivate var showsInTable: Bool {
        switch self {
        case .followed, .network, .opened, .closed, .usedUp, .failed, .restored, .contested: true
        default: false
        }
    }
}
