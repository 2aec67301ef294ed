import Addressing
package import Forwarding

/// What devices have asked for and the operator decides.
///
/// Bounded, since anybody inside can ask; kept in memory alone, since devices ask again.
package struct PendingLeases: Sendable {
    private var entries: [Int: PendingLease] = [:]
    private var lastNumber = 0

    static let most = 256
    static let mostOfDevice = 16
    /// Seconds that a request waits without being made again.
    static let patience: Int64 = 86_400
    /// Seconds for which a no holds that was not meant for good.
    static let silence: Int64 = 3600

    /// Those that wait, the oldest first.
    package var waiting: [PendingLease] {
        entries.values.filter { $0.deniedUntil == nil }.sorted { $0.number < $1.number }
    }

    subscript(number: Int) -> PendingLease? {
        entries[number].flatMap { $0.deniedUntil == nil ? $0 : nil }
    }

    /// Takes a request in, or finds it again.
    mutating func hold(_ request: LeaseRequest, at now: Timestamp) -> LeaseDenial {
        forget(now)
        if let number = entries.first(where: { $0.value.isSame(as: request) })?.key {
            guard entries[number]?.deniedUntil == nil else { return .rule }
            entries[number]?.last = now
            entries[number]?.count += 1
            // What the operator has seen stays what is granted; only who asks may have drawn anew.
            entries[number]?.request.nonce = request.nonce
            return .awaitsConsent(number)
        }
        let own = entries.values.count { $0.request.asker.isSame(as: request.asker) }
        guard own < Self.mostOfDevice, entries.count < Self.most else {
            return .quota(Self.mostOfDevice)
        }
        lastNumber += 1
        entries[lastNumber] = PendingLease(
            number: lastNumber, request: request, first: now, last: now, count: 1)
        return .awaitsConsent(lastNumber)
    }

    mutating func settle(_ number: Int) { entries[number] = nil }

    mutating func refuse(_ number: Int, at now: Timestamp) {
        entries[number]?.deniedUntil = now + Self.silence
    }

    private mutating func forget(_ now: Timestamp) {
        entries = entries.filter { _, entry in
            (entry.deniedUntil ?? entry.last + Self.patience) > now
        }
    }
}

/// A request that waits.
package struct PendingLease: Hashable, Sendable {
    package var number: Int
    package var request: LeaseRequest
    package var first: Timestamp
    package var last: Timestamp
    /// How often it was made.
    package var count: Int
    var deniedUntil: Timestamp?

    func isSame(as other: LeaseRequest) -> Bool {
        request.asker.device == other.asker.device && request.asker.mac == other.asker.mac
            && request.transport == other.transport
            && request.ports == other.ports
    }
}

extension LeaseAsker {
    /// Whether it is one device, whichever of its addresses is asked for.
    fileprivate func isSame(as other: LeaseAsker) -> Bool {
        device == other.device || mac != nil && mac == other.mac
    }
}
