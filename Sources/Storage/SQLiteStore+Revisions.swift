package import Forwarding
import GRDB

/// Looking back: every revision is kept as the forwards before and after it.
extension SQLiteStore {
    package func revisions(limit: Int) throws(StoreError) -> [Revision] {
        try reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, time, who, origin, changes FROM revision
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [limit])
            return try rows.compactMap { row in
                guard let origin = Origin(rawValue: try row.decode(atIndex: 3)) else { return nil }
                return Revision(
                    number: try row.decode(atIndex: 0),
                    time: Timestamp(seconds: try row.decode(atIndex: 1)),
                    who: try row.decode(atIndex: 2), origin: origin,
                    changes: try row.decode(atIndex: 4))
            }
        }
    }

    /// Goes back from the table of now, change by change.
    package func forwards(at revision: Int) throws(StoreError) -> [Forward]? {
        try reading { database in
            let newest = try Int.fetchOne(database, sql: "SELECT max(number) FROM revision") ?? 0
            let oldest = try Int.fetchOne(database, sql: "SELECT min(number) FROM revision") ?? 1
            guard revision <= newest, revision >= oldest - 1 else { return nil }
            let names = ForwardRow.columns.joined(separator: ", ")
            var forwards = ByForward<Forward>()
            let present = try Row.fetchCursor(database, sql: "SELECT \(names) FROM forward")
            while let row = try present.next() {
                let forward = try ForwardRow.forward(row)
                forwards[forward.id] = forward
            }
            // Within a revision what came goes first, then what was before comes back.
            let past = try Row.fetchCursor(
                database,
                sql: """
                    SELECT is_after, \(names) FROM history WHERE revision > ?
                    ORDER BY revision DESC, is_after DESC
                    """,
                arguments: [revision])
            while let row = try past.next() {
                let forward = try ForwardRow.forward(row, from: 1)
                forwards[forward.id] = try row.decode(Bool.self, atIndex: 0) ? nil : forward
            }
            return forwards.values.sorted { $0.id < $1.id }
        }
    }

    package func confirm() throws(StoreError) {
        try writing { try Self.write(nil, $0) }
    }

    static func write(_ pending: PendingConfirmation?, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM pending")
        guard let pending else { return }
        try database.execute(
            sql: "INSERT INTO pending VALUES (?, ?)",
            arguments: [pending.base, pending.deadline.seconds])
    }

    static func pending(_ database: Database) throws -> PendingConfirmation? {
        guard let row = try Row.fetchOne(database, sql: "SELECT base, deadline FROM pending") else {
            return nil
        }
        return PendingConfirmation(
            base: try row.decode(atIndex: 0),
            deadline: Timestamp(seconds: try row.decode(atIndex: 1)))
    }
}
