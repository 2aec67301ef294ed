import Addressing
package import Forwarding
import Foundation
import GRDB

/// The store in one SQLite file, written ahead and synced at every commit.
///
/// Beside the file stands a copy of the last good start (`….copy`). A damaged or missing file is an error
/// that names the copy; it never becomes an empty table by itself.
package final class SQLiteStore: Store {
    private let path: String
    private let database: DatabaseQueue

    /// Why there is no fresh copy, where there is none.
    package private(set) var copyFailure: String?

    /// How many revisions can be looked back upon.
    private static let mostRevisions = 10_000

    private static func prune(_ database: Database) throws {
        let oldest = try revision(database) - mostRevisions
        try database.execute(sql: "DELETE FROM history WHERE revision < ?", arguments: [oldest])
        try database.execute(sql: "DELETE FROM revision WHERE number < ?", arguments: [oldest])
    }

    /// How many entries of activity are kept.
    private static let mostActivity = 100_000

    /// Opens the store in a folder, which is made if need be.
    package init(folder: String) throws(StoreError) {
        let path = folder + "/portcullis.sqlite"
        let copy = path + ".copy"
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            if FileManager.default.fileExists(atPath: path) {
                try Self.check(path)
            } else if FileManager.default.fileExists(atPath: copy) {
                throw StoreError.vanished(path: path, copy: copy)
            }
            database = try DatabaseQueue(path: path, configuration: Self.configuration)
            let migrator = Schema.migrator
            guard try database.read({ try !migrator.hasBeenSuperseded($0) }) else {
                throw StoreError.fromTheFuture(path: path)
            }
            try migrator.migrate(database)
            try database.write { try Self.prune($0) }
            // Without room for the copy the store works all the same; the old copy stays.
            do { try Self.copy(database, to: copy) } catch { copyFailure = "\(error)" }
        } catch { throw Self.failure(error, path) }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    /// Through a connection that cannot write: GRDB writes when it opens a database that is written
    /// ahead, and a damaged file is left to its owner as it is.
    private static func check(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let verdict = try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard verdict == "ok" else {
            throw StoreError.damaged(path: path, detail: verdict ?? "")
        }
    }

    /// Under another name first, so that a crash leaves the old copy or the new one.
    private static func copy(_ database: DatabaseQueue, to path: String) throws {
        let fresh = path + ".new"
        try? FileManager.default.removeItem(atPath: fresh)
        try database.writeWithoutTransaction {
            try $0.execute(sql: "VACUUM INTO ?", arguments: [fresh])
        }
        // SAFETY: both texts outlive the call.
        guard unsafe rename(fresh, path) == 0 else {
            throw StoreError.notWritable(path: path, detail: "rename")
        }
    }

    package func load() throws(StoreError) -> StoredState {
        try reading { database in
            var table = ForwardingTable()
            table.reserveCapacity(
                try Int.fetchOne(database, sql: "SELECT count(*) FROM forward") ?? 0)
            let names = ForwardRow.columns.joined(separator: ", ")
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(names) FROM forward ORDER BY id")
            while let row = try rows.next() { table.insert(try ForwardRow.forward(row)) }
            return StoredState(
                table: table, revision: try Self.revision(database),
                totals: try Totals.load(database), resolved: try Self.resolved(database),
                pending: try Self.pending(database), consents: try Self.consents(database),
                epoch: try Self.epoch(database), access: try Self.access(database))
        }
    }

    package func commit(
        _ changes: [ForwardChange], by requester: Requester, at now: Timestamp,
        expecting expected: Int, noting activity: [Activity], pending: PendingConfirmation?
    ) throws(StoreError) -> Int {
        try writing { database in
            let found = try Self.revision(database)
            guard found == expected else {
                throw StoreError.revisionMoved(expected: expected, found: found)
            }
            let count = changes.count { !$0.isOfDevice }
            let isRevision = changes.isEmpty || count > 0
            let revision = isRevision ? expected + 1 : expected
            if isRevision {
                try database.execute(
                    sql: "INSERT INTO revision VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        revision, now.seconds, requester.name, requester.origin.rawValue, count,
                    ])
            }
            try Self.write(changes, revision, database)
            try Self.write(activity, database)
            try Self.write(pending, database)
            return revision
        }
    }

    /// What goes is deleted before anything is put in: two forwards may have swapped names.
    private static func write(
        _ changes: [ForwardChange], _ revision: Int, _ database: Database
    ) throws {
        let marks = Array(repeating: "?", count: ForwardRow.columns.count).joined(separator: ", ")
        let history = try database.makeStatement(
            sql: "INSERT INTO history VALUES (?, ?, \(marks))")
        let insert = try database.makeStatement(sql: "INSERT INTO forward VALUES (\(marks))")
        let park = try database.makeStatement(
            sql: "UPDATE forward SET name = '/' || id WHERE id = ?")
        let delete = try database.makeStatement(sql: "DELETE FROM forward WHERE id = ?")
        let assignments = ForwardRow.columns.map { "\($0) = ?" }.joined(separator: ", ")
        let update = try database.makeStatement(
            sql: "UPDATE forward SET \(assignments) WHERE id = ?")
        func keep(_ forward: Forward, isAfter: Bool) throws {
            let head: [(any DatabaseValueConvertible)?] = [revision, isAfter]
            try history.execute(
                arguments: StatementArguments(head + ForwardRow.values(of: forward)))
        }
        for change in changes {
            guard let before = change.before else { continue }
            if !change.isOfDevice { try keep(before, isAfter: false) }
            try (change.after == nil ? delete : park).execute(
                arguments: [Int(before.id.number)])
        }
        for change in changes {
            guard let after = change.after else { continue }
            if !change.isOfDevice { try keep(after, isAfter: true) }
            let values = ForwardRow.values(of: after)
            if change.before == nil {
                try insert.execute(arguments: StatementArguments(values))
            } else {
                try update.execute(arguments: StatementArguments(values + [Int(after.id.number)]))
            }
        }
    }

    private static func revision(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT max(number) FROM revision") ?? 0
    }

    package func note(_ activity: [Activity]) throws(StoreError) {
        try writing { try Self.write(activity, $0) }
    }

    static func write(_ activity: [Activity], _ database: Database) throws {
        guard !activity.isEmpty else { return }
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO activity (time, who, origin, kind, forward, detail, revision)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for entry in activity {
            try insert.execute(arguments: [
                entry.time.seconds, entry.who, entry.origin.rawValue, entry.kind.rawValue,
                entry.forward?.text, entry.detail, entry.revision,
            ])
        }
        try database.execute(
            sql: "DELETE FROM activity WHERE number <= (SELECT max(number) FROM activity) - ?",
            arguments: [mostActivity])
    }

    package func activity(
        of forward: ForwardName?, before number: Int?, limit: Int
    ) throws(StoreError) -> [Recorded] {
        try reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT time, who, origin, kind, forward, detail, revision, number FROM activity
                    WHERE (?1 IS NULL OR forward = ?1) AND (?2 IS NULL OR number < ?2)
                    ORDER BY number DESC LIMIT ?3
                    """,
                arguments: [forward?.text, number, limit])
            return rows.compactMap { row in
                guard let entry = (try? Self.activity(row)) ?? nil else { return nil }
                return Recorded(number: row[7], entry: entry)
            }
        }
    }

    /// Nil for a kind that this version does not know.
    private static func activity(_ row: Row) throws -> Activity? {
        guard let origin = Origin(rawValue: try row.decode(atIndex: 2)),
            let kind = Activity.Kind(rawValue: try row.decode(atIndex: 3))
        else { return nil }
        return Activity(
            time: Timestamp(seconds: try row.decode(atIndex: 0)), who: try row.decode(atIndex: 1),
            origin: origin, kind: kind,
            forward: (try row.decode(String?.self, atIndex: 4)).flatMap { ForwardName($0) },
            detail: try row.decode(atIndex: 5), revision: try row.decode(atIndex: 6))
    }

    package func save(_ totals: ByForward<TrafficTotal>) throws(StoreError) {
        guard !totals.isEmpty else { return }
        try writing { try Totals.save(totals, $0) }
    }

    package func save(_ resolved: [TargetHost: ResolvedTarget]) throws(StoreError) {
        try writing { database in
            try database.execute(sql: "DELETE FROM resolved")
            for (host, place) in resolved {
                try database.execute(
                    sql: "INSERT INTO resolved VALUES (?, ?, ?)",
                    arguments: [host.description, place.v4?.description, place.v6?.description])
            }
        }
    }

    private static func resolved(
        _ database: Database
    ) throws -> [TargetHost: ResolvedTarget] {
        let rows = try Row.fetchAll(database, sql: "SELECT host, v4, v6 FROM resolved")
        return rows.reduce(into: [:]) { resolved, row in
            guard let host = ForwardSpelling.host(row[0]) else { return }
            let (v4, v6): (String?, String?) = (row[1], row[2])
            resolved[host] = ResolvedTarget(
                v4: v4.flatMap { IPv4Address($0) }, v6: v6.flatMap { IPv6Address($0) })
        }
    }

    func reading<Result>(
        _ body: (Database) throws -> Result
    ) throws(StoreError) -> Result {
        do { return try database.read(body) } catch { throw Self.failure(error, path) }
    }

    func writing<Result>(
        _ body: (Database) throws -> Result
    ) throws(StoreError) -> Result {
        do { return try database.write(body) } catch { throw Self.failure(error, path) }
    }

    private static func failure(_ error: any Error, _ path: String) -> StoreError {
        switch error {
        case let error as StoreError: return error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                return .damaged(path: path, detail: error.message ?? "")
            case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
            default: return .notWritable(path: path, detail: error.message ?? "\(error.resultCode)")
            }
        default: return .notWritable(path: path, detail: error.localizedDescription)
        }
    }
}
