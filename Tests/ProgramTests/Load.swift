import Addressing
import Foundation
import Synchronization
import TestKit

/// Clients that ask again and again, each by a new connection, until they are told to stop.
final class Load: Sendable {
    private let isOver = Atomic(false)
    private let counts = Mutex((answered: 0, failed: 0))

    /// How a load went.
    struct Outcome: Sendable {
        var answered: Int
        /// Refused, reset, or without an answer.
        var failed: Int
    }

    /// Runs `body` while clients ask at all of the places.
    static func on(
        _ places: [Endpoint], from host: TestKit.Host, clients: Int = 2,
        during body: () async throws -> Void
    ) async throws -> Outcome {
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in places {
                for _ in 0..<clients { group.addTask { try await load.ask(place, from: host) } }
            }
            do { try await body() } catch {
                load.isOver.store(true, ordering: .relaxed)
                throw error
            }
            load.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        return load.counts.withLock { Outcome(answered: $0.answered, failed: $0.failed) }
    }

    private func ask(_ place: Endpoint, from host: TestKit.Host) async throws {
        while !isOver.load(ordering: .relaxed) {
            // While a daemon starts, connections wait.
            let isAnswered = try await asks(place, from: host, within: 30_000) != nil
            counts.withLock { counts in
                if isAnswered { counts.answered += 1 } else { counts.failed += 1 }
            }
        }
    }
}

/// A connection on which bytes go one way, each of which says where it belongs.
final class Transfer: Sendable {
    private let isOver = Atomic(false)
    private let sent = Atomic(0)
    private let received = Atomic(0)
    private let isWrong = Atomic(false)
    private let isAtEnd = Atomic(false)

    /// The bytes from a place on.
    static func bytes(from start: Int, count: Int) -> [UInt8] {
        (start..<start + count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
    }

    init(from sender: Wire, to receiver: Wire) {
        Thread.start { [self] in send(by: sender) }
        Thread.start { [self] in receive(by: receiver) }
    }

    private func send(by wire: Wire) {
        while !isOver.load(ordering: .relaxed) {
            let start = sent.load(ordering: .relaxed)
            guard (try? wire.send(Self.bytes(from: start, count: 2000))) != nil else { return }
            sent.store(start + 2000, ordering: .relaxed)
            usleep(2000)
        }
    }

    private func receive(by wire: Wire) {
        while let bytes = try? wire.receive(within: 60_000) {
            guard !bytes.isEmpty else { return isAtEnd.store(true, ordering: .relaxed) }
            let start = received.load(ordering: .relaxed)
            if bytes != Self.bytes(from: start, count: bytes.count) {
                isWrong.store(true, ordering: .relaxed)
            }
            received.store(start + bytes.count, ordering: .relaxed)
        }
    }

    /// Ends it, and says whether every byte has arrived where it belongs.
    func isWhole() async -> Bool {
        isOver.store(true, ordering: .relaxed)
        let isDone = await eventually(within: 300) { isAtEnd.load(ordering: .relaxed) }
        return isDone && !isWrong.load(ordering: .relaxed)
            && sent.load(ordering: .relaxed) == received.load(ordering: .relaxed)
    }

    var count: Int { received.load(ordering: .relaxed) }
}
