import Glibc

/// Opens connections, 64 at once: connect, one byte there, one byte back, close.
///
/// One loop without allocations: how far a connection is stands in an array, by the number of its
/// socket. Each is closed by a reset, so that ports do not run out.
struct ConnectionLoad: ~Copyable {
    private let place: Place
    private let buffer = Buffer(64)
    private var isAsked = [Bool](repeating: false, count: 4096)
    private var open = 0
    private var done = 0
    private var failed = 0

    private static let atOnce = 64

    init(to place: Place) { self.place = place }

    /// - Returns: connections per second.
    mutating func run(seconds: Double) throws(Failure) -> Double {
        let poller = try Poller()
        let clock = ContinuousClock()
        // Until the caches are warm.
        try run(poller, until: clock.now + .seconds(min(0.2, seconds / 4)))
        let before = (done: done, start: clock.now)
        try run(poller, until: before.start + .seconds(seconds))
        let rate = Double(done - before.done) / (clock.now - before.start).seconds
        guard failed * 1000 <= done else {
            throw Failure("\(place): \(failed) of \(done + failed) connections failed")
        }
        return rate
    }

    private mutating func run(
        _ poller: borrowing Poller, until end: ContinuousClock.Instant
    ) throws(Failure) {
        while ContinuousClock.now < end {
            while open < Self.atOnce { try begin(poller) }
            poller.wait(milliseconds: 1000) { socket, events in advance(socket, events) }
        }
    }

    private mutating func begin(_ poller: borrowing Poller) throws(Failure) {
        let socket = try Sockets.tcp()
        Sockets.setNonBlocking(socket)
        Sockets.setAbortive(socket)
        guard Int(socket) < isAsked.count, Sockets.connect(socket, place) else {
            throw Failure(call: "connect to \(place)")
        }
        isAsked[Int(socket)] = false
        poller.watch(socket, Poller.readable | Poller.writable | Poller.edges)
        open += 1
    }

    private mutating func advance(_ socket: Int32, _ events: UInt32) {
        let place = Int(socket)
        if events & Poller.broken != 0 { return end(socket, isGood: false) }
        if !isAsked[place], events & Poller.writable != 0 {
            isAsked[place] = true
            guard buffer.send(socket, 1) == 1 else { return end(socket, isGood: false) }
        }
        guard events & Poller.readable != 0 else { return }
        end(socket, isGood: buffer.receive(socket) == 1)
    }

    private mutating func end(_ socket: Int32, isGood: Bool) {
        close(socket)
        open -= 1
        if isGood { done += 1 } else { failed += 1 }
    }
}
