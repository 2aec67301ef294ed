import Glibc

/// Streams that send as fast as they can; the server discards what comes.
struct BulkLoad: ~Copyable {
    private let place: Place
    private let sockets: [Int32]
    private let poller: Poller
    private let buffer: Buffer

    init(to place: Place, streams: Int) throws(Failure) {
        let poller = try Poller()
        var sockets: [Int32] = []
        for _ in 0..<streams {
            let socket = try Sockets.connected(to: place)
            sockets.append(socket)
            Sockets.setNonBlocking(socket)
            poller.watch(socket, Poller.writable)
        }
        self.place = place
        self.sockets = sockets
        self.poller = poller
        buffer = Buffer(128 << 10)
        buffer.fill(EchoServer.discard)
    }

    deinit { for socket in sockets { close(socket) } }

    /// - Returns: the bytes sent, and how long that took.
    func run(seconds: Double) throws(Failure) -> (bytes: Int, seconds: Double) {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        var (sent, isBroken) = (0, false)
        while ContinuousClock.now < end, !isBroken {
            poller.wait(milliseconds: 1000) { socket, _ in
                let count = buffer.send(socket, buffer.count)
                sent += max(0, count)
                isBroken = isBroken || count < 0 && errno != EAGAIN
            }
        }
        guard !isBroken, sent > 0 else { throw Failure("\(place): a stream in bulk broke off") }
        return (sent, (ContinuousClock.now - start).seconds)
    }
}
