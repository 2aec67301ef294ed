import Glibc

/// Opens connections, 64 at once: connect, one byte there, one byte back, close.
///
/// One loop without allocations: how far a connection is stands in an array, by the number of its
/// socket.
struct ConnectionLoad: ~Copyable {
    enum Closing {
        /// At once, by a reset: no port is held in TIME-WAIT.
        case reset
        /// As programs do, by a FIN in each direction.
        case orderly
    }

    private let place: Place
    private let closing: Closing
    private let poller: Poller
    private let buffer = Buffer(64)
    private var isAsked = [Bool](repeating: false, count: Sockets.mostNumbers)
    private var open = 0
    private(set) var done = 0
    private var failed = 0

    private static let atOnce = 64

    init(to place: Place, closing: Closing = .reset) throws(Failure) {
        self.place = place
        self.closing = closing
        poller = try Poller()
    }

    /// - Returns: connections per second.
    mutating func run(seconds: Double) throws(Failure) -> Double {
        // Until the caches are warm.
        _ = try carry(seconds: min(0.2, seconds / 4))
        let (count, took) = try carry(seconds: seconds)
        try finish()
        return Double(count) / took
    }

    /// - Returns: how many connections came to their end, and how long that took.
    mutating func carry(seconds: Double) throws(Failure) -> (count: Int, seconds: Double) {
        let (before, start) = (done, ContinuousClock.now)
        while ContinuousClock.now < start + .seconds(seconds) {
            while open < Self.atOnce { try begin() }
            step()
        }
        return (done - before, (ContinuousClock.now - start).seconds)
    }

    /// Ends what has begun, and looks back.
    mutating func finish() throws(Failure) {
        let patience = ContinuousClock.now + .seconds(2)
        while open > 0, ContinuousClock.now < patience { step() }
        guard (failed + open) * 1000 <= done else {
            throw Failure(
                "\(place): \(failed + open) of \(done + failed + open) connections failed")
        }
    }

    private mutating func step() {
        for place in poller.ready(milliseconds: 1000) {
            let (socket, events) = poller[place]
            advance(socket, events)
        }
    }

    private mutating func begin() throws(Failure) {
        let socket = try Sockets.tcp()
        Sockets.setNonBlocking(socket)
        if case .reset = closing { Sockets.setAbortive(socket) }
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
