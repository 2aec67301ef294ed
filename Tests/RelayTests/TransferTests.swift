import Addressing
import Forwarding
import TestKit
import Testing

@testable import Relay

/// What goes through comes out: all of it, in order, and nothing else.
@Suite struct `A relayed transfer` {
    @Test func `waits for a reader that has stopped, in little memory, and goes on exactly`()
        async throws
    {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let count = 50 << 20
            async let told = relay.lab.lan1.run {
                try server.converse(.answer(count), hearing: nil)
            }
            var before: UInt64 = 0
            let hasStopped = try await eventually {
                // Another connection that nobody makes: that is how 100 ms pass.
                _ = try await relay.lab.lan2.run { try listener.accept(within: 100) }
                let now = try relay.traffic().outbound.bytes
                defer { before = now }
                return now > 0 && now == before
            }
            #expect(hasStopped)
            // The rest waits with the server: what the kernel's buffers hold is all that has left it.
            #expect(before < 16 << 20)
            let held = try relay.reports(.resources)[0].resources
            #expect(held.pipesLent + held.buffersLent <= 1)
            let heard = try await relay.lab.internet.run {
                try client.converse(.question(0), hearing: .answer)
            }
            #expect(heard.isWhole(count))
            #expect(try await told.said == count)
        }
    }

    @Test func `takes single bytes both ways at once`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let heard = try await relay.talk(
                client, .question(5000, mostAtOnce: 1), server, .answer(5000, mostAtOnce: 1))
            #expect(heard.client.isWhole(5000))
            #expect(heard.server.isWhole(5000))
        }
    }

    @Test(arguments: Seed.batch(3))
    func `is exact at random sizes both ways at once, whoever ends first`(seed: Seed)
        async throws
    {
        var gen = Gen(seed)
        let rounds = (0..<6).map { _ in
            [0, 1].map { _ in
                (gen.int(0...gen.pick([10, 70_000, 4 << 20])), gen.pick([7000, 65536, 131072]))
            }
        }
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            for round in rounds {
                let (client, server) = try await relay.pair(listener)
                let heard = try await relay.talk(
                    client, .question(round[0].0, mostAtOnce: round[0].1, seed: seed), server,
                    .answer(round[1].0, mostAtOnce: round[1].1, seed: seed))
                #expect(heard.client.isWhole(round[1].0))
                #expect(heard.server.isWhole(round[0].0))
            }
            #expect(try await relay.isEmpty())
            #expect(try relay.endings.allSatisfy { $0 == "--" })
            let bytes = rounds.reduce((0, 0)) { ($0.0 + $1[0].0, $0.1 + $1[1].0) }
            #expect(try relay.traffic().inbound.bytes == UInt64(bytes.0))
            #expect(try relay.traffic().outbound.bytes == UInt64(bytes.1))
        }
    }

    @Test(arguments: Seed.batch(3))
    func `broken off at a random moment has brought exactly what was said, and tells of the reset`(
        seed: Seed
    ) async throws {
        var gen = Gen(seed)
        let rounds = (0..<6).map { _ in
            (
                said: gen.int(0...gen.pick([10, 70_000, 2 << 20])), other: gen.int(0...2 << 20),
                byClient: gen.oneIn(2)
            )
        }
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            for round in rounds {
                let (client, server) = try await relay.pair(listener)
                let heard = try await relay.talk(
                    client,
                    .question(
                        round.byClient ? round.said : round.other,
                        round.byClient ? .reset : .none, seed: seed), server,
                    .answer(
                        round.byClient ? round.other : round.said,
                        round.byClient ? .none : .reset, seed: seed))
                let left = round.byClient ? heard.server : heard.client
                let gone = round.byClient ? heard.client : heard.server
                #expect(left.isExact && gone.isExact)
                #expect(left.ending == .reset)
                #expect(gone.said < round.said || left.count == round.said)
            }
            #expect(try await relay.isEmpty())
        }
    }
}
