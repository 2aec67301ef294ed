import CLinux
import LinuxKit

/// One thread that relays: a poller, and the tables of what it serves.
///
/// Theory of operation. Everything here belongs to one thread; others reach it only through the
/// mailbox. A turn is: wait for events, act on each, go on with flows that had more to do than their
/// share, look at what is due, read the mail. All tables are reserved at the start (`Reserve`), so that
/// a turn allocates nothing and touches no reference counts. Sockets of flows are added to the poller
/// once, edge-triggered, and never changed; what the poller has said is kept in the flow until a call
/// says otherwise. A flow that ends is taken out at once; events for it that are still to come find
/// another generation.
///
/// Owner: its own thread, from `run` on.
final class RelayLoop {
    let number: Int
    let poller: Int32
    let mailbox: Mailbox
    let clock: LoopClock
    let flows: Reserve<StreamFlow>
    var slots: FlowSlots
    var wheel: TimerWheel
    let listeners: Reserve<StreamListener>
    var listenerSlots: FlowSlots
    let services: Reserve<Service>
    var pipes: PipePool
    var buffers: BufferPool
    /// What one read by copying brings, before it is known whether the sink takes it.
    let scratch: Reserve<UInt8>
    /// Flows that have more to do than fits in their share of a turn.
    ///
    /// Room for those of a turn, those of the next, and some that are gone meanwhile.
    let queue: Reserve<FlowID>
    var queued = 0
    /// Listeners that accept nothing for the moment.
    let resting: Reserve<Int32>
    var restingCount = 0
    /// Milliseconds of the monotonic clock at the beginning of the turn.
    var now: UInt64
    /// Descriptors of flows and of listeners, and how many there may be with those of pipes.
    var descriptors = 0
    var listening = 0
    let descriptorLimit: Int
    /// When a shortage of descriptors was last put on record.
    var shortageNoted: UInt64 = 0
    var shortages: UInt64 = 0
    /// Names to targets, by service; only flows that ask for a name look here.
    var nameTables: [Int32: NameTable] = [:]
    /// Where the listeners stand that the engine knows by number.
    var listenerPlaces: [ListenerID: Int32] = [:]
    /// The same for those of datagrams.
    var datagramListenerPlaces: [ListenerID: Int32] = [:]
    let datagrams: DatagramTables
    var datagramSlots: FlowSlots
    var datagramListenerSlots: FlowSlots
    var datagramWheel: TimerWheel
    var answers = PendingAnswers()
    var losses = DatagramLosses()
    /// Services below this one have been used.
    var serviceReach: Int32 = 0
    let ended: EndedFlows
    var sources: SourceTable
    var isStopping = false
    /// Who waits for the last flow to end.
    var drained: ReplyBox<Bool>?
    private let events: Reserve<clinux_event>

    private static let eventsPerTurn = 256

    init(_ number: Int, _ sizes: LoopSizes, mailbox: Mailbox, clock: LoopClock) throws(RelayError) {
        let seed = UInt64.random(in: 0...UInt64.max)
        let poller = clinux_epoll_create()
        guard poller >= 0 else { throw .system(code: -poller) }
        guard sizes.flows <= LoopEvent.mostPlaces,
            let flows = Reserve<StreamFlow>(sizes.flows), let slots = FlowSlots(sizes.flows),
            let wheel = TimerWheel(
                capacity: sizes.flows, now: clinux_milliseconds() / TimerWheel.tick),
            let listeners = Reserve<StreamListener>(sizes.listeners),
            let listenerSlots = FlowSlots(sizes.listeners),
            let services = Reserve<Service>(sizes.services),
            sizes.datagramFlows <= LoopEvent.mostPlaces,
            let datagrams = DatagramTables(
                flows: sizes.datagramFlows, listeners: sizes.listeners),
            let datagramSlots = FlowSlots(sizes.datagramFlows),
            let datagramListenerSlots = FlowSlots(sizes.listeners),
            let datagramWheel = TimerWheel(
                capacity: sizes.datagramFlows, now: clinux_milliseconds() / TimerWheel.tick),
            let pipes = PipePool(limit: sizes.pipes),
            let buffers = BufferPool(limit: sizes.buffers),
            let scratch = Reserve<UInt8>(BufferPool.size),
            let queue = Reserve<FlowID>(4 * sizes.flows),
            let resting = Reserve<Int32>(sizes.listeners),
            let events = Reserve<clinux_event>(Self.eventsPerTurn),
            let ended = EndedFlows(capacity: sizes.remembered),
            let sources = SourceTable(seed: seed)
        else {
            _ = clinux_close(poller)
            throw .noMemory
        }
        self.number = number
        self.poller = poller
        self.mailbox = mailbox
        self.clock = clock
        self.flows = flows
        self.slots = slots
        self.wheel = wheel
        self.listeners = listeners
        self.listenerSlots = listenerSlots
        self.services = services
        self.datagrams = datagrams
        self.datagramSlots = datagramSlots
        self.datagramListenerSlots = datagramListenerSlots
        self.datagramWheel = datagramWheel
        self.pipes = pipes
        self.buffers = buffers
        self.scratch = scratch
        self.queue = queue
        self.resting = resting
        self.events = events
        self.ended = ended
        self.sources = sources
        descriptorLimit = sizes.descriptors
        now = clinux_milliseconds()
        let mail = clinux_epoll_add(
            poller, mailbox.bell.number, Readiness.readable, LoopEvent(.mailbox).packed)
        guard mail >= 0 else { throw .system(code: -mail) }
    }

