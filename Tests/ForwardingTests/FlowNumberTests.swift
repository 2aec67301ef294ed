import Forwarding
import TestKit
import Testing

@Suite struct `The number of a flow` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `is read as it was written`(seed: UInt64) {
        var gen = Gen(Seed(seed))
        func bits() -> UInt32 { UInt32(truncatingIfNeeded: gen.int(0...0xffff_ffff)) }
        let digest = UInt16(truncatingIfNeeded: bits())
        let shape = FlowNumber.Shape.allCases[gen.int(0...1)]
        for number: FlowNumber in [
            .kernel(id: bits(), digest: digest),
            .relay(shape, loop: digest, place: bits(), generation: bits()),
        ] {
            #expect(FlowNumber(number.description) == number)
        }
    }

    @Test func `tells the engine and, in a relay, connections from datagrams`() {
        let kernel = FlowNumber.kernel(id: 0x1a2b_3c4d, digest: 0x5e6f)
        #expect(kernel.description == "k-1a2b3c4d-5e6f")
        #expect(kernel.engine == "kernel")
        let stream = FlowNumber.relay(.stream, loop: 0, place: 17, generation: 0x9c02f1)
        #expect(stream.description == "r0-17-9c02f1")
        #expect(stream.engine == "relay")
        let datagram = FlowNumber.relay(.datagram, loop: 0, place: 17, generation: 0x9c02f1)
        #expect(datagram.description == "d0-17-9c02f1")
    }

    @Test(arguments: [
        "", "k", "k-1", "k-1-2-3", "k--2", "k-1-", "k-1-12345", "k-123456789-1", "K-1-2", "k1-2-3",
        "k-01-2", "k-1A-2", "k-+1-2", "k- 1-2", "r-1-2", "r0-1", "r0-x-1", "r65536-1-1", "x0-1-1",
        "r0-1-2 ", "r00-1-2", "r0--1-2", "nas",
    ])
    func `is nothing else`(text: String) {
        #expect(FlowNumber(text) == nil)
    }
}

@Suite struct `Why a flow ended` {
    @Test func `each letter says one thing`() {
        #expect(Set(EndReason.Cause.allCases.map(\.letter)).count == EndReason.Cause.allCases.count)
        #expect(Set(EndReason.Phase.allCases.map(\.letter)).count == EndReason.Phase.allCases.count)
    }

    @Test func `the letters are those of HAProxy`() {
        #expect(EndReason.none.description == "--")
        #expect(EndReason(.server, .connecting).description == "SC")
        #expect(EndReason(.clientTimeout, .greeting).description == "cR")
        #expect(EndReason(.killed, .data).description == "KD")
        #expect(EndReason(.serverTimeout, .lastData).description == "sL")
    }
}
