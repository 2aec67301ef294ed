import Addressing
import Forwarding
import Foundation
import TestKit
import Testing

@testable import Relay

/// Conversations of all kinds for as long as one likes: `PORTCULLIS_SOAK=300` has it last five minutes.
@Suite struct `A soak` {
    /// Seconds; the standard only shows that the soak itself works.
    private static let seconds =
        Environment["PORTCULLIS_SOAK"].flatMap { Int64($0) } ?? 2

    @Test(arguments: Seed.batch(1))
    func `leaves every byte in its place, and nothing behind`(seed: Seed) async throws {
        var gen = Gen(seed)
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let end = ContinuousClock.now + .seconds(Self.seconds)
            var (rounds, early) = (0, 0)
            while ContinuousClock.now < end {
                try await Self.converse(relay, listener, &gen, seed)
                rounds += 1
                if rounds == 20 { early = try Self.resident() }
                await Task.yield()
            }
            #expect(rounds > 0)
            #expect(try await relay.isEmpty())
            // The first rounds touch what the later ones use again.
            if rounds > 200 { #expect(try Self.resident() - early < 16 << 20) }
        }
    }

    private static func converse(
        _ relay: RelayLab, _ listener: Wire, _ gen: inout Gen, _ seed: Seed
    ) async throws {
        let sizes = (0..<2).map { _ in gen.int(0...gen.pick([10, 70_000, 2 << 20])) }
        let (breaks, byClient) = (gen.oneIn(4), gen.oneIn(2))
        let (client, server) = try await relay.pair(listener)
        let heard = try await relay.talk(
            client, .question(sizes[0], closing(breaks, byClient), seed: seed), server,
            .answer(sizes[1], closing(breaks, !byClient), seed: seed))
        #expect(heard.client.isExact && heard.server.isExact)
        guard !breaks else { return }
        #expect(heard.client.isWhole(sizes[1]) && heard.server.isWhole(sizes[0]))
    }

    /// One of the two breaks off and the other waits for it, or both end in order.
    private static func closing(_ breaks: Bool, _ isOne: Bool) -> Wire.Speech.Close {
        guard breaks else { return .end }
        return isOne ? .reset : .none
    }

    /// Memory of this process, in bytes (`proc(5)`).
    private static func resident() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
