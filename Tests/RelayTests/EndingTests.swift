import Addressing
import Forwarding
import TestKit
import Testing

@testable import Relay

/// How relayed connections end: in order, half, or broken off.
@Suite struct `The end of a relayed connection` {
    static func patient(
        connect: UInt32? = nil, idle: UInt32? = nil, halfOpen: UInt32? = nil
    ) -> ForwardDraft {
        Sample.draft(
            relay: RelayTerms(
                timeouts: RelayTimeouts(connect: connect, idle: idle, halfOpen: halfOpen)))
    }

    @Test func `lets a server answer 50 MB after the client's end, and a client likewise`()
        async throws
    {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            for clientIsFirst in [true, false] {
                let (client, server) = try await relay.pair(listener)
                let (first, second) = clientIsFirst ? (client, server) : (server, client)
                let (few, many) = (Wire.Speech(1000, of: .question), 50 << 20)
                async let heard = relay.lab.lan1.run {
                    try first.converse(few, hearing: .answer)
                }
                async let request = relay.lab.lan2.run {
                    let request = try second.converse(
                        Wire.Speech(0, of: .answer, .none), hearing: .question)
                    _ = try second.converse(Wire.Speech(many, of: .answer), hearing: nil)
                    return request
                }
                #expect(try await request.isWhole(1000))
                #expect(try await heard.isWhole(many))
            }
            #expect(try await relay.isEmpty())
            #expect(try relay.endings == ["--", "--"])
        }
    }

    @Test func `comes to a half-open flow that stays silent, and not to one that goes on`()
        async throws
    {
        try await RelayLab.with(Self.patient(halfOpen: 1)) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            try client.shutDown()
            #expect(try server.receive() == [])
            for _ in 0..<5 {
                // Nobody else comes: that is how 400 ms pass.
                #expect(try await relay.lab.lan1.run { try listener.accept(within: 400) == nil })
                try server.send([1])
                #expect(try client.receive() == [1])
            }
            #expect(await waits { server.isBroken(within: 2500) })
            #expect(try await relay.isEmpty())
            #expect(try relay.endings == ["sL"])
        }
    }

    @Test func `comes to a flow that is idle for as long as the forward says`() async throws {
        try await RelayLab.with(Self.patient(idle: 1)) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let (clock, start) = (ContinuousClock(), ContinuousClock.now)
            #expect(await waits { client.isBroken(within: 2500) && server.isBroken(within: 500) })
            #expect(clock.now - start > .milliseconds(900))
            #expect(try await relay.isEmpty())
        }
    }

    @Test(arguments: [true, false])
    func `is a reset for the other side while nothing moves`(byClient: Bool) async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let (gone, left) = byClient ? (client, server) : (server, client)
            try gone.reset()
            let heard = try await relay.lab.lan1.run {
                try left.converse(.answer(0, .none), hearing: .question)
            }
            #expect(heard.ending == .reset)
            #expect(try await relay.isEmpty())
            #expect(try relay.endings == [byClient ? "CD" : "SD"])
        }
    }

    @Test(arguments: [true, false])
    func `is a reset for the other side after the end of one direction`(byClient: Bool)
        async throws
    {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let (gone, left) = byClient ? (client, server) : (server, client)
            try gone.shutDown()
            #expect(try left.receive() == [])
            try gone.reset()
            #expect(await waits { left.isBroken() })
            #expect(try await relay.isEmpty())
            #expect(try relay.endings == [byClient ? "CL" : "SL"])
        }
    }

    @Test(arguments: [true, false])
    func `brings everything that was said before a reset, then the reset`(byClient: Bool)
        async throws
    {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            // As much as fits on the way while nobody reads; a small buffer keeps it with the relay.
            for count in [1, 1000, 60_000] {
                let (client, server) = try await relay.pair(listener)
                let (gone, left) = byClient ? (client, server) : (server, client)
                try left.shrinkReceiveBuffer(to: 8192)
                let said = try await relay.lab.lan1.run {
                    try gone.converse(Wire.Speech(count, of: .question, .reset), hearing: nil)
                }
                #expect(said.hasClosed)
                let heard = try await relay.lab.lan2.run {
                    try left.converse(Wire.Speech(0, of: .answer, .none), hearing: .question)
                }
                #expect(heard.count == count)
                #expect(heard.isExact)
                #expect(heard.ending == .reset)
            }
        }
    }

    @Test(arguments: [true, false])
    func `is a reset for a slow reader, after all of what was said`(byClient: Bool) async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            try (byClient ? server : client).shrinkReceiveBuffer(to: 8192)
            let heard = try await relay.talk(
                client, .question(byClient ? 300_000 : 0, byClient ? .reset : .none), server,
                .answer(byClient ? 0 : 300_000, byClient ? .none : .reset))
            #expect((byClient ? heard.client : heard.server).hasClosed)
            let left = byClient ? heard.server : heard.client
            #expect(left.count == 300_000)
            #expect(left.isExact)
            #expect(left.ending == .reset)
        }
    }

    @Test func `is a reset for a client whose target refuses`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            // One that has been reset before it looked is none that was accepted in vain.
            if let client = try await Wire.connected(on: relay.lab.internet, to: RelayLab.wan()) {
                let heard = try await relay.lab.internet.run {
                    try client.converse(.question(10, .none), hearing: .answer)
                }
                #expect(heard.count == 0)
                #expect(heard.ending == .reset)
            }
            #expect(try await eventually { try relay.endings == ["SC"] })
            #expect(try await relay.isEmpty())
        }
    }

    @Test func `is a reset for a client whose target does not answer in time`() async throws {
        try await RelayLab.with(Self.patient(connect: 1)) { relay in
            try relay.lab.lan1.silence()
            let client = try await relay.client()
            let start = ContinuousClock.now
            let heard = try await relay.lab.internet.run {
                try client.converse(.question(10, .none), hearing: .answer)
            }
            #expect(heard.ending == .reset)
            #expect(.milliseconds(900)..<(.milliseconds(2500)) ~= ContinuousClock.now - start)
            #expect(try await relay.isEmpty())
            #expect(try relay.endings == ["sC"])
        }
    }

    @Test func `brings a server's last word whole, though it has not read everything`()
        async throws
    {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            for _ in 0..<5 {
                let client = try await relay.client()
                try await relay.lab.lan1.run {
                    let server = try #require(try listener.accept()).wire
                    try client.send(Array(Pattern.question.bytes(at: 0, 100_000)))
                    _ = try server.receive()
                    try server.send(Array(Pattern.answer.bytes(at: 0, 20_000)))
                    // Closed here with bytes unread, which makes a reset of it.
                }
                let heard = try await relay.lab.internet.run {
                    try client.converse(.question(0, .none), hearing: .answer)
                }
                #expect(heard.count == 20_000)
                #expect(heard.isExact)
                #expect(heard.ending != .silence)
            }
        }
    }

    @Test func `comes to both sides when a peer has vanished`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let ends = try client.name(of: .own)
            let sides = OwnSockets.facing(ends)
            #expect(sides.count == 1)
            let isKept = await eventually(within: 8) { sides.allSatisfy(\.keepsAlive) }
            #expect(isKept)
            #expect(sides.allSatisfy { $0.userTimeout == 900_000 })
            // The bound is shortened, so that the test need not wait for two minutes.
            sides.forEach { $0.setUserTimeout(milliseconds: 300) }
            try relay.lab.internet.silence()
            try server.send([1, 2, 3])
            #expect(await waits { server.isBroken(within: 4000) })
            #expect(try await relay.isEmpty())
        }
    }

    @Test func `is watched for on the target's socket once a flow is not short`() async throws {
        try await RelayLab.with(Sample.draft()) { relay in
            let listener = try await Wire.listening(.tcp, on: relay.lab.lan1, 8443)
            let (client, server) = try await relay.pair(listener)
            let own = try server.name(of: .own)
            let relayed = try server.name(of: .peer)
            let isKept = await eventually(within: 8) {
                OwnSockets.between(relayed, own).contains { $0.keepsAlive }
            }
            #expect(isKept)
            #expect(OwnSockets.between(relayed, own).allSatisfy { $0.userTimeout == 900_000 })
            _ = client
        }
    }
}

/// Runs what waits on a thread of its own: tests beside it go on.
func waits(_ condition: @escaping @Sendable () -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
        Thread.start { continuation.resume(returning: condition()) }
    }
}

extension Host {
    /// From now on nothing that comes here is noticed.
    func silence() throws {
        try shell(
            "nft 'add table inet t; add chain inet t c { type filter hook input "
                + "priority 0; policy drop; }'")
    }
}
