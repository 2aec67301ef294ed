import Forwarding
import Storage
import TestKit
import Testing

@Suite struct `Earlier revisions` {
    @Test(arguments: Seed.batch(30))
    func `are what the table was`(seed: Seed) throws {
        var history = RandomHistory(seed)
        let store = try StoreFolder().open()
        var past: [[Forward]] = [[]]
        for revision in 0..<10 {
            try store.commit(history.step(), expecting: revision)
            past.append(history.table)
        }
        for (revision, table) in past.enumerated() {
            #expect(try store.forwards(at: revision) == table, "revision \(revision)")
        }
        #expect(try store.forwards(at: 11) == nil)
        #expect(try store.forwards(at: -1) == nil)
        #expect(try store.revisions(limit: 3).map(\.number) == [10, 9, 8])
        #expect(try store.revisions(limit: 3).allSatisfy { $0.who == "tester" })
    }

    @Test func `a change that awaits its confirmation is remembered until it has it`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let pending = PendingConfirmation(base: 0, deadline: Sample.now + 60)
        _ = try store.commit(
            [.added(Sample.forward())], by: .tester, at: Sample.now, expecting: 0, noting: [],
            pending: pending)
        #expect(try folder.open().load().pending == pending)
        try store.confirm()
        #expect(try folder.open().load().pending == nil)
    }
}
