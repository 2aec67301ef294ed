import Addressing
import Netlink
import TestKit
import Testing

@Suite struct `Message writer` {
    private static func filled(_ count: Int) -> MessageWriter {
        var writer = MessageWriter()
        writer.message(MessageHeader(type: 1, flags: .request, sequence: 1)) {
            $0.bytes(5, [UInt8](repeating: 0xee, count: count))
        }
        return writer
    }

    @Test func `an attribute holds 65,531 bytes and no more`() {
        #expect(Self.filled(65531).overflow == nil)
        #expect(Self.filled(65532).overflow?.length == 65532)
        #expect(Self.filled(65532).overflow?.attribute == 5)
    }

    @Test(arguments: [(0, nil), (16382, nil), (16383, 65536), (17000, 68004)] as [(Int, Int?)])
    func `a nest that outgrows its length is reported`(count: Int, length: Int?) {
        var writer = MessageWriter()
        writer.nest(7) { list in
            for _ in 0..<count { list.bytes(1, []) }
        }
        #expect(writer.overflow?.length == length)
        #expect(writer.overflow?.attribute == (length == nil ? nil : 7))
        writer.reset()
        #expect(writer.overflow == nil)
        #expect(writer.bytes.isEmpty)
    }

    @Test func `the first overflow is kept`() {
        var writer = MessageWriter()
        for type in [8, 9] as [UInt16] {
            writer.nest(type) { list in
                for _ in 0..<20_000 { list.byte(1, 0) }
            }
        }
        #expect(writer.overflow?.attribute == 8)
    }

    @Test(arguments: Seed.batch(200))
    func `what is written is read back`(seed: Seed) throws {
        var gen = Gen(seed)
        let payloads = (0..<gen.int(0...20)).map { _ in
            (0..<gen.int(0...9)).map { _ in UInt8(gen.int(0...255)) }
        }
        var writer = MessageWriter()
        let header = MessageHeader(type: 77, flags: [.request, .create], sequence: 0xdead_beef)
        for _ in 0..<3 {
            writer.message(header) { writer in
                writer.fixed([1, 2, 3, 4])
                writer.nest(9) { nest in
                    for (place, payload) in payloads.enumerated() {
                        nest.bytes(UInt16(place + 1), payload)
                    }
                }
                writer.string(10, "end")
                writer.big16(11, 0x1234)
                writer.big32(12, 0x1234_5678)
                writer.big64(13, 0x1234_5678_9abc_def0)
                writer.hostOrder32(14, 0x1234_5678)
                writer.byte(15, 0x12)
            }
        }
        let messages = Array(MessageReader(writer.bytes))
        #expect(messages.count == 3)
        for message in messages {
            #expect(message.type == 77)
            #expect(message.flags == header.flags)
            #expect(message.sequence == header.sequence)
            #expect(message.port == 0)
            let attributes = message.attributes(after: 4)
            #expect(try #require(attributes[9]).nested.map { Array($0.payload) } == payloads)
            #expect(attributes[10]?.string == "end")
            #expect(attributes[11]?.big16 == 0x1234)
            #expect(attributes[12]?.big32 == 0x1234_5678)
            #expect(attributes[13]?.big64 == 0x1234_5678_9abc_def0)
            #expect(attributes[14]?.host32 == 0x1234_5678)
            #expect(attributes[15]?.byte == 0x12)
            #expect(attributes[16] == nil)
        }
    }
}

@Suite struct `Batch of operations` {
    private func element(_ number: Int) -> SetElement {
        SetElement(
            RegisterImage().address(Sample.address("2001:db8::5")).transport(.tcp)
                .port(UInt16(number)), data: .value(RegisterImage().mark(UInt32(number))))
    }

    private func elements(_ message: Message) -> [SetElement] {
        var found: [SetElement] = []
        DumpedElement.elements(in: message) { found.append($0.element) }
        return found
    }

    @Test func `many elements fill several messages, each below the limit`() throws {
        let wanted = (1...5000).map(element)
        var batch = Batch(table: "pfgw", firstSequence: 100)
        let sequences = wanted.map { batch.element(.newElements, in: "at6", $0) }
        #expect(batch.overflow == nil)
        let (bytes, end) = batch.finish()
        let messages = Array(MessageReader(bytes))
        let lists = messages.dropFirst().dropLast()
        #expect(messages.map(\.sequence) == Array(100...end))
        #expect(lists.count > 3)
        for message in lists {
            #expect(message.type == NFTables.Operation.newElements.type)
            #expect(message.flags == [.request, .create])
            let list = try #require(message.attributes(after: 4)[3])
            #expect((60_000...65_531).contains(list.count) || message.end == lists.last?.end)
            #expect(list.end == message.end)
        }
        #expect(lists.flatMap(elements) == wanted)
        let written = lists.flatMap { message in elements(message).map { _ in message.sequence } }
        #expect(sequences == written)
    }

    @Test func `a message is about one set and one operation`() throws {
        var batch = Batch(table: "pfgw")
        batch.element(.deleteElements, in: "any4", element(1))
        batch.element(.deleteElements, in: "any4", element(2))
        batch.element(.newElements, in: "any4", element(3))
        batch.element(.newElements, in: "any6", element(4))
        batch.operation(.newSet) { $0.string(2, "x") }
        batch.element(.newElements, in: "any6", element(5))
        let messages = Array(MessageReader(batch.finish().bytes)).dropFirst().dropLast()
        #expect(messages.map { $0.type & 0xff } == [14, 12, 12, 9, 12])
        #expect(
            messages.map { $0.attributes(after: 4)[2]?.string }
                == ["any4", "any4", "any6", "x", "any6"])
        #expect(messages.map { elements($0).count } == [2, 1, 1, 0, 1])
    }

    @Test func `an empty batch is its two frames`() {
        let (bytes, end) = Batch(table: "pfgw").finish()
        let messages = Array(MessageReader(bytes))
        #expect(messages.map(\.type) == [NFTables.batchBegin, NFTables.batchEnd])
        #expect(end == 2)
    }
}
