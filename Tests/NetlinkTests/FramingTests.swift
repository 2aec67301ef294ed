import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Verdict of the kernel` {
    @Test func `the end of a batch is acknowledged`() throws {
        let reply = try #require(Reply(try Vector.message("reply-end-ack")))
        #expect(reply.code == 0)
        #expect(reply.sequence == 9)
        #expect(reply.type == NFTables.batchEnd)
        #expect(reply.offset == nil)
        #expect(reply.text == nil)
    }

    @Test func `a refusal names the message and the place in it`() throws {
        let reply = try #require(Reply(try Vector.message("error-enoent")))
        #expect(reply.code == 2)
        #expect(reply.sequence == 0x12)
        #expect(reply.type == NFTables.Operation.newChain.type)
        #expect(reply.offset == 20)
    }

    @Test func `a table that moved on refuses the whole batch`() throws {
        let reply = try #require(Reply(try Vector.message("error-genid")))
        #expect(reply.code == 85)
        #expect(reply.type == NFTables.batchBegin)
        #expect(reply.sequence == 0x15)
    }

    @Test(arguments: [true, false])
    func `the kernel's own words are found behind what it echoes`(isCapped: Bool) throws {
        var writer = MessageWriter()
        let flags: MessageFlags =
            isCapped ? [.capped, .acknowledgeAttributes] : .acknowledgeAttributes
        writer.message(MessageHeader(type: ControlType.error, flags: flags, sequence: 7)) {
            // -EINVAL, then the request: 22 bytes, echoed with its padding unless capped.
            $0.fixed([0xea, 0xff, 0xff, 0xff, 22, 0, 0, 0, 9, 10, 1, 4, 7, 0, 0, 0, 0, 0, 0, 0])
            if !isCapped { $0.fixed([1, 0, 0, 0, 0xaa, 0xaa, 0, 0]) }
            $0.string(1, "policy says no")
            $0.hostOrder32(2, 40)
        }
        let message = try #require(Array(MessageReader(writer.bytes)).first)
        let reply = try #require(Reply(message))
        #expect(reply.code == 22)
        #expect(reply.sequence == 7)
        #expect(reply.type == 0x0a09)
        #expect(reply.text == "policy says no")
        #expect(reply.offset == 40)
    }

    @Test func `any code is read, even one that has no opposite`() throws {
        var bytes = try Vector.named("error-genid").bytes
        for (place, byte) in [0, 0, 0, 0x80].enumerated() { bytes[16 + place] = UInt8(byte) }
        let message = try #require(Array(MessageReader(bytes)).first)
        #expect(try #require(Reply(message)).code != 0)
    }

    @Test func `other messages are no verdict`() throws {
        #expect(Reply(try Vector.message("reply-table")) == nil)
        #expect(Reply(try Vector.message("batch-end-ack")) == nil)
    }
}

@Suite struct `Dumps of nf_tables` {
    private func elements(_ message: Message) -> [DumpedElement] {
        var found: [DumpedElement] = []
        DumpedElement.elements(in: message) { found.append($0) }
        return found
    }

    @Test(arguments: ["reply-elem", "event-0a0c"])
    func `an element is read though its nests are not marked`(name: String) throws {
        let message = try Vector.message(name)
        #expect(message.generation == 2)
        #expect(message.netfilterFamily == NFTables.inet)
        let found = elements(message)
        try #require(found.count == 1)
        let key = RegisterImage().address(Sample.address("203.0.113.5")).transport(.tcp).port(8443)
        let value = RegisterImage().address(Sample.address("192.168.1.10")).port(443)
        #expect(found[0].element == SetElement(key, data: .value(value)))
        #expect(found[0].expiration == nil)
    }

    @Test func `a counter of an element has bytes first`() throws {
        var bytes = try Vector.named("reply-elem").bytes
        (bytes[bytes.count - 13], bytes[bytes.count - 1]) = (200, 3)
        let message = try #require(Array(MessageReader(bytes)).first)
        var found: [CountedMark] = []
        CountedMark.read(from: message) { found.append($0) }
        #expect(found.map(\.bytes) == [200])
        #expect(found.map(\.packets) == [3])
        #expect(found.map(\.mark) == [0x0571_00cb])
    }

