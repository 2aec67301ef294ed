import Glibc

/// Round trips of datagrams of 64 bytes, 64 under way at a time, over one flow or many.
struct DatagramLoad: ~Copyable {
    private let place: Place
    private let sockets: [Int32]
    private let batch: DatagramBatch

    private static let underWay = DatagramBatch.capacity

    /// - Parameter flows: a divisor of 64.
    init(to place: Place, flows: Int) throws(Failure) {
        var sockets: [Int32] = []
        for _ in 0..<flows {
            let socket = try Sockets.udp()
            sockets.append(socket)
            Sockets.setPatience(socket, milliseconds: 200)
            guard Sockets.connect(socket, place) else { throw Failure(call: "connect to \(place)") }
        }
        self.place = place
        self.sockets = sockets
        batch = DatagramBatch()
    }

    deinit { for socket in sockets { close(socket) } }

    /// Until every flow is known on the way, which may cost its first datagrams.
    func warmUp(seconds: Double) throws(Failure) {
        for socket in sockets {
            let isKnown = (1...10).contains { _ in
                batch.send(socket, 1) == 1 && batch.receive(socket) > 0
            }
            guard isKnown else { throw Failure("\(place): datagrams are not answered") }
        }
        _ = exchange(seconds: seconds)
    }

    /// - Returns: round trips per second.
    func run(seconds: Double) throws(Failure) -> Double {
        let start = ContinuousClock.now
        let (answered, lost) = exchange(seconds: seconds)
        guard answered > 100 * lost else {
            throw Failure("\(place): \(lost) of \(answered + lost) datagrams lost")
        }
        return Double(answered) / (ContinuousClock.now - start).seconds
    }

    private func exchange(seconds: Double) -> (answered: Int, lost: Int) {
        let each = Self.underWay / sockets.count
        var (answered, asked) = (0, 0)
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            for socket in sockets { _ = batch.send(socket, each) }
            asked += each * sockets.count
            for socket in sockets { answered += receive(socket, each) }
        }
        return (answered, asked - answered)
    }

    private func receive(_ socket: Int32, _ count: Int) -> Int {
        var received = 0
        while received < count {
            let now = batch.receive(socket)
            guard now > 0 else { break }
            received += now
        }
        return received
    }
}

/// Datagrams of 64 bytes over one flow, as fast as they can be sent; the server swallows them.
struct FloodLoad: ~Copyable {
    private let socket: Int32
    private let batch: DatagramBatch

    init(to place: Place) throws(Failure) {
        let socket = try Sockets.udp()
        guard Sockets.connect(socket, place) else { throw Failure(call: "connect to \(place)") }
        self.socket = socket
        batch = DatagramBatch()
        batch.fill(EchoServer.swallow)
    }

    deinit { close(socket) }

    /// - Returns: how many were sent.
    func run(seconds: Double) -> Int {
        var sent = 0
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end { sent += batch.send(socket, DatagramBatch.capacity) }
        return sent
    }
}
