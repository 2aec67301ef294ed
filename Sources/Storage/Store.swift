package import Access
package import Addressing
package import Forwarding

/// Where the table is kept.
///
/// What is committed survives the process, the power and the next version.
package protocol Store: AnyObject {
    /// Everything that was committed.
    func load() throws(StoreError) -> StoredState

    /// Writes changes as one step, and who made them: all of it or nothing.
    ///
    /// What devices have asked for makes no revision: it comes and goes by itself, and nobody goes
    /// back to it.
    ///
    /// - Parameters:
    ///   - expected: the revision that the changes were decided on.
    ///   - activity: what goes on record with them, in the same step.
    ///   - pending: what is to be confirmed from then on; nil for nothing.
    /// - Returns: the new revision; `expected` where only devices' forwards have changed.
    func commit(
        _ changes: [ForwardChange], by requester: Requester, at now: Timestamp,
        expecting expected: Int, noting activity: [Activity], pending: PendingConfirmation?
    ) throws(StoreError) -> Int

    /// The change that awaits its confirmation has it.
    func confirm() throws(StoreError)

    /// The latest revisions, the newest first.
    func revisions(limit: Int) throws(StoreError) -> [Revision]

    /// The forwards of a revision; nil when it is not kept.
    func forwards(at revision: Int) throws(StoreError) -> [Forward]?

    /// Adds to the record of who did what.
    func note(_ activity: [Activity]) throws(StoreError)

    /// The latest entries, the newest first; those of one forward, or all.
    ///
    /// - Parameter number: only entries older than the one of this number; nil for all.
    func activity(
        of forward: ForwardName?, before number: Int?, limit: Int
    ) throws(StoreError) -> [Recorded]

    /// Keeps what forwards have carried, with the engine's own counters at that moment.
    func save(_ totals: ByForward<TrafficTotal>) throws(StoreError)

    /// Keeps where followed targets were seen last; those that are not named are forgotten.
    func save(_ resolved: [TargetHost: ResolvedTarget]) throws(StoreError)

    /// Keeps what the operator has said about devices, in place of what was said before.
    func save(_ consents: [LeaseConsent]) throws(StoreError)

    /// Keeps since when devices may rely on what they know.
    func save(_ epoch: LeaseEpoch) throws(StoreError)

    /// Keeps who may use the API, in place of what was kept before, and what goes on record with it.
    func save(_ access: AccessState, noting activity: [Activity]) throws(StoreError)
}

/// Since when the mappings and the external address are what devices know them to be.
package struct LeaseEpoch: Hashable, Sendable {
    package var since: Timestamp
    /// The external address then.
    package var address: IPv4Address?

    package init(since: Timestamp, address: IPv4Address?) {
        self.since = since
        self.address = address
    }
}

/// A change that goes back by itself unless somebody confirms it.
package struct PendingConfirmation: Hashable, Sendable {
    /// The revision to go back to.
    package var base: Int
    package var deadline: Timestamp

    package init(base: Int, deadline: Timestamp) {
        self.base = base
        self.deadline = deadline
    }
}

/// One step in the life of the table.
package struct Revision: Hashable, Sendable {
    package var number: Int
    package var time: Timestamp
    package var who: String
    package var origin: Origin
    /// How many forwards it changed.
    package var changes: Int
}

/// The committed state.
package struct StoredState: Sendable {
    package var table: ForwardingTable
    package var revision: Int
    package var totals: ByForward<TrafficTotal>
    package var resolved: [TargetHost: ResolvedTarget]
    package var pending: PendingConfirmation?
    package var consents: [LeaseConsent]
    package var epoch: LeaseEpoch?
    package var access: AccessState
}

/// What a forward has carried since it was made, over restarts of everything.
package struct TrafficTotal: Hashable, Sendable {
    package var total: Traffic
    /// What the engine's counters said when `total` was reckoned.
    package var counted: Traffic
    /// The month that the last reading was in: the year times twelve, and the month from 0.
    package var month: Int32
    /// The bytes of `total` when that month began.
    package var monthBase: UInt64
    /// When it was seen to have carried more, to half a minute; nil for never.
    package var lastUsed: Timestamp?

    package init(
        total: Traffic = Traffic(), counted: Traffic = Traffic(), month: Int32 = 0,
        monthBase: UInt64 = 0, lastUsed: Timestamp? = nil
    ) {
        self.total = total
        self.counted = counted
        self.month = month
        self.monthBase = monthBase
        self.lastUsed = lastUsed
    }

    /// Takes in new readings of the engine's counters, which may have begun anew.
    package func advanced(
        to reading: Traffic, in month: Int32, at now: Timestamp
    ) -> TrafficTotal {
        let gained = reading.since(counted)
        let isUsed = gained.flows > 0 || gained.bytes > 0
        // Back to an earlier month nothing begins anew.
        return TrafficTotal(
            total: total + gained, counted: reading, month: month,
            monthBase: month <= self.month ? monthBase : total.bytes,
            lastUsed: isUsed ? now : lastUsed)
    }

    /// The bytes of a month, both ways.
    package func used(in month: Int32) -> UInt64 {
        month == self.month ? total.bytes &- monthBase : 0
    }
}

/// An entry of the record, with its place in it.
package struct Recorded: Hashable, Sendable {
    package var number: Int
    package var entry: Activity
}

extension Store {
    package func activity(of forward: ForwardName?, limit: Int) throws(StoreError) -> [Activity] {
        try activity(of: forward, before: nil, limit: limit).map(\.entry)
    }
}

/// Something that somebody did, or was refused.
package struct Activity: Hashable, Sendable {
    package var time: Timestamp
    package var who: String
    package var origin: Origin
    package var kind: Kind
    package var forward: ForwardName?
    package var detail: String
    /// The revision that it made; nil when nothing changed.
    package var revision: Int?

    package init(
        time: Timestamp, who: String, origin: Origin, kind: Kind, forward: ForwardName? = nil,
        detail: String = "", revision: Int? = nil
    ) {
        self.time = time
        self.who = who
        self.origin = origin
        self.kind = kind
        self.forward = forward
        self.detail = detail
        self.revision = revision
    }

    package enum Kind: String, Hashable, Sendable {
        case added, changed, removed, ended, refused, followed, network, started, stopped, failed
        case restored, contested, confirmed, rolledBack = "rolled-back"
        case opened, closed, usedUp = "used-up"
        /// A number of the kernel's was set at somebody's wish.
        case setting
        /// Somebody signed in or out, or who may use the API was changed.
        case access
        /// A device has asked for something that the operator decides, and what was decided.
        case asked, consented
        /// A flow was, by hand.
        case flowEnded = "flow-ended"
    }
}

/// Why the store cannot do what it is for.
package enum StoreError: Error, Hashable, Sendable {
    /// The file is not a database, or parts of it are not readable.
    case damaged(path: String, detail: String)
    /// The database is gone though a copy shows that there was one.
    case vanished(path: String, copy: String)
    /// No room, or not allowed to write: nothing was changed.
    case notWritable(path: String, detail: String)
    /// Written by a later version of the program.
    case fromTheFuture(path: String)
    /// Another process has it.
    case busy(path: String)
    /// Somebody else committed meanwhile.
    case revisionMoved(expected: Int, found: Int)
    /// A row that this version cannot read.
    case unreadable(forward: String)
}
