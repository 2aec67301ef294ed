package import Addressing
import Forwarding
package import LinuxKit
package import Netfilter
import Netlink

/// Has the kernel show what it does to a packet: one of our own making, or a real one.
///
/// Nothing of it stays: the flow is closed on both sides and forgotten, and table, tunnel and filter
/// go with their descriptors.
package struct LiveProbe: Sendable {
    package enum Way: Hashable, Sendable {
        /// A packet is made and comes in by the arrival interface.
        case made
        /// The next real one is looked at; how many seconds it is waited for.
        case awaited(seconds: Int32)
    }

    /// What was seen.
    package struct Sight: Hashable, Sendable {
        package var way: Way
        /// The packet's sender; nil when none came.
        package var source: Endpoint?
        package var packet: [Passage] = []
        /// The answer's; empty when none came.
        package var answer: [Passage] = []
        /// Whether the answer was a refusal (a TCP reset).
        package var isRefused = false
        /// Whether no packet was made, since it would have cut a real connection.
        package var isTaken = false
    }

    private let road: JourneyRoad
    private let ruleset: ForeignRuleset

    package init(_ road: JourneyRoad, _ ruleset: ForeignRuleset) {
        self.road = road
        self.ruleset = ruleset
    }

    /// How long an answer may take, in milliseconds; records of the kernel come at once.
    private static let patience: Int32 = 1500
    private static let quiet: Int32 = 100
    /// How long it is listened to in all.
    private static let longest: Duration = .seconds(5)

    /// Waits in the kernel: call it on a thread that may.
    package func look(_ way: Way) throws(KernelError) -> Sight {
        var socket = try NetlinkSocket(.netfilter)
        let own = try OwnRules.read(through: &socket)
        var port = road.question.sourcePort
        if way == .made {
            port = try freePort(through: &socket)
            guard port != nil else { return Sight(way: way, isTaken: true) }
        }
        var trace = try PacketTrace(of: patterns(port))
        var records = LiveRecords(road)
        do throws(KernelError) {
            switch way {
            case .made:
                try make(Endpoint(road.question.source, port ?? 0), &trace, &records)
            case .awaited(let seconds):
                let end = ContinuousClock.now + .seconds(seconds)
                try follow(&trace, &records, quiet: seconds * 1000, until: end) {
                    !$0.packet.isEmpty
                }
                try listen(&trace, &records)
            }
        } catch {
            trace.end()
            throw error
        }
        trace.end()
        var sight = Sight(
            way: way, source: records.source, isRefused: records.isRefused)
        sight.packet = Passage.way(records.packet, ruleset, own)
        sight.answer = Passage.way(records.answer, ruleset, own)
        return sight
    }

    /// From where the packet may come without cutting a real connection.
    ///
    /// Nil when there is one with the port that was asked for.
    private func freePort(through socket: inout NetlinkSocket) throws(KernelError) -> UInt16? {
        let taken = try takenPorts(through: &socket)
        if let asked = road.question.sourcePort { return taken.contains(asked) ? nil : asked }
        // Above those that the kernel gives to programs.
        return (UInt16(61_001)...65_000).filter { !taken.contains($0) }.randomElement()
    }

    /// The source's ports of flows that such a packet would belong to, in either direction.
    private func takenPorts(
        through socket: inout NetlinkSocket
    ) throws(KernelError) -> Set<UInt16> {
        let question = road.question
        var taken: Set<UInt16> = []
        _ = try socket.dump(
            { ConntrackRequest.dump(mark: 0, mask: 0, sequence: $0, to: &$1) },
            { message in
                guard let entry = ConntrackEntry(message) else { return }
                for tuple in [entry.original, entry.reply] where question.matches(tuple) {
                    taken.insert(tuple.sourcePort)
                }
            })
        return taken
    }

    private func patterns(_ port: UInt16?) -> [PacketTrace.Pattern] {
        let question = road.question
        let packet = PacketTrace.Pattern(
            question.transport, from: question.source, port: port, to: question.destination)
        guard let port else { return [packet] }
        return [packet]
            + seenSources.map {
                PacketTrace.Pattern(
                    question.transport, from: road.place.address, port: road.place.port,
                    to: Endpoint($0, port))
            }
    }

    /// To whom the target answers.
    private var seenSources: [IPAddress] {
        guard let source = road.fate.seenSource else { return [road.question.source] }
        switch source {
        case .client: return [road.question.source]
        case .external(let address): return [address]
        case .gateway:
            return road.network.links.map(\.address).filter {
                $0.family == road.place.address.family
            }
        }
    }

    private func make(
        _ source: Endpoint, _ trace: inout PacketTrace, _ records: inout LiveRecords
    ) throws(KernelError) {
        let question = road.question
        let packet = ProbePacket(
            transport: question.transport, source: source, destination: question.destination)
        var socket = try NetlinkSocket(.route)
        let network = try MachineNetwork.read(through: &socket)
        guard let arrival = network.interfaces.values.first(where: { $0.name == question.arrival })
        else { throw KernelError(code: ErrorNumber.noEntry, call: .divert) }
        let entrance = try PacketEntrance(to: arrival.index, mtu: arrival.mtu)
        try entrance.admit(packet.opening)
        do throws(KernelError) {
            try listen(&trace, &records)
            if let closing = packet.closing, !records.packet.isEmpty { try entrance.admit(closing) }
        } catch {
            // The flow may be there though nothing was heard of it.
            if let closing = packet.closing { try? entrance.admit(closing) }
            try? TracedFlow.forget(question.transport, from: source, to: question.destination)
            throw error
        }
        try TracedFlow.forget(question.transport, from: source, to: question.destination)
    }

    private func listen(
        _ trace: inout PacketTrace, _ records: inout LiveRecords
    ) throws(KernelError) {
        let end = ContinuousClock.now + Self.longest
        try follow(&trace, &records, quiet: Self.quiet, until: end) { _ in false }
        guard records.source != nil else { return }
        try follow(&trace, &records, quiet: Self.patience, until: end) { !$0.answer.isEmpty }
        guard !records.answer.isEmpty else { return }
        try follow(&trace, &records, quiet: Self.quiet, until: end) { _ in false }
    }

    /// Takes records until there are enough, or none of the packet or its answer has come for so
    /// many milliseconds.
    ///
    /// The kernel reports what any program has traced: such records do not prolong the time.
    private func follow(
        _ trace: inout PacketTrace, _ records: inout LiveRecords, quiet: Int32,
        until end: ContinuousClock.Instant, _ isEnough: (LiveRecords) -> Bool
    ) throws(KernelError) {
        let quietTime = Duration.milliseconds(quiet)
        var last = min(ContinuousClock.now + quietTime, end)
        while !isEnough(records), !records.isFull {
            let left = ContinuousClock.now.duration(to: last)
            guard left > .zero else { return }
            let before = records.count
            try trace.follow(quiet: Int32(left / Duration.milliseconds(1)) + 1) {
                records.take($0)
                return true
            }
            if records.count > before { last = min(ContinuousClock.now + quietTime, end) }
        }
    }
}

