import Addressing
import Wire

/// Those who want to be told of changes, and the telling (GENA).
///
/// Theory of operation. What a subscriber has been told is kept; when something may have changed, the
/// values are read anew, and the difference goes out. So a slow subscriber has at most one message on
/// its way and none that wait, and many changes at once become one message.
actor EventHub {
    typealias Values = @Sendable (IGDServiceType, IPAddress) async -> [SOAPArgument]
    /// Whether the subscriber has taken it.
    typealias Delivery = @Sendable ([UInt8], LocalURL, LAN) async -> Bool

    private struct Subscription {
        let type: IGDServiceType
        let callback: LocalURL
        let lan: LAN
        let host: IPAddress
        var end: ContinuousClock.Instant
        var sequence = GENASequence.initial
        var told: [SOAPArgument] = []
        var failures = 0
        var hasBegun = false
        var isBusy = false
        var isStirred = true
    }

    private let limits: UPnPLimits
    private let values: Values
    private let deliver: Delivery
    private var subscriptions: [GENASubscriptionID: Subscription] = [:]
    private var stirring: Task<Void, Never>?

    private static let mostFailures = 3
    private static let pause = Duration.milliseconds(200)

    init(_ limits: UPnPLimits, values: @escaping Values, deliver: @escaping Delivery) {
        (self.limits, self.values, self.deliver) = (limits, values, deliver)
    }

    var count: Int { subscriptions.count }

    /// - Returns: nil when there are too many already.
    func subscribe(
        _ type: IGDServiceType, _ callback: LocalURL, _ caller: UPnPCaller, for timeout: UInt32
    ) -> GENASubscriptionID? {
        let now = ContinuousClock.now
        subscriptions = subscriptions.filter { $0.value.end > now }
        let own = subscriptions.values.count {
            $0.host == caller.host && $0.type.service == type.service
        }
        guard subscriptions.count < limits.subscriptions, own < limits.subscriptionsOfHost,
            let id = GENASubscriptionID("uuid:\(Self.name())")
        else { return nil }
        subscriptions[id] = Subscription(
            type: type, callback: callback, lan: caller.lan, host: caller.host,
            end: now + .seconds(Int64(timeout)))
        return id
    }

    private static func name() -> String {
        DerivedUUID.drawn(UInt64.random(in: 0...(.max)), UInt64.random(in: 0...(.max)))
    }

    /// - Returns: false when the host has no such subscription.
    func renew(_ id: GENASubscriptionID, _ host: IPAddress, for timeout: UInt32) -> Bool {
        let now = ContinuousClock.now
        guard let found = subscriptions[id], found.host == host, found.end > now else {
            return false
        }
        subscriptions[id]?.end = now + .seconds(Int64(timeout))
        return true
    }

    func cancel(_ id: GENASubscriptionID, _ host: IPAddress) -> Bool {
        guard subscriptions[id]?.host == host else { return false }
        subscriptions[id] = nil
        return true
    }

    /// The subscriber knows that it is one: it is told everything for the first time.
    func begin(_ id: GENASubscriptionID) async {
        guard subscriptions[id]?.hasBegun == false else { return }
        subscriptions[id]?.hasBegun = true
        await tell(id)
    }

    /// Something may have changed; what comes within a fifth of a second is told together.
    func stir() {
        guard stirring == nil, !subscriptions.isEmpty else { return }
        stirring = Task { [weak self] in
            try? await Task.sleep(for: Self.pause)
            await self?.tellAll()
        }
    }

    /// Networks that are no longer served, or otherwise, take their subscriptions with them.
    func keep(_ lans: [LAN]) {
        subscriptions = subscriptions.filter { lans.contains($0.value.lan) }
    }

    func stop() {
        stirring?.cancel()
        subscriptions = [:]
    }

    private func tellAll() {
        stirring = nil
        let now = ContinuousClock.now
        subscriptions = subscriptions.filter { $0.value.end > now }
        for id in subscriptions.keys {
            subscriptions[id]?.isStirred = true
            Task { await tell(id) }
        }
    }

    /// One message at a time, until the subscriber knows everything.
    private func tell(_ id: GENASubscriptionID) async {
        guard let found = subscriptions[id], found.hasBegun, !found.isBusy else { return }
        subscriptions[id]?.isBusy = true
        while subscriptions[id]?.isStirred == true {
            subscriptions[id]?.isStirred = false
            await tellChanges(id)
        }
        subscriptions[id]?.isBusy = false
    }

    private func tellChanges(_ id: GENASubscriptionID) async {
        guard let found = subscriptions[id] else { return }
        let values = await values(found.type, found.host)
        let changed = values.filter { !found.told.contains($0) }
        guard !changed.isEmpty else { return }
        let event = GENAEvent(id, found.sequence, changed)
        let isTaken = await deliver(event.bytes(to: found.callback), found.callback, found.lan)
        guard subscriptions[id] != nil else { return }
        subscriptions[id]?.sequence = found.sequence.next
        guard !isTaken else {
            subscriptions[id]?.told = values
            subscriptions[id]?.failures = 0
            return
        }
        subscriptions[id]?.failures += 1
        if found.failures + 1 >= Self.mostFailures { subscriptions[id] = nil }
    }
}
