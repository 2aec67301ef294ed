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
        return try answer.get()
    }

    func release(_ grant: UpstreamGrant) async throws(UpstreamFailure) {
        state.withLock { $0.released.append(grant.port) }
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
            await keeper.giveBack()
            #expect(router.now.released == [40_000])
        }
    }
}
