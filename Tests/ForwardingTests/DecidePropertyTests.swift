import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Any sequence of requests` {
    /// What came of some random requests, and when.
    private static func world(
        _ gen: inout Gen, requests: Int = 60,
        each: (ForwardingTable, [ForwardChange]) -> Void = { _, _ in }
    ) -> (table: ForwardingTable, now: Timestamp) {
        var (table, now) = (ForwardingTable(), Sample.now)
        for _ in 0..<requests {
            let outcome = decide(
                gen.request(), by: Requester(name: "test", origin: gen.pick(Origin.allCases)),
                table: table, surroundings: SmallWorld.surroundings, now: now)
            if let changes = outcome.changes {
                each(table, changes)
                table.apply(changes)
            }
            now = now + Int64(gen.int(0...5))
        }
        return (table, now)
    }

    @Test(arguments: Seed.batch(120))
    func `no packet is claimed by two forwards that are looked at together`(seed: Seed) {
        var gen = Gen(seed)
        let (table, now) = Self.world(&gen)
        let active = table.sorted.compactMap { $0.active(in: SmallWorld.surroundings, at: now) }
        let doubled = (0..<200).compactMap { _ -> String? in
            let packet = gen.packet(towards: active)
            let claims = active.filter { $0.fate(of: packet, in: Sample.network) != nil }
            let names = claims.compactMap { table[$0.id]?.name }
            return Set(claims.map(\.precedence)).count < claims.count
                ? "\(packet) is claimed by \(names)" : nil
        }
        #expect(doubled == [])
    }

    @Test(arguments: Seed.batch(50))
    func `the trace finds what one of the forwards does`(seed: Seed) {
        var gen = Gen(seed)
        let (table, now) = Self.world(&gen)
        let surroundings = SmallWorld.surroundings
        let trace = Trace(table: table, surroundings: surroundings, now: now)
        let active = table.sorted.compactMap { $0.active(in: surroundings, at: now) }
        let wrong = (0..<100).filter { _ in
            let packet = gen.packet(towards: active)
            let fates = active.sorted { $0.precedence < $1.precedence }
                .compactMap { $0.fate(of: packet, in: surroundings.network) }
            return switch trace.fate(of: packet) {
            case .local, .guarded, .routed: fates != []
            case let fate: fates.first != fate
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: Seed.batch(50))
    func `names and numbers stay unique and lead to their forward`(seed: Seed) {
        var gen = Gen(seed)
        let (table, _) = Self.world(&gen)
        #expect(Set(table.all.map(\.name)).count == table.count)
        #expect(Set(table.all.map(\.id)).count == table.count)
        #expect(table.all.allSatisfy { table[$0.name] == $0 && table[$0.id] == $0 })
    }

    @Test(arguments: Seed.batch(50))
    func `changes and then their inverses give the table back`(seed: Seed) {
        var gen = Gen(seed)
        _ = Self.world(&gen) { table, changes in
            var copy = table
            copy.apply(changes)
            copy.apply(changes.map(\.inverse))
            #expect(copy.contents == table.contents)
            #expect(table.all.allSatisfy { copy[$0.name] == $0 })
            for forward in table.all.prefix(3) {
                #expect(
                    copy.forwards(on: forward.external.ports.first, .tcp)
                        .sorted { $0.id < $1.id }
                        == table.forwards(on: forward.external.ports.first, .tcp)
                        .sorted { $0.id < $1.id })
            }
        }
    }

    @Test(arguments: Seed.batch(50))
    func `a change says truly what was there before`(seed: Seed) {
        var gen = Gen(seed)
        _ = Self.world(&gen) { table, changes in
            for change in changes {
                if let before = change.before { #expect(table[before.id] == before) }
                if case .changed(let before, let after) = change { #expect(before.id == after.id) }
                if case .added(let forward) = change { #expect(table[forward.id] == nil) }
            }
        }
    }

    @Test(arguments: Seed.batch(50))
    func `a file that says what the table says changes nothing`(seed: Seed) {
        var gen = Gen(seed)
        let (table, now) = Self.world(&gen)
        let drafts = table.drafts.shuffled(using: &gen)
        let over = table.all.filter { $0.hasEnded(at: now) }
        let pruned = Set(over.filter { $0.origin != .device }.map(\.name))
        for prune in [Pruning.nothing, .fileForwards(of: "configuration"), .everything] {
            let outcome = table.deciding(
                .apply(drafts, prune: prune), in: SmallWorld.surroundings, at: now)
            guard case .accepted(let changes, let warnings) = outcome else {
                Issue.record("refused: \(outcome)")
                continue
            }
            // What is over counts as not there: it is told, and pruned.
            #expect(Set(warnings) == Set(over.map { .alreadyOver($0.name) }))
            #expect(Set(changes.map(\.name)) == (prune == .everything ? pruned : []))
        }
    }

    @Test(arguments: Seed.batch(50))
    func `the order of a file plays no part`(seed: Seed) {
        var gen = Gen(seed)
        let (table, now) = Self.world(&gen, requests: 10)
        let drafts = (0..<gen.int(1...5)).map { _ in gen.draft() }
        let prune = gen.pick([Pruning.nothing, .fileForwards(of: "configuration"), .everything])
        let results = [drafts, drafts.reversed()].map { drafts in
            let outcome = table.deciding(
                .apply(drafts, prune: prune), in: SmallWorld.surroundings, at: now)
            var table = table
            guard let changes = outcome.changes else { return [Forward]?.none }
            table.apply(changes)
            return table.sorted.map(\.terms)
        }
        let isRepeated = Set(drafts.map(\.name)).count < drafts.count
        #expect(results[0] == results[1] || isRepeated)
        #expect(!isRepeated || results == [nil, nil])
    }

    @Test(arguments: Seed.batch(50))
    func `nothing that is over survives the clock`(seed: Seed) {
        var gen = Gen(seed)
        var (table, now) = Self.world(&gen)
        now = now + 60
        let over = table.sorted.filter { $0.hasEnded(at: now) }
        let changes = table.deciding(.expire, at: now).changes ?? []
        #expect(Set(changes) == Set(over.map(ForwardChange.removed)))
        table.apply(changes)
        #expect(table.all.allSatisfy { !$0.hasEnded(at: now) })
        #expect(table.deciding(.expire, at: now) == .accepted([], []))
    }
}
