import Addressing
import Forwarding
import TestKit
import Testing

@Suite struct `Forwarding table` {
    private static func randomTable(_ gen: inout Gen) -> ForwardingTable {
        var table = ForwardingTable()
        for _ in 0..<gen.int(0...40) {
            let number = UInt16(gen.int(1...50))
            guard !gen.oneIn(4) else {
                table.remove(Sample.id(number))
                continue
            }
            var draft = gen.draft()
            draft.name = Sample.name("f\(number)-\(gen.int(0...1))")
            table.insert(Sample.forward(number, draft))
        }
        return table
    }

    @Test(arguments: Seed.batch(60))
    func `the forwards of a port are those that a linear scan finds`(seed: Seed) {
        var gen = Gen(seed)
        let table = Self.randomTable(&gen)
        for port in 1...9 as ClosedRange<UInt16> {
            for transport in TransportProtocol.allCases {
                let scanned = table.all.filter {
                    $0.external.ports.contains(port) && $0.transports.contains(transport)
                }
                #expect(Set(table.forwards(on: port, transport)) == Set(scanned))
            }
        }
    }

    @Test(arguments: Seed.batch(60))
    func `the neighbours of a forward are those that a linear scan finds`(seed: Seed) {
        var gen = Gen(seed)
        let table = Self.randomTable(&gen)
        for _ in 0..<10 {
            let forward = Sample.forward(UInt16(gen.int(1...60)), gen.draft())
            let scanned = table.all.filter { other in
                other.id != forward.id
                    && other.external.ports.overlaps(forward.external.ports)
                    && other.transports.all.contains(where: forward.transports.contains)
            }
            #expect(table.neighbours(of: forward) == scanned.sorted { $0.id < $1.id })
        }
    }

    @Test func `a forward with a number that is taken replaces the other`() {
        var table = ForwardingTable([Sample.draft("old", .tcp, Sample.ports(80))])
        table.insert(Sample.forward(1, Sample.draft("new", .tcp, Sample.ports(81))))
        #expect(table.count == 1)
        #expect(table[Sample.name("old")] == nil)
        #expect(table[Sample.name("new")]?.id == .first)
        #expect(table.forwards(on: 80, .tcp) == [])
        #expect(table.forwards(on: 81, .tcp).count == 1)
    }

    @Test func `two forwards may swap their names`() {
        var table = ForwardingTable([Sample.draft("a"), Sample.draft("b")])
        let (first, second) = (table.sorted[0], table.sorted[1])
        var (newFirst, newSecond) = (first, second)
        (newFirst.name, newSecond.name) = (second.name, first.name)
        table.apply([.changed(from: first, to: newFirst), .changed(from: second, to: newSecond)])
        #expect(table[second.name] == newFirst)
        #expect(table[first.name] == newSecond)
    }

    @Test func `the list is sorted by name`() {
        let table = ForwardingTable(["web", "nas", "a1", "B"].map { Sample.draft($0) })
        #expect(table.sorted.map(\.name.text) == ["B", "a1", "nas", "web"])
    }
}

@Suite struct `Number of a forward` {
    @Test func `after the last comes the first`() {
        #expect(ForwardID(0) == nil)
        #expect(ForwardID.first.next == Sample.id(2))
        #expect(Sample.id(65535).next == .first)
    }

    /// Adds one forward as a user would, and says its number.
    private func add(_ table: inout ForwardingTable, _ name: String) throws -> UInt16 {
        let changes = try #require(
            table.deciding(.add([Sample.draft(name, .tcp, Sample.ports(port(name)))])).changes)
        table.apply(changes)
        return try #require(changes.first?.after).id.number
    }

    private func port(_ name: String) -> UInt16 { UInt16(name.dropFirst()) ?? 1 }

    @Test func `numbers go round before one is used again`() throws {
        var table = ForwardingTable()
        #expect(try (1...5).map { try add(&table, "f\($0)") } == [1, 2, 3, 4, 5])
        table.remove(Sample.id(3))
        table.remove(Sample.id(5))
        #expect(try add(&table, "f6") == 6)
        for number in [20000, 40000, 60000, 65534] as [UInt16] {
            table.insert(Sample.forward(number, Sample.draft("late\(number)", .udp)))
        }
        #expect(try add(&table, "f7") == 65535)
        #expect(try add(&table, "f8") == 3)
        #expect(try add(&table, "f9") == 5)
        #expect(try add(&table, "f10") == 7)
    }

    @Test func `an edit does not bring back the number of a forward that has just gone`() throws {
        var table = ForwardingTable()
        for number in 1...5 { _ = try add(&table, "f\(number)") }
        table.remove(Sample.id(3))
        table.insert(Sample.forward(20000, Sample.draft("late", .udp)))
        let edit = Request.edit(Sample.name("f2"), ForwardEdit(enabled: false))
        table.apply(try #require(table.deciding(edit).changes))
        #expect(try add(&table, "f6") == 20001)
    }

    @Test func `nor does a file that changes one forward and adds another`() throws {
        var table = ForwardingTable()
        for number in 1...5 { _ = try add(&table, "f\(number)") }
        table.remove(Sample.id(3))
        var drafts = table.drafts
        drafts[1].enabled = false
        drafts.append(Sample.draft("f6", .udp))
        table.apply(try #require(table.deciding(.apply(drafts, prune: .everything)).changes))
        #expect(table[Sample.name("f6")]?.id == Sample.id(6))
        #expect(try add(&table, "f7") == 7)
    }

    @Test func `nor does taking back a removal`() throws {
        var table = ForwardingTable()
        for number in 1...5 { _ = try add(&table, "f\(number)") }
        let removal = try #require(table.deciding(.remove(Sample.name("f2"))).changes)
        table.remove(Sample.id(3))
        table.apply(removal)
        table.apply(removal.map(\.inverse))
        #expect(try add(&table, "f6") == 6)
    }

    @Test func `a file that replaces everything takes new numbers`() throws {
        var table = ForwardingTable()
        for number in 1...3 { _ = try add(&table, "f\(number)") }
        let drafts = [Sample.draft("g1"), Sample.draft("g2", .udp)]
        table.apply(try #require(table.deciding(.apply(drafts, prune: .everything)).changes))
        #expect(Set(table.all.map(\.id.number)) == [4, 5])
    }
}
