import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Applying a file` {
    private static let web = Sample.draft("web", .tcp, Sample.ports(80), to: "192.168.7.10")
    private static let nas = Sample.draft("nas", .tcp, Sample.ports(443), to: "192.168.7.11")

    private func applied(
        _ drafts: [ForwardDraft], to table: ForwardingTable, prune: Pruning = .everything
    ) throws -> ForwardingTable {
        var table = table
        table.apply(try #require(table.deciding(.apply(drafts, prune: prune)).changes))
        return table
    }

    @Test func `what is missing is added, what differs changed, the rest removed`() throws {
        let table = ForwardingTable([Self.web, Self.nas])
        var moved = Self.web
        moved.target.host = Sample.host("192.168.7.12")
        let new = Sample.draft("new", .udp)
        let changes = try #require(
            table.deciding(.apply([moved, new], prune: .everything)).changes)
        let before = try #require(table[Self.web.name])
        let removed = try #require(table[Self.nas.name])
        #expect(changes.count == 3)
        #expect(changes.contains(.removed(removed)))
        #expect(changes.contains { $0.before == before && $0.after?.target == moved.target })
        #expect(changes.contains { $0.before == nil && $0.after?.name == new.name })
    }

    @Test func `without pruning nothing is removed`() throws {
        let table = ForwardingTable([Self.web, Self.nas])
        let after = try applied([Sample.draft("new", .udp)], to: table, prune: .nothing)
        #expect(after.sorted.map(\.name.text) == ["nas", "new", "web"])
    }

    @Test func `a file may prune only what it made itself`() throws {
        var table = ForwardingTable()
        for (place, origin) in Origin.allCases.enumerated() {
            let draft = Sample.draft(origin.rawValue, .tcp, Sample.ports(UInt16(place + 1)))
            var forward = Sample.forward(UInt16(place + 1), draft)
            forward.origin = origin
            forward.creator = "maker"
            table.insert(forward)
        }
        let prunings = [
            Pruning.nothing, .fileForwards(of: "maker"), .fileForwards(of: "another"), .everything,
        ]
        let left = try prunings.map { prune in
            try applied([], to: table, prune: prune).sorted.map(\.name.text)
        }
        let all = ["device", "file", "operator"]
        #expect(left == [all, ["device", "operator"], all, ["device"]])
    }

    @Test func `two forwards swap their ports in one step`() throws {
        let table = ForwardingTable([Self.web, Self.nas])
        var (web, nas) = (Self.web, Self.nas)
        (web.external.ports, nas.external.ports) = (nas.external.ports, web.external.ports)
        (web.target.ports, nas.target.ports) = (nas.target.ports, web.target.ports)
        for drafts in [[web, nas], [nas, web]] {
            let after = try applied(drafts, to: table)
            #expect(after[web.name]?.external.ports == Sample.ports(443))
            #expect(after[nas.name]?.external.ports == Sample.ports(80))
            #expect(after[web.name]?.id == table[web.name]?.id)
        }
    }

    @Test func `a port passes from a forward that goes to one that comes`() throws {
        let table = ForwardingTable([Self.web])
        var heir = Self.web
        heir.name = Sample.name("heir")
        let after = try applied([heir], to: table)
        #expect(after.sorted.map(\.name.text) == ["heir"])
        #expect(
            table.deciding(.apply([heir], prune: .nothing)).problems
                == [.overlap(with: Self.web.name, Sample.ports(80))])
    }

    @Test func `leases of devices survive`() throws {
        var table = ForwardingTable([Self.web])
        var lease = Sample.forward(2, Sample.draft("console", .udp, Sample.ports(3074)))
        lease.origin = .device
        table.insert(lease)
        let after = try applied([], to: table)
        #expect(after.contents == [lease])
    }

    @Test func `a lease of a device is in the way of a file, and is named`() {
        var table = ForwardingTable()
        var lease = Sample.forward(1, Sample.draft("console", .tcp, Sample.ports(80)))
        lease.origin = .device
        table.insert(lease)
        #expect(
            table.deciding(.apply([Self.web], prune: .everything)).problems
                == [.overlap(with: lease.name, Sample.ports(80))])
    }

    @Test func `a changed forward keeps its number and its history`() throws {
        var table = ForwardingTable()
        var forward = Sample.forward(77, Self.web)
        (forward.origin, forward.creator) = (.device, "192.168.7.30")
        forward.created = Sample.now + -500
        table.insert(forward)
        var draft = Self.web
        draft.comment = "for the family"
        let after = try #require(try applied([draft], to: table)[draft.name])
        var expected = forward
        expected.comment = "for the family"
        #expect(after == expected)
    }

    @Test func `a name may stand in a file only once`() {
        let outcome = ForwardingTable().deciding(.apply([Self.web, Self.web], prune: .nothing))
        #expect(outcome.problems == [.duplicate])
        #expect(outcome.refusals.map(\.field) == [.name])
        #expect(outcome.refusals.map(\.forward) == [Self.web.name])
    }

    @Test func `what is unchanged is not examined again`() {
        let table = ForwardingTable([Self.web])
        let listener = Listener(transport: .tcp, address: nil, port: 80, program: "nginx")
        let surroundings = Sample.surroundings(listeners: [listener])
        let outcome = table.deciding(.apply([Self.web], prune: .everything), in: surroundings)
        #expect(outcome == .accepted([], []))
    }

    @Test func `one bad line refuses the whole file`() {
        let bad = Sample.draft("bad", .udp, to: "224.0.0.1")
        let outcome = ForwardingTable([Self.nas]).deciding(
            .apply([Self.web, bad], prune: .everything))
        #expect(outcome.problems == [.multicast])
    }
}

@Suite struct `Editing` {
    private static let table = ForwardingTable([
        Sample.draft("nas"), Sample.draft("web", .tcp, Sample.ports(80)),
    ])
    private static let nas = Sample.name("nas")

    private func edited(_ fill: (inout ForwardEdit) -> Void) throws -> Forward {
        var edit = ForwardEdit()
        fill(&edit)
        let changes = try #require(Self.table.deciding(.edit(Self.nas, edit)).changes)
        guard case .changed(let before, let after) = try #require(changes.first) else {
            Issue.record("not a change: \(changes)")
            return Sample.forward()
        }
        #expect(changes.count == 1)
        #expect(before == Self.table[Self.nas])
        return after
    }

    @Test func `each field is set by itself`() throws {
        #expect(try edited { $0.name = Sample.name("disk") }.name.text == "disk")
        #expect(try edited { $0.transports = .udp }.transports == .udp)
        #expect(
            try edited { $0.scope = Sample.scope(on: "wan0") }.external.scope
                == Sample.scope(on: "wan0"))
        #expect(
            try edited { $0.allowed = [Sample.prefix("10.0.0.0/8")] }.sources.allowed
                == [Sample.prefix("10.0.0.0/8")])
        #expect(
            try edited { $0.denied = [Sample.prefix("10.0.0.0/8")] }.sources.denied
                == [Sample.prefix("10.0.0.0/8")])
        #expect(try edited { $0.hairpin = false }.hairpin == false)
        #expect(try edited { $0.sourceAddress = .rewritten }.sourceAddress == .rewritten)
        #expect(try edited { $0.translatesIPv6 = true }.translatesIPv6)
        #expect(try edited { $0.ends = .after(60) }.ends == Sample.now + 60)
        #expect(try edited { $0.enabled = false }.enabled == false)
        #expect(try edited { $0.comment = "cellar" }.comment == "cellar")
    }

    @Test func `ports and target are set together`() throws {
        let target = Target(host: Sample.host("192.168.7.20"), ports: Sample.ports(90, 91))
        let after = try edited {
            $0.ports = Sample.ports(90, 91)
            $0.target = target
        }
        #expect(after.external.ports == Sample.ports(90, 91))
        #expect(after.target == target)
    }

    @Test func `an edit that changes nothing gives no change`() {
        var edit = ForwardEdit(enabled: true)
        #expect(Self.table.deciding(.edit(Self.nas, edit)) == .accepted([], []))
        edit.ports = Sample.ports(8443)
        edit.ends = .never
        #expect(Self.table.deciding(.edit(Self.nas, edit)) == .accepted([], []))
    }

    @Test func `an edit is examined like a new forward`() {
        var edit = ForwardEdit()
        edit.name = Sample.name("web")
        #expect(Self.table.deciding(.edit(Self.nas, edit)).problems == [.duplicate])
        edit = ForwardEdit()
        edit.ports = Sample.ports(80)
        #expect(
            Self.table.deciding(.edit(Self.nas, edit)).problems
                == [.overlap(with: Sample.name("web"), Sample.ports(80))])
    }

    @Test func `an end may be taken away`() throws {
        let table = ForwardingTable([Sample.draft("nas", ends: .after(60))])
        var edit = ForwardEdit()
        edit.ends = .never
        let after = try #require(table.deciding(.edit(Self.nas, edit)).changes?.first?.after)
        #expect(after.ends == nil)
    }
}

@Suite struct `Removing and expiring` {
    @Test func `a forward is removed by its name`() {
        let table = ForwardingTable([Sample.draft("a"), Sample.draft("b", .udp)])
        #expect(
            table.deciding(.remove(Sample.name("a"))).changes
                == [.removed(Sample.forward(1, Sample.draft("a")))])
    }

    @Test func `the clock removes what is over, by number`() {
        let drafts = [("c", 10), ("b", 20), ("a", 9), ("d", 11)].map { name, seconds in
            Sample.draft(name, ends: .after(Int64(seconds)))
        }
        let table = ForwardingTable(drafts + [Sample.draft("e")])
        func gone(_ seconds: Int64) -> [String]? {
            table.deciding(.expire, at: Sample.now + seconds).changes?.map(\.name.text)
        }
        #expect(gone(8) == [])
        #expect(gone(9) == ["a"])
        #expect(gone(11) == ["c", "a", "d"])
        #expect(gone(1000) == ["c", "b", "a", "d"])
    }

    @Test(arguments: Seed.batch(100))
    func `going back makes the table what it was, without what is over`(seed: Seed) {
        var gen = Gen(seed)
        func random() -> ForwardingTable {
            var table = ForwardingTable()
            for _ in 0..<gen.int(0...12) {
                var forward = Sample.forward(UInt16(gen.int(1...12)), gen.draft())
                forward.name = Sample.name("f\(forward.id.number)-\(gen.int(0...1))")
                forward.ends = gen.oneIn(5) ? Sample.now + Int64(gen.int(-5...5)) : nil
                table.insert(forward)
            }
            return table
        }
        let (former, now) = (random(), random())
        let outcome = now.deciding(.restore(Array(former.all)))
        var restored = now
        restored.apply(outcome.changes ?? [])
        #expect(outcome.changes != nil)
        #expect(Set(restored.all) == Set(former.all.filter { !$0.hasEnded(at: Sample.now) }))
        #expect(restored.deciding(.restore(Array(former.all))).changes == [])
    }

    @Test func `going back leaves the leases of devices, but not in the way`() {
        func lease(_ number: UInt16, _ name: String, _ port: UInt16) -> Forward {
            var lease = Sample.forward(number, Sample.draft(name, .tcp, Sample.ports(port)))
            lease.origin = .device
            return lease
        }
        var now = ForwardingTable()
        for forward in [lease(1, "game", 3000), lease(2, "clash", 4000)] { now.insert(forward) }
        let former = [
            Sample.forward(3, Sample.draft("nas", .tcp, Sample.ports(4000))),
            lease(4, "old", 5000),
        ]
        let outcome = now.deciding(.restore(former))
        now.apply(outcome.changes ?? [])
        #expect(Set(now.all.map(\.name.text)) == ["game", "nas"])
    }
}
