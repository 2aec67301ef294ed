import Addressing
import Forwarding
import PortMapping
import Synchronization
import TestKit
import Testing

/// A router that does what it is told to.
private final class Router: UpstreamSpeaking {
    struct State {
        var failure: UpstreamFailure?
        var lifetime: UInt32 = 7200
        var port: UInt16 = 40_000
        var asked: [UpstreamKey] = []
        var renewed = 0
        var released: [UInt16] = []
        /// How it answers whoever gives a port back.
        var reluctance: UpstreamFailure?
        var releases = 0
        /// Whether whoever asks waits for its answer.
        var isSlow = false
        var hasLost = false
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    func set(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }

    func map(
        _ wish: UpstreamWish, held: UpstreamGrant?
    ) async throws(UpstreamFailure) -> UpstreamGrant {
        let answer = state.withLock { state -> Result<UpstreamGrant, UpstreamFailure> in
            state.asked.append(wish.key)
            if held != nil { state.renewed += 1 }
            if let failure = state.failure { return .failure(failure) }
            return .success(
                UpstreamGrant(
                    wish.key, by: .pcp, address: nil, port: held?.port ?? state.port,
                    lifetime: state.lifetime))
        }
        while now.isSlow { await Task.yield() }
        return try answer.get()
    }

    func release(_ grant: UpstreamGrant) async throws(UpstreamFailure) {
        let failure = state.withLock { state in
            state.releases += 1
            if state.reluctance == nil { state.released.append(grant.port) }
            return state.reluctance
        }
        if let failure { throw failure }
    }

    func check() async {}

    func hear(_ bytes: [UInt8]) async { set { $0.hasLost = true } }

    func takeLoss() async -> Bool {
        state.withLock { state in
            defer { state.hasLost = false }
            return state.hasLost
        }
    }
}

@Suite struct `Keeping ports upstream` {
    private static let key = UpstreamKey(.tcp, 8443)
    private static let wish = UpstreamWish(key, externalPort: 8443)

    /// Runs a keeper of `router`.
    private func keeping(
        _ router: Router, _ body: (UpstreamKeeper) async throws -> Void
    ) async throws {
        let keeper = UpstreamKeeper(router) { Timestamp(seconds: 1000) }
        let task = Task { await keeper.run() }
        defer { task.cancel() }
        try await body(keeper)
    }

    private func first(
        of keeper: UpstreamKeeper, _ holds: ([UpstreamKey: UpstreamState]) -> Bool
    ) async -> Bool {
        for await states in keeper.states where holds(states) { return true }
        return false
    }

    @Test func `what is wanted is asked for, and given back when it is not any more`() async throws
    {
        let router = Router()
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            let isHeld = await first(of: keeper) { states in
                guard case .held(let grant, let until)? = states[Self.key] else { return false }
                return grant.port == 40_000 && until == Timestamp(seconds: 8200)
            }
            #expect(isHeld)
            await keeper.want([])
            #expect(await eventually(within: 300) { router.now.released == [40_000] })
        }
    }

    @Test func `one that is silent is not asked for each port`() async throws {
        let router = Router()
        router.set { $0.failure = .silent }
        try await keeping(router) { keeper in
            let wishes = (UInt16(1)...50).map {
                UpstreamWish(UpstreamKey(.udp, $0), externalPort: $0)
            }
            await keeper.want(wishes)
            let allFailed = await first(of: keeper) { states in
                states.count == 50 && states.values.allSatisfy { $0 == .failed(.silent) }
            }
            #expect(allFailed)
            #expect(router.now.asked.count == 1)
        }
    }

    @Test func `a refusal of one port says nothing of the others`() async throws {
        let router = Router()
        let no = UpstreamFailure.refused(UpstreamRefusal(.pcp, code: 2, .notAuthorized))
        router.set { $0.failure = no }
        try await keeping(router) { keeper in
            await keeper.want([Self.wish, UpstreamWish(UpstreamKey(.udp, 1), externalPort: 1)])
            let allFailed = await first(of: keeper) { states in
                states.count == 2 && states.values.allSatisfy { $0 == .failed(no) }
            }
            #expect(allFailed)
            #expect(router.now.asked.count == 2)
        }
    }

    @Test func `a lost state has everything asked for anew`() async throws {
        let router = Router()
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(await eventually(within: 300) { router.now.asked.count == 1 })
            router.set { $0.hasLost = true }
            // Any answer shows it.
            await keeper.want([Self.wish, UpstreamWish(UpstreamKey(.udp, 1), externalPort: 1)])
            #expect(await eventually(within: 300) { router.now.renewed >= 1 })
        }
    }

    @Test func `whoever ends gives everything back`() async throws {
        let router = Router()
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(await eventually(within: 300) { router.now.asked.count == 1 })
            #expect(
                await first(of: keeper) { states in
                    if case .held? = states[Self.key] { true } else { false }
                })
            let returns = await keeper.giveBack()
            #expect(router.now.released == [40_000])
            #expect(returns.returned == [Self.key] && returns.failures.isEmpty)
        }
    }

    @Test func `whoever ends hears what could not be given back`() async throws {
        let router = Router()
        router.set { $0.reluctance = .silent }
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(
                await first(of: keeper) { states in
                    if case .held? = states[Self.key] { true } else { false }
                })
            let returns = await keeper.giveBack()
            #expect(returns.returned.isEmpty && returns.failures == [Self.key: .silent])
        }
    }

    @Test func `what is being asked for when all is given back is given back, too`() async throws {
        let router = Router()
        router.set { $0.isSlow = true }
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(await eventually(within: 300) { router.now.asked.count == 1 })
            async let returns = keeper.giveBack()
            for _ in 0..<100 { await Task.yield() }
            router.set { $0.isSlow = false }
            #expect(await returns.returned == [Self.key])
            #expect(router.now.released == [40_000])
            // Nothing is asked for after that.
            await keeper.want([UpstreamWish(UpstreamKey(.udp, 1), externalPort: 1)])
            for _ in 0..<100 { await Task.yield() }
            #expect(router.now.asked.count == 1)
        }
    }

    @Test func `what the router does not take back is tried again`() async throws {
        let router = Router()
        router.set { $0.reluctance = .silent }
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(await eventually(within: 300) { router.now.asked.count == 1 })
            await keeper.want([])
            #expect(await eventually(within: 300) { router.now.releases == 1 })
            router.set { $0.reluctance = nil }
            #expect(await eventually(within: 300) { router.now.released == [40_000] })
            #expect(router.now.releases == 2)
        }
    }

    @Test func `what is over is not given back any more`() async throws {
        let router = Router()
        router.set { ($0.reluctance, $0.lifetime) = (.silent, 2) }
        try await keeping(router) { keeper in
            await keeper.want([Self.wish])
            #expect(await eventually(within: 300) { router.now.asked.count == 1 })
            await keeper.want([])
            #expect(await eventually(within: 300) { router.now.releases == 1 })
            // The pause is longer than the time that is left.
            #expect(await eventually(within: 300) { await keeper.count == 0 })
            #expect(router.now.releases == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a router that gives two seconds, or loses all at every answer, is not overrun`(
        isForgetful: Bool
    ) async throws {
        let router = Router()
        router.set { $0.lifetime = isForgetful ? 7200 : 2 }
        try await keeping(router) { keeper in
            let start = ContinuousClock.now
            await keeper.want([Self.wish])
            let isAsked = await eventually(within: 300) {
                if isForgetful { router.set { $0.hasLost = true } }
                return router.now.asked.count >= 3
            }
            #expect(isAsked && ContinuousClock.now - start >= .seconds(8))
        }
    }
}
