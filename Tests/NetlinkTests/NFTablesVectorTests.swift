import Addressing
import Netlink
import TestKit
import Testing

/// A vector and how we say the same.
struct Encoding: Sendable, CustomTestStringConvertible {
    let vector: String
    /// Lines of the vector that we do not send, or send otherwise; each is checked to be there.
    var without: [String] = []
    /// Lines that only we send.
    var with: [String] = []
    let write: @Sendable (inout Batch) -> Void

    var testDescription: String { vector }

    init(
        _ vector: String, without: [String] = [], with: [String] = [],
        _ write: @escaping @Sendable (inout Batch) -> Void
    ) {
        self.vector = vector
        self.without = without
        self.with = with
        self.write = write
    }

    /// The message between the frames of a batch.
    var message: [UInt8] {
        var batch = Batch(table: "pfgw")
        write(&batch)
        let (bytes, _) = batch.finish()
        let messages = Array(MessageReader(bytes))
        return messages.count == 3 ? Array(bytes[messages[1].start..<messages[1].end]) : []
    }
}

@Suite struct `nf_tables messages` {
    private static func declare(_ set: SetDeclaration, id: UInt32)
        -> @Sendable (inout Batch) -> Void
    {
        { batch in batch.operation(.newSet, .create) { set.write(to: &$0, id: id) } }
    }

    private static func element(
        _ operation: NFTables.Operation, _ set: String, _ elements: SetElement...
    ) -> @Sendable (inout Batch) -> Void {
        { batch in for element in elements { batch.element(operation, in: set, element) } }
    }

    private static let endpoint: [NFTables.KeyType] = [.ipv4, .transport, .port]
    private static let mark = RegisterImage().mark(0x0001_0d00)

    private static func flow4(_ port: UInt16) -> RegisterImage {
        RegisterImage().address(Sample.address("203.0.113.5")).transport(.tcp).port(port)
    }

    static let tables = [
        Encoding("table-owner-persist") { batch in
            batch.operation(.newTable, .create) {
                $0.big32(2, NFTables.TableFlags.owner | NFTables.TableFlags.persist)
            }
        },
        Encoding("table-delete") { $0.operation(.deleteTable) { _ in } },
        Encoding("table-destroy") { $0.operation(.destroyTable) { _ in } },
        Encoding("chain-regular") { batch in
            batch.operation(.newChain, .create) { ChainDeclaration("fwd_12").write(to: &$0) }
        },
        Encoding("chain-base-nat-pre") { batch in
            let chain = ChainDeclaration(
                "pre_nat", hook: .init(isNAT: true, .prerouting, priority: -105))
            batch.operation(.newChain, .create) { chain.write(to: &$0) }
        },
        Encoding("chain-base-filter-fwd") { batch in
            let chain = ChainDeclaration("forward", hook: .init(.forward, priority: -5))
            batch.operation(.newChain, .create) { chain.write(to: &$0) }
        },
        Encoding("chain-delete") { $0.operation(.deleteChain) { $0.string(3, "fwd_12") } },
        Encoding("chain-flush") { $0.operation(.deleteRule) { $0.string(2, "fwd_12") } },
    ]

    static let sets = [
        Encoding("set-addr", declare(SetDeclaration("wan4", key: [.ipv4]), id: 1)),
        Encoding("set-ifname", declare(SetDeclaration("wan_if", key: [.interface]), id: 2)),
        Encoding(
            "map-exact4", with: ["13 = 000400000000010400000000"],
            declare(
                SetDeclaration("dnat4", key: endpoint, data: .value([.ipv4, .port])), id: 3)),
        Encoding(
            "map-exact4-timeout", with: ["13 = 000400000000010400000000"],
            declare(
                SetDeclaration(
                    "dnat4t", key: endpoint, data: .value([.ipv4, .port]), hasTimeouts: true),
                id: 3)),
        Encoding(
            "map-exact6", with: ["13 = 000400000000010400000000"],
            declare(
                SetDeclaration(
                    "dnat6", key: [.ipv6, .transport, .port], data: .value([.ipv6, .port])),
                id: 3)),
        Encoding(
            "map-range4-mark",
            declare(
                SetDeclaration("tag4", key: endpoint, data: .value([.mark]), isInterval: true),
                id: 4)),
        // We join what touches by ourselves, and need no hint for it.
        Encoding(
            "set-interval", without: ["13 = 000402000000020401000000"],
            with: ["13 = 000402000000"],
            declare(SetDeclaration("allow_12", key: [.ipv4], isInterval: true), id: 5)),
        Encoding(
            "vmap", without: ["13 = 000401000000010400000000"], with: ["13 = 000401000000"],
            declare(SetDeclaration("disp", key: [.mark], data: .verdict), id: 7)),
    ]