    deinit { _ = clinux_close(poller) }

    /// Works until it is told to stop.
    func run() {
        while !isStopping { turn() }
        endEverything()
    }

    private func turn() {
        // SAFETY: the kernel writes as many events as the table has room for.
        let count = Int(
            unsafe clinux_epoll_wait(
                poller, events.address(of: 0), Int32(Self.eventsPerTurn), patience))
        now = clinux_milliseconds()
        for place in 0..<max(0, count) {
            guard let event = LoopEvent(packed: events[place].data) else { continue }
            act(on: event, events[place].events)
        }
        sendAnswers()
        continueQueued()
        visitDue()
        visitDueDatagrams()
        if restingCount > 0 { wakeListeners() }
        if drained != nil { tellWhenDrained() }
    }

    private func act(on event: LoopEvent, _ readiness: UInt32) {
        switch event.kind {
        case .mailbox: readMail()
        case .streamListener: accept(at: event.flow.index)
        case .stream: streamIsReady(event.flow, event.end, readiness)
        case .datagramListener: datagramsCame(at: event.flow.index)
        case .datagram: targetAnswered(event.flow)
        }
    }

    /// How long the poller may wait, in milliseconds.
    private var patience: Int32 {
        guard queued == 0 else { return 0 }
        guard restingCount == 0 else { return Int32(TimerWheel.tick) }
        switch (wheel.ticksUntilDue(), datagramWheel.ticksUntilDue()) {
        case (nil, nil): return -1
        case (let ticks?, nil), (nil, let ticks?): return Int32((ticks + 1) * TimerWheel.tick)
        case (let first?, let second?):
            return Int32((min(first, second) + 1) * TimerWheel.tick)
        }
    }

    /// Lets a flow go on in the next turn.
    func enqueue(_ id: FlowID) {
        guard !flows[id.index].isQueued else { return }
        flows[id.index].isQueued = true
        queue[queued] = id
        queued += 1
    }

    private func continueQueued() {
        // What is put in meanwhile has its turn after the next wait.
        let count = queued
        for place in 0..<count {
            let id = queue[place]
            guard slots.holds(id) else { continue }
            flows[id.index].isQueued = false
            // One that is only waiting to pass on a reset has nothing to move.
            guard flows[id.index].phase == .flowing else { continue }
            advance(id)
        }
        for place in count..<queued { queue[place - count] = queue[place] }
        queued -= count
    }
}

/// The most that a loop can hold at a time.
struct LoopSizes: Sendable {
    var flows: Int
    var datagramFlows: Int
    var listeners: Int
    var services = 65536
    var pipes: Int
    var buffers: Int
    /// Ended flows that are remembered.
    var remembered = 1024
    /// Descriptors that flows and pipes may take.
    var descriptors: Int
}

/// Where the loop's clock stands to the calendar.
struct LoopClock: Sendable {
    /// Seconds since 1970 at millisecond 0 of the monotonic clock.
    var epoch: Int64

    static func now() -> LoopClock {
        LoopClock(epoch: clinux_epoch_seconds() - Int64(clinux_milliseconds() / 1000))
    }

    func seconds(at milliseconds: UInt64) -> Int64 { epoch + Int64(milliseconds / 1000) }
}
