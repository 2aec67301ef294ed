import Addressing

/// How many answers to searches a source gets: little enough that nobody is flooded in its name.
struct SearchLimits: Sendable {
    private struct Record {
        /// When its seconds and its ten seconds began, and the answers in them.
        var second: ContinuousClock.Instant
        var inSecond = 0
        var decade: ContinuousClock.Instant
        var inDecade = 0
    }

    private var records: [IPAddress: Record] = [:]

    static let aSecond = 20
    static let inTenSeconds = 100
    static let mostSources = 1024

    var sourceCount: Int { records.count }

    /// - Returns: how many of `count` answers may be sent.
    mutating func admitted(
        _ count: Int, to source: IPAddress, at now: ContinuousClock.Instant
    ) -> Int {
        if records[source] == nil, records.count >= Self.mostSources {
            records = records.filter { now - $0.value.decade < .seconds(10) }
            guard records.count < Self.mostSources else { return 0 }
        }
        var record = records[source] ?? Record(second: now, decade: now)
        if now - record.second >= .seconds(1) { (record.second, record.inSecond) = (now, 0) }
        if now - record.decade >= .seconds(10) { (record.decade, record.inDecade) = (now, 0) }
        let room = min(Self.aSecond - record.inSecond, Self.inTenSeconds - record.inDecade)
        let admitted = max(0, min(count, room))
        record.inSecond += admitted
        record.inDecade += admitted
        records[source] = record
        return admitted
    }
}