    static let elements = [
        Encoding(
            "elem-exact4",
            element(
                .newElements, "dnat4",
                SetElement(
                    flow4(8443),
                    data: .value(
                        RegisterImage().address(Sample.address("192.168.1.10")).port(443))))),
        Encoding(
            "elem-exact4-comment-timeout", without: ["    6 = 000569643d3700"],
            element(
                .newElements, "dnat4t",
                SetElement(
                    flow4(80),
                    data: .value(RegisterImage().address(Sample.address("10.0.0.1")).port(8080)),
                    timeout: 3_600_000))),
        Encoding(
            "elem-exact6",
            element(
                .newElements, "dnat6",
                SetElement(
                    RegisterImage().address(Sample.address("2001:db8::1")).transport(.tcp).port(80),
                    data: .value(
                        RegisterImage().address(Sample.address("2001:db8:1::10")).port(8080))))),
        Encoding(
            "elem-range4-mark",
            element(
                .newElements, "tag4",
                SetElement(flow4(30000), through: flow4(30010), data: .value(mark)))),
        Encoding(
            "elem-interval",
            element(
                .newElements, "allow_12",
                SetElement(RegisterImage().address(Sample.address("192.168.1.0"))),
                SetElement(
                    RegisterImage().address(Sample.address("192.168.2.0")), endsInterval: true),
                SetElement(RegisterImage().address(Sample.address("203.0.113.9"))),
                SetElement(
                    RegisterImage().address(Sample.address("203.0.113.10")), endsInterval: true))),
        Encoding(
            "elem-vmap",
            element(
                .newElements, "disp",
                SetElement(RegisterImage().mark(0x0001_0c00), data: .jump("fwd_12")))),
        // Data, time-out and the like are not sent along when an element goes.
        Encoding(
            "elem-delete",
            element(
                .deleteElements, "dnat4", SetElement(flow4(8443), data: .value(mark), timeout: 5))),
        Encoding(
            "elem-delete-range",
            element(
                .deleteElements, "tag4",
                SetElement(flow4(30000), through: flow4(30010), data: .value(mark)))),
    ]

    @Test(arguments: [tables, sets, elements].flatMap(\.self))
    func `what we write says what the vector says`(encoding: Encoding) throws {
        var expected = WireText.message(try Vector.named(encoding.vector).bytes)
        for line in encoding.without {
            let place = try #require(expected.firstIndex(of: line), "\(expected)")
            expected.remove(at: place)
        }
        var ours = WireText.message(encoding.message)
        for line in encoding.with {
            ours.remove(at: try #require(ours.firstIndex(of: line), "\(ours)"))
        }
        #expect(ours == expected)
    }

    @Test(
        arguments: tables + sets.filter { ["set-addr", "set-ifname"].contains($0.vector) }
            + elements.filter { ["elem-exact4", "elem-vmap", "elem-delete"].contains($0.vector) })
    func `and most of it byte by byte`(encoding: Encoding) throws {
        let vector = try Vector.named(encoding.vector).bytes
        #expect(encoding.message.withoutNumbers.hex == vector.withoutNumbers.hex)
    }

    @Test func `a batch begins and ends as the kernel wants it`() throws {
        var batch = Batch(table: "pfgw", firstSequence: 8)
        batch.operation(.deleteTable) { _ in }
        let (bytes, end) = batch.finish()
        let messages = Array(MessageReader(bytes))
        #expect(messages.map(\.sequence) == [8, 9, 10])
        #expect(end == 10)
        #expect(messages.map(\.port) == [0, 0, 0])
        let begin = Array(bytes[..<messages[0].end])
        #expect(begin.withoutNumbers == (try Vector.named("batch-begin")).bytes.withoutNumbers)
        let last = Array(bytes[messages[2].start...])
        #expect(last.withoutNumbers == (try Vector.named("batch-end-ack")).bytes.withoutNumbers)
    }
}
