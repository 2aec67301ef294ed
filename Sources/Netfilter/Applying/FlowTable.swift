import Addressing
import Forwarding
import LinuxKit
import Netlink

/// The kernel's table of flows, as far as it is ours.
struct FlowTable: ~Copyable {
    private var socket: NetlinkSocket
    private let mask: MarkMask

    init(mask: MarkMask, socket: consuming NetlinkSocket) {
        self.socket = socket
        self.mask = mask
    }

    /// The flows of one forward, or of all.
    mutating func flows(of forward: ForwardID?) throws(KernelError) -> [LiveFlow] {
        let mask = self.mask
        var found: [LiveFlow] = []
        try each(mark: forward.map { mask.mark(of: $0) }) { entry in
            LiveFlow(entry, mask).map { found.append($0) }
        }
        return found
    }

    /// The flow of a forward with this number; nil when it is gone.
    ///
    /// It is looked for among those that bear our mark, so that no other can be meant.
    mutating func entry(_ number: FlowNumber) throws(KernelError) -> ConntrackEntry? {
        let mask = self.mask
        var found: ConntrackEntry?
        try each(mark: nil) { entry in
            if LiveFlow(entry, mask)?.number == number { found = entry }
        }
        return found
    }

    /// Ends the stale flows.
    ///
    /// - Returns: how many there were.
    mutating func end(_ stale: StaleFlows) throws(KernelError) -> Int {
        var ended = 0
        for entry in try find(stale) where try delete(entry) { ended += 1 }
        return ended
    }

    mutating func find(_ stale: StaleFlows) throws(KernelError) -> [ConntrackEntry] {
        guard stale.isAnything else { return [] }
        var found: [ConntrackEntry] = []
        if let few = stale.concernsFewForwards {
            for edit in few {
                try collect(edit) { if stale.isStale($0) { found.append($0) } }
            }
        } else {
            try each(mark: nil, includingUnowned: true) {
                if stale.isStale($0) { found.append($0) }
            }
        }
        return found
    }

    /// The flows that an edit can concern: its own, and others that are sent to its port.
    private mutating func collect(
        _ edit: ActiveEdit, _ body: (ConntrackEntry) -> Void
    ) throws(KernelError) {
        if let before = edit.before {
            try each(mark: mask.mark(of: before.id), body)
            if before.keepsPort { try collectLeaving(before, body) }
        }
        guard let after = edit.after else { return }
        let (bits, own) = (mask.bits, mask.mark(of: after.id))
        let families = after.isException ? AddressFamily.allCases : after.families
        for family in families {
            for transport in after.transports.all {
                _ = try socket.dump(
                    { sequence, writer in
                        ConntrackRequest.dump(
                            mark: 0, mask: 0, family: family, transport: transport,
                            destinationPort: after.ports.first, sequence: sequence, to: &writer)
                    },
                    { message in
                        guard let entry = ConntrackEntry(message), entry.mark & bits != own
                        else { return }
                        body(entry)
                    })
            }
        }
    }

    /// The flows that its target has begun from a port that it keeps: they are nobody's, and have the
    /// target's port.
    private mutating func collectLeaving(
        _ forward: ActiveForward, _ body: (ConntrackEntry) -> Void
    ) throws(KernelError) {
        guard let target = forward.target4 else { return }
        let bits = mask.bits
        for transport in forward.transports.all {
            _ = try socket.dump(
                { sequence, writer in
                    ConntrackRequest.dump(
                        mark: 0, mask: bits, transport: transport, source: target,
                        sequence: sequence, to: &writer)
                },
                { message in
                    guard let entry = ConntrackEntry(message), entry.mark & bits == 0 else {
                        return
                    }
                    body(entry)
                })
        }
    }

    private mutating func each(
        mark: UInt32?, includingUnowned: Bool = false, _ body: (ConntrackEntry) -> Void
    ) throws(KernelError) {
        let bits = mask.bits
        _ = try socket.dump(
            { sequence, writer in
                ConntrackRequest.dump(
                    mark: mark ?? 0, mask: mark == nil ? 0 : bits, sequence: sequence, to: &writer)
            },
            { message in
                guard let entry = ConntrackEntry(message) else { return }
                if mark == nil, !includingUnowned, entry.mark & bits == 0 { return }
                body(entry)
            })
    }

    /// - Returns: false when the flow was gone already.
    mutating func delete(_ entry: ConntrackEntry) throws(KernelError) -> Bool {
        try socket.request { ConntrackRequest.delete(entry, sequence: $0, to: &$1) } == 0
    }
}

extension ActiveForward {
    fileprivate var families: [AddressFamily] {
        (target4 == nil ? [] : [.v4]) + (target6 == nil ? [] : [.v6])
    }
}

extension LiveFlow {
    init?(_ entry: ConntrackEntry, _ mask: MarkMask) {
        guard let forward = mask.forward(of: entry.mark),
            let transport = TransportProtocol(rawValue: entry.original.transport)
        else { return nil }
        let (original, reply) = (entry.original, entry.reply)
        self.init(
            number: FlowNumber(entry), forward: forward, transport: transport,
            client: Endpoint(original.source, original.sourcePort),
            external: Endpoint(original.destination, original.destinationPort),
            target: Endpoint(reply.source, reply.sourcePort),
            seenSource: Endpoint(reply.destination, reply.destinationPort),
            state: Self.state(of: entry),
            inbound: Volume(entry.originalCounter), outbound: Volume(entry.replyCounter),
            started: entry.started.map { Timestamp(seconds: Int64($0 / 1_000_000_000)) })
    }

    /// The kernel's own names of TCP states; for others, whether both sides have spoken.
    private static func state(of entry: ConntrackEntry) -> String {
        let names = [
            "none", "syn-sent", "syn-received", "established", "fin-wait", "close-wait", "last-ack",
            "time-wait", "closed", "syn-sent2",
        ]
        if let state = entry.tcpState, Int(state) < names.count { return names[Int(state)] }
        if entry.status.contains(.assured) { return "assured" }
        return entry.status.contains(.seenReply) ? "answered" : "unanswered"
    }
}

extension FlowNumber {
    init(_ entry: ConntrackEntry) {
        self = .kernel(id: entry.id, digest: entry.digest)
    }
}

extension ConntrackEntry {
    /// Tells it from a later flow that the kernel gives the same number: FNV-1a over what stays.
    ///
    /// The kernel's number is a hash of the flow's place in memory and of where it goes, so the next
    /// flow between the same ports may have it again; without `nf_conntrack_timestamp` nothing tells
    /// the two apart.
    fileprivate var digest: UInt16 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        func add(_ value: some FixedWidthInteger) {
            for place in 0..<(value.bitWidth / 8) {
                add(UInt8(truncatingIfNeeded: value >> (8 * place)))
            }
        }
        for tuple in [original, reply] {
            add(tuple.transport)
            for octet in tuple.source.octets + tuple.destination.octets { add(octet) }
            add(tuple.sourcePort)
            add(tuple.destinationPort)
        }
        add(started ?? 0)
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48)
    }
}

extension Volume {
    init(_ counter: ConntrackEntry.Counter) {
        self.init(packets: counter.packets, bytes: counter.bytes)
    }
}
