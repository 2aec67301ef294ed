import Forwarding
import TestKit
import Testing

@testable import Relay

@Suite struct `A lane` {
    /// What is left open stands for any value.
    struct Rule {
        var source: Lane.Source?
        var sink: Lane.Sink?
        var holds: Bool?
        var isReadable: Bool?
        var isWritable: Bool?
        var step: Lane.Step

        init(
            _ source: Lane.Source? = nil, _ sink: Lane.Sink? = nil, holds: Bool? = nil,
            readable: Bool? = nil, writable: Bool? = nil, _ step: Lane.Step
        ) {
            (self.source, self.sink, self.holds) = (source, sink, holds)
            (isReadable, isWritable, self.step) = (readable, writable, step)
        }

        func covers(_ state: State) -> Bool {
            source ?? state.source == state.source && sink ?? state.sink == state.sink
                && holds ?? state.holds == state.holds
                && isReadable ?? state.isReadable == state.isReadable
                && isWritable ?? state.isWritable == state.isWritable
        }
    }

    struct State: CustomTestStringConvertible {
        var source: Lane.Source
        var sink: Lane.Sink
        var holds: Bool
        var isReadable: Bool
        var isWritable: Bool

        static let all: [State] = [Lane.Source.open, .ended, .reset].flatMap { source in
            [Lane.Sink.open, .shut, .broken].flatMap { sink in
                (0..<8).map {
                    State(
                        source: source, sink: sink, holds: $0 & 1 > 0, isReadable: $0 & 2 > 0,
                        isWritable: $0 & 4 > 0)
                }
            }
        }

        var next: Lane.Step {
            var lane = Lane()
            (lane.source, lane.sink, lane.held) = (source, sink, holds ? 7 : 0)
            return lane.next(sourceIsReadable: isReadable, sinkIsWritable: isWritable)
        }

        var testDescription: String {
            "\(source), \(sink), holds \(holds), readable \(isReadable), writable \(isWritable)"
        }
    }

    /// Every state is covered by exactly one line.
    static let rules = [
        // Nobody is left who could take anything.
        Rule(nil, .broken, .pointless),
        // What is held goes out before anything else happens, whatever became of the source.
        Rule(nil, .open, holds: true, writable: true, .write),
        Rule(nil, .open, holds: true, writable: false, .wait),
        Rule(nil, .shut, holds: true, writable: true, .write),
        Rule(nil, .shut, holds: true, writable: false, .wait),
        // Nothing is read that could not go on at once: the kernel holds back the peer.
        Rule(.open, .open, holds: false, readable: true, writable: true, .read),
        Rule(.open, .open, holds: false, readable: true, writable: false, .wait),
        Rule(.open, .open, holds: false, readable: false, .wait),
        Rule(.open, .shut, holds: false, readable: true, writable: true, .read),
        Rule(.open, .shut, holds: false, readable: true, writable: false, .wait),
        Rule(.open, .shut, holds: false, readable: false, .wait),
        // An end goes on once, even to a sink that is full.
        Rule(.ended, .open, holds: false, .shut),
        Rule(.ended, .shut, holds: false, .finished),
        Rule(.reset, .open, holds: false, .passReset),
        Rule(.reset, .shut, holds: false, .passReset),
    ]

    @Test(arguments: State.all)
    func `does in each state what the table says`(state: State) throws {
        let rules = Self.rules.filter { $0.covers(state) }
        try #require(rules.count == 1)
        #expect(state.next == rules[0].step)
    }

    @Test func `has a table that names every step`() {
        #expect(Set(Self.rules.map(\.step)) == Set(Lane.Step.allCases))
    }
}

@Suite struct `An end reason` {
    @Test func `is two letters, each of one meaning, a dash for an end in order`() {
        #expect(EndReason.none.description == "--")
        #expect(EndReason(.client, .data).description == "CD")
        #expect(EndReason(.server, .connecting).description == "SC")
        #expect(EndReason(.serverTimeout, .lastData).description == "sL")
        #expect(EndReason(.clientTimeout, .greeting).description == "cR")
        #expect(
            EndReason.Cause.allCases.map(\.letter) == [
                "-", "C", "S", "P", "R", "K", "D", "c", "s", "I",
            ])
        #expect(EndReason.Phase.allCases.map(\.letter) == ["-", "R", "C", "D", "L"])
    }
}
