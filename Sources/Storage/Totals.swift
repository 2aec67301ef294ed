import Forwarding
import GRDB

/// Rows of what forwards have carried.
///
/// Counters are kept as SQLite's signed numbers.
enum Totals {
    static func load(_ database: Database) throws -> ByForward<TrafficTotal> {
        var totals: ByForward<TrafficTotal> = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM total")
        while let row = try rows.next() {
            guard let number = UInt16(exactly: row[0] as Int), let id = ForwardID(number) else {
                continue
            }
            totals[id] = TrafficTotal(
                total: traffic(row, 1, limited: 13), counted: traffic(row, 7, limited: 14),
                month: Int32(truncatingIfNeeded: row[15] as Int64),
                monthBase: UInt64(bitPattern: row[16] as Int64),
                lastUsed: (row[17] as Int64?).map(Timestamp.init(seconds:)))
        }
        return totals
    }

    static func save(_ totals: ByForward<TrafficTotal>, _ database: Database) throws {
        let insert = try database.makeStatement(
            sql: """
                INSERT OR REPLACE INTO total
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                    ?18
                WHERE EXISTS (SELECT 1 FROM forward WHERE id = ?1)
                """)
        for (id, total) in totals {
            let last = [
                total.total.limited, total.counted.limited, UInt64(max(0, total.month)),
                total.monthBase,
            ].map { Int64(bitPattern: $0) }
            let numbers: [Int64?] =
                [Int64(id.number)] + values(total.total) + values(total.counted) + last
                + [total.lastUsed?.seconds]
            try insert.execute(arguments: StatementArguments(numbers))
        }
    }

    private static func values(_ traffic: Traffic) -> [Int64] {
        [
            traffic.flows, traffic.inbound.packets, traffic.inbound.bytes,
            traffic.outbound.packets, traffic.outbound.bytes, traffic.denied,
        ].map { Int64(bitPattern: $0) }
    }

    private static func traffic(_ row: Row, _ start: Int, limited: Int) -> Traffic {
        func number(_ place: Int) -> UInt64 { UInt64(bitPattern: row[start + place] as Int64) }
        return Traffic(
            flows: number(0), inbound: Volume(packets: number(1), bytes: number(2)),
            outbound: Volume(packets: number(3), bytes: number(4)), denied: number(5),
            limited: number(limited - start))
    }
}