    @Test func `elements without a counter are not counted`() throws {
        CountedMark.read(from: try Vector.message("elem-range4-mark")) { counted in
            Issue.record("\(counted)")
        }
    }

    @Test(arguments: [
        "elem-exact4-comment-timeout", "elem-range4-mark", "elem-interval", "elem-vmap",
    ])
    func `what is written is read back`(name: String) throws {
        let set = ["elem-exact4-comment-timeout": "dnat4t", "elem-interval": "allow_12"]
        let found = elements(try Vector.message(name)).map(\.element)
        var batch = Batch(table: "pfgw")
        for element in found { batch.element(.newElements, in: set[name] ?? "disp", element) }
        let message = try #require(Array(MessageReader(batch.finish().bytes)).dropFirst().first)
        #expect(elements(message).map(\.element) == found)
        #expect(found.contains { $0.timeout == 3_600_000 } == name.hasSuffix("timeout"))
        #expect(found.contains { $0.keyEnd != nil } == name.contains("range"))
        #expect(found.contains { $0.data == .jump("fwd_12") } == name.hasSuffix("vmap"))
        #expect(
            found.map(\.endsInterval)
                == (name.hasSuffix("interval") ? [false, true, false, true] : [false]))
    }

    @Test(arguments: ["reply-chain", "event-0a03"])
    func `a chain is read`(name: String) throws {
        let chain = try #require(DumpedChain(try Vector.message(name)))
        #expect(chain.name == "b")
        #expect(chain.declaration == ChainDeclaration("b", hook: .init(.forward, priority: -5)))
    }

    @Test func `chains are read as they were written`() throws {
        for name in ["chain-regular", "chain-base-nat-pre", "chain-base-filter-fwd"] {
            let chain = try #require(DumpedChain(try Vector.message(name)))
            var batch = Batch(table: "pfgw")
            batch.operation(.newChain, .create) { chain.declaration.write(to: &$0) }
            let bytes = batch.finish().bytes
            let messages = Array(MessageReader(bytes))
            let ours = Array(bytes[messages[1].start..<messages[1].end])
            #expect(ours.withoutNumbers == (try Vector.named(name)).bytes.withoutNumbers)
        }
    }
}

@Suite struct `Register image` {
    @Test(arguments: Seed.batch(200))
    func `two images are equal when their bytes are`(seed: Seed) {
        var gen = Gen(seed)
        let one = (0..<gen.int(0...32)).map { _ in UInt8(gen.int(0...1)) }
        var other = one
        switch gen.int(0...2) {
        case 0: other.append(0)
        case 1: if !other.isEmpty { other[gen.int(0...other.count - 1)] ^= 1 }
        default: break
        }
        let images = (RegisterImage(one), RegisterImage(other))
        #expect(images.0.bytes == one)
        let isEqual = one == Array(other.prefix(32))
        #expect((images.0 == images.1) == isEqual)
        #expect(Set([images.0, images.1]).count == (isEqual ? 1 : 2))
    }

    @Test func `fields begin at multiples of four bytes`() {
        let address = Sample.address("203.0.113.5")
        #expect(
            RegisterImage().address(address).transport(.udp).port(0x1234).bytes
                == [203, 0, 113, 5, 17, 0, 0, 0, 0x12, 0x34, 0, 0])
        #expect(RegisterImage.lonePort(0x1234).bytes == [0x12, 0x34])
        #expect(RegisterImage().mark(0x0102_0304).bytes == [4, 3, 2, 1])
        #expect(RegisterImage().mark(0x0102_0304).mark(at: 0) == 0x0102_0304)
        #expect(
            RegisterImage().interface(Sample.interface("wan0")).bytes
                == Array("wan0".utf8) + [UInt8](repeating: 0, count: 12))
        let v6 = Sample.address("2001:db8::5")
        #expect(RegisterImage().address(v6).address(v6).bytes == v6.octets + v6.octets)
    }

    @Test func `more than 32 bytes are cut`() {
        let bytes = (0..<40).map { UInt8($0) }
        #expect(RegisterImage(bytes).bytes == Array(bytes.prefix(32)))
    }
}
