import Addressing
import Forwarding
import GRDB
import Storage
import TestKit
import Testing

@Suite struct `SQLite store` {
    @Test(arguments: Seed.batch(40))
    func `what was committed is loaded, step by step and after opening again`(seed: Seed) throws {
        let folder = try StoreFolder()
        var history = RandomHistory(seed)
        var store = try folder.open()
        for revision in 0..<12 {
            #expect(try store.commit(history.step(), expecting: revision) == revision + 1)
            let state = try store.load()
            #expect(state.revision == revision + 1)
            #expect(state.table.all.sorted { $0.id < $1.id } == history.table)
            if revision % 4 == 3 { store = try folder.open() }
        }
        #expect(try folder.open().forwards() == history.table)
    }

    @Test func `a new store is empty, at revision 0`() throws {
        let state = try StoreFolder().open().load()
        #expect(state.table.count == 0)
        #expect(state.revision == 0)
        #expect(state.totals.isEmpty)
    }

    @Test func `a stale revision is refused, and nothing of it is kept`() throws {
        let store = try StoreFolder().open()
        let first = Sample.forward(1, Sample.draft("first"))
        try store.add([first])
        let late = Sample.forward(2, Sample.draft("late"))
        for stale in [0, 2, -1] {
            #expect(throws: StoreError.revisionMoved(expected: stale, found: 1)) {
                try store.commit(
                    [.added(late)], by: .tester, at: Sample.now, expecting: stale,
                    noting: [.sample("late")], pending: nil)
            }
        }
        #expect(try store.forwards() == [first])
        #expect(try store.load().revision == 1)
        #expect(try store.activity(of: nil, limit: 10).isEmpty)
    }

    @Test func `two forwards swap their names and ports in one commit`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let (first, second) = (
            Sample.forward(1, Sample.draft("first", .tcp, Sample.ports(1))),
            Sample.forward(2, Sample.draft("second", .udp, Sample.ports(2)))
        )
        try store.add([first, second])
        var (one, two) = (second, first)
        (one.id, two.id) = (first.id, second.id)
        try store.commit(
            [.changed(from: first, to: one), .changed(from: second, to: two)], expecting: 1)
        #expect(try store.forwards() == [one, two])
        #expect(try folder.open().forwards() == [one, two])
    }

    @Test func `a name that one forward gives up goes to another in the same commit`() throws {
        let store = try StoreFolder().open()
        let old = Sample.forward(1, Sample.draft("nas"))
        try store.add([old])
        let new = Sample.forward(2, Sample.draft("nas"))
        // The newcomer is named first: the order of the changes plays no part.
        try store.commit([.added(new), .removed(old)], expecting: 1)
        #expect(try store.forwards() == [new])
    }

    @Test func `a change that the database refuses leaves the whole commit out`() throws {
        let store = try StoreFolder().open()
        let first = Sample.forward(1, Sample.draft("first"))
        try store.add([first])
        let twin = Sample.forward(3, Sample.draft("first"))
        #expect(throws: StoreError.self) {
            try store.commit(
                [.added(Sample.forward(2, Sample.draft("second"))), .added(twin)], by: .tester,
                at: Sample.now, expecting: 1, noting: [.sample("second")], pending: nil)
        }
        #expect(try store.forwards() == [first])
        #expect(try store.load().revision == 1)
        #expect(try store.activity(of: nil, limit: 10).isEmpty)
    }

    @Test func `history holds each forward before and after`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let first = Sample.forward(1, Sample.draft("first"))
        var renamed = first
        renamed.name = Sample.name("renamed")
        try store.add([first])
        try store.commit([.changed(from: first, to: renamed)], expecting: 1)
        try store.commit([.removed(renamed)], expecting: 2)
        let rows = try DatabaseQueue(path: folder.database).read { database in
            try Row.fetchAll(
                database, sql: "SELECT revision, is_after, name FROM history ORDER BY rowid"
            ).map { "\($0["revision"] as Int) \($0["is_after"] as Bool) \($0["name"] as String)" }
        }
        #expect(
            rows == ["1 true first", "2 false first", "2 true renamed", "3 false renamed"])
    }

    @Test(arguments: Seed.batch(10))
    func `history, played from the beginning, leads to the table`(seed: Seed) throws {
        let folder = try StoreFolder()
        var history = RandomHistory(seed)
        let store = try folder.open()
        for revision in 0..<10 { try store.commit(history.step(), expecting: revision) }
        try DatabaseQueue(path: folder.database).read { database in
            var played: [Int: Row] = [:]
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM history ORDER BY revision, is_after, rowid")
            for row in rows {
                let isAfter: Bool = row["is_after"]
                played[row["id"]] = isAfter ? row : nil
            }
            let table = try Row.fetchAll(database, sql: "SELECT * FROM forward ORDER BY id")
            #expect(table.count == played.count)
            for forward in table {
                let last = try #require(played[forward["id"]])
                for column in forward.columnNames {
                    #expect(forward[column] as DatabaseValue == last[column] as DatabaseValue)
                }
            }
        }
    }

    @Test(arguments: [
        "target = 'x y'", "transports = 'icmp'", "ports = '0'", "allow = '10.0.0.1/8'",
        "id = 70000",
        "at_address = '300.1.1.1'", "ends = 'soon'", "created = 'x'", "source = 7", "origin = ''",
        "comment = x'ff00'",
    ])
    func `a row that cannot be read is named, not left out`(damage: String) throws {
        let folder = try StoreFolder()
        try folder.filled(3)
        // Any SQLite program may write to the file, and the declared types hold nobody back.
        try folder.execute("UPDATE forward SET \(damage) WHERE name = 'f2'")
        let store = try folder.open()
        #expect(throws: StoreError.unreadable(forward: "f2")) { try store.load() }
    }
}
