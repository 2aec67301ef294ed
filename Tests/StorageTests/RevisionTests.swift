import Addressing
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

@Suite struct `What devices have asked for` {
    @Test(arguments: Seed.batch(40))
    func `is kept, and makes no revision`(seed: Seed) throws {
        var gen = Gen(seed)
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.add([Sample.forward(1)])
        let leased = (2...9).map {
            let lease = gen.lease()
            return gen.stored(UInt16($0), named: "lease-\($0)", for: lease)
        }
        #expect(try store.commit(leased.map(ForwardChange.added), expecting: 1) == 1)
        #expect(try folder.open().forwards() == [Sample.forward(1)] + leased)
        #expect(try store.revisions(limit: 10).map(\.number) == [1])
        #expect(try store.commit(leased.map(ForwardChange.removed), expecting: 1) == 1)
        #expect(try folder.open().forwards() == [Sample.forward(1)])
    }

    @Test func `leaves what was said about it, and the epoch`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        let consents = [
            LeaseConsent(
                device: .prefix(Sample.prefix("192.168.7.10/32")), transport: .udp, port: 50_000,
                isAllowed: true),
            LeaseConsent(device: .any, transport: .tcp, port: 1, isAllowed: false),
        ]
        try store.save(consents)
        let epoch = LeaseEpoch(since: Sample.now, address: IPv4Address("203.0.113.5"))
        try store.save(epoch)
        let state = try folder.open().load()
        #expect(state.consents == consents && state.epoch == epoch)
    }
}
