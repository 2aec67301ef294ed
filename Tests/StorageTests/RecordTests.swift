import Forwarding
import Storage
import TestKit
import Testing

extension Activity {
    static func sample(
        _ forward: String?, _ kind: Kind = .added, revision: Int? = nil
    ) -> Activity {
        Activity(
            time: Sample.now, who: "tester", origin: .operator, kind: kind,
            forward: forward.map(Sample.name), detail: "8443/tcp to 192.168.7.10:443",
            revision: revision)
    }
}

@Suite struct `Record of activity` {
    @Test func `what goes on record with a commit is there with it, the newest first`() throws {
        let folder = try StoreFolder()
        let notes = [Activity.sample("a", revision: 1), Activity.sample("b", revision: 1)]
        _ = try folder.open().commit(
            [.added(Sample.forward())], by: .tester, at: Sample.now, expecting: 0, noting: notes,
            pending: nil)
        let store = try folder.open()
        try store.note([.sample(nil, .started)])
        #expect(
            try store.activity(of: nil, limit: 10) == [.sample(nil, .started)] + notes.reversed())
    }

    @Test func `a query is limited, and asks about one forward`() throws {
        let store = try StoreFolder().open()
        try store.note((1...9).map { .sample($0 % 3 == 0 ? "nas" : "tv", revision: $0) })
        try store.note([.sample(nil, .network)])
        #expect(try store.activity(of: nil, limit: 4).compactMap(\.revision) == [9, 8, 7])
        let nas = try store.activity(of: Sample.name("nas"), limit: 2)
        #expect(nas.map(\.revision) == [9, 6])
        #expect(try store.activity(of: Sample.name("na"), limit: 10).isEmpty)
    }

    @Test func `every kind and origin comes back as it was`() throws {
        let store = try StoreFolder().open()
        let kinds: [Activity.Kind] = [
            .added, .changed, .removed, .ended, .refused, .followed, .network, .started, .stopped,
            .failed,
        ]
        let notes = kinds.flatMap { kind in
            Origin.allCases.map { origin in
                var note = Activity.sample("nas", kind)
                note.origin = origin
                note.detail = "it's \"\(kind)\""
                return note
            }
        }
        try store.note(notes)
        #expect(try store.activity(of: nil, limit: 100) == notes.reversed())
    }

    @Test func `an entry that cannot be read does not keep the others from being shown`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.note((1...3).map { .sample("nas", revision: $0) })
        try folder.execute("UPDATE activity SET time = 'noon' WHERE number = 2")
        try folder.execute("INSERT INTO activity SELECT 4, 0, '', 'file', 'blessed', NULL, '', 0")
        #expect(try store.activity(of: nil, limit: 10).map(\.revision) == [3, 1])
    }

    @Test func `the record keeps the last 100,000 entries`() throws {
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.note([.sample("nas")])
        try folder.execute(
            """
            INSERT INTO activity (time, who, origin, kind, forward, detail)
            SELECT time, who, origin, kind, forward, detail
            FROM activity, (WITH RECURSIVE n (i) AS
                (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 99999) SELECT i FROM n)
            """)
        try store.note([.sample("tv"), .sample("tv")])
        #expect(try folder.number("SELECT count(*) FROM activity") == 100_000)
        #expect(try folder.number("SELECT min(number) FROM activity") == 3)
        #expect(try store.activity(of: Sample.name("tv"), limit: 10).count == 2)
    }
}

@Suite struct `Traffic totals` {
    @Test(arguments: Seed.batch(20))
    func `totals survive opening again`(seed: Seed) throws {
        var gen = Gen(seed)
        let folder = try StoreFolder()
        let store = try folder.open()
        try store.add([Sample.forward(1), Sample.forward(2, Sample.draft("other"))])
        let totals: ByForward = [
            Sample.id(1): TrafficTotal(total: gen.traffic(), counted: gen.traffic()),
            Sample.id(2): TrafficTotal(total: gen.traffic(), counted: Traffic()),
        ]
        try store.save([Sample.id(1): TrafficTotal()])
        try store.save(totals)
        #expect(try folder.open().load().totals == totals)
    }

    @Test func `totals go with their forward, stay over its changes, and need one`() throws {
        let store = try StoreFolder().open()
        let (nas, tv) = (Sample.forward(1), Sample.forward(2, Sample.draft("tv")))
        try store.add([nas, tv])
        let total = TrafficTotal(total: Traffic(flows: 7), counted: Traffic(flows: 3))
        try store.save([nas.id: total, tv.id: total, Sample.id(9): total])
        #expect(try Set(store.load().totals.map(\.id)) == [nas.id, tv.id])
        var renamed = nas
        renamed.name = Sample.name("renamed")
        try store.commit([.changed(from: nas, to: renamed), .removed(tv)], expecting: 1)
        #expect(try store.load().totals == [nas.id: total])
    }

    @Test func `readings add up`() {
        var total = TrafficTotal()
        for flows in [3, 3, 10] as [UInt64] {
            total = total.advanced(to: Traffic(flows: flows), in: 1, at: Timestamp(seconds: 0))
        }
        #expect(
            total
                == TrafficTotal(
                    total: Traffic(flows: 10), counted: Traffic(flows: 10), month: 1,
                    lastUsed: Timestamp(seconds: 0)))
    }

    @Test func `counters that began anew are added to what was, each for itself`() {
        let before = TrafficTotal(
            total: Traffic(
                flows: 100, inbound: Volume(packets: 50, bytes: 5000), denied: 4),
            counted: Traffic(flows: 10, inbound: Volume(packets: 5, bytes: 500), denied: 4))
        let reading = Traffic(flows: 2, inbound: Volume(packets: 6, bytes: 90), denied: 4)
        let after = before.advanced(to: reading, in: 1, at: Timestamp(seconds: 0))
        #expect(
            after.total
                == Traffic(flows: 102, inbound: Volume(packets: 51, bytes: 5090), denied: 4))
        #expect(after.counted == reading)
    }

    @Test(arguments: Seed.batch(200))
    func `a total never goes down and misses nothing between readings`(seed: Seed) {
        var gen = Gen(seed)
        var (total, expected, counter) = (TrafficTotal(), UInt64(0), UInt64(0))
        for _ in 0..<20 {
            // A reset is seen when the counter is lower than it was; then all of it is new.
            let added = UInt64(gen.int(0...1000))
            if gen.oneIn(5), added < counter { counter = 0 }
            counter += added
            expected += added
            let before = total.total.flows
            total = total.advanced(to: Traffic(flows: counter), in: 1, at: Timestamp(seconds: 0))
            #expect(total.total.flows >= before)
        }
        #expect(total.total.flows == expected)
    }
}