extension JourneyQuestion {
    /// Whether the packet would belong to that side of a flow, its own port left open.
    fileprivate func matches(_ tuple: ConntrackEntry.Tuple) -> Bool {
        tuple.transport == transport.rawValue && tuple.source == source
            && tuple.destination == destination.address
            && tuple.destinationPort == destination.port
    }
}

/// Sorts records by whose they are: the first packet there, and the first one back.
///
/// The kernel's number of a packet hangs on the interface that it came in by, too, so that one that
/// comes by a bridge gets a second number on its way (`nft_trace`, br_netfilter). A packet that meets
/// a chain a second time is another one.
struct LiveRecords {
    private let question: JourneyQuestion
    private let target: Endpoint
    /// As many as are kept: a packet that meets each rule of a large machine has a few hundred.
    private static let most = 10_000
    private var numbers: (packet: Set<UInt32>, answer: Set<UInt32>) = ([], [])
    private(set) var packet: [TraceRecord] = []
    private(set) var answer: [TraceRecord] = []
    /// The packet's sender, once it has come.
    private(set) var source: Endpoint?
    /// Whether the answer breaks the connection off.
    private(set) var isRefused = false

    init(_ road: JourneyRoad) {
        question = road.question
        target = road.place
    }

    var count: Int { packet.count + answer.count }
    var isFull: Bool { count >= Self.most }

    mutating func take(_ record: TraceRecord) {
        guard !isFull else { return }
        if let header = record.packet { begin(record, header) }
        if numbers.packet.contains(record.id) {
            packet.append(record)
        } else if numbers.answer.contains(record.id) {
            answer.append(record)
        }
    }

    private mutating func begin(_ record: TraceRecord, _ header: TraceRecord.Header) {
        guard !numbers.packet.contains(record.id), !numbers.answer.contains(record.id) else {
            return
        }
        let isPacket =
            header.source.address == question.source
            && (header.destination == question.destination || header.destination == target)
        if isPacket, !Self.hasMet(record, packet) {
            source = source ?? header.source
            if header.source == source { numbers.packet.insert(record.id) }
        } else if header.source == target, !Self.hasMet(record, answer) {
            if answer.isEmpty { isRefused = header.isReset }
            numbers.answer.insert(record.id)
        }
    }

    private static func hasMet(_ record: TraceRecord, _ before: [TraceRecord]) -> Bool {
        before.contains {
            $0.packet != nil && $0.family == record.family && $0.table == record.table
                && $0.chain == record.chain
        }
    }
}
