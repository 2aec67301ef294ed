import Glibc

/// What a client does to a place, each for so many seconds.
///
/// Call from inside the client's namespace.
enum Loads {
    private static let clock = ContinuousClock()

    /// Gigabits per second of one stream.
    static func bulk(to place: Place, seconds: Double) throws -> Double {
        let socket = try Sockets.connected(to: place)
        defer { close(socket) }
        let buffer = Buffer(128 << 10)
        buffer.fill(EchoServer.swallow)
        var sent = 0
        func send(for seconds: Double) throws(Failure) -> Double {
            let (start, end) = (clock.now, clock.now + .seconds(seconds))
            sent = 0
            while clock.now < end {
                let count = buffer.send(socket, buffer.count)
                guard count > 0 else { throw Failure(call: "send to \(place)") }
                sent += count
            }
            return (clock.now - start).seconds
        }
        // Until the windows are open.
        _ = try send(for: min(0.2, seconds / 4))
        let took = try send(for: seconds)
        return Double(sent) * 8 / 1e9 / took
    }

    /// The times of round trips of 64 bytes over one stream, in microseconds.
    ///
    /// - Parameter trips: enough, if there is time for so many.
    static func pingPong(to place: Place, seconds: Double, trips: Int = .max) throws -> [Double] {
        let socket = try Sockets.connected(to: place)
        defer { close(socket) }
        let buffer = Buffer(64)
        var times: [Double] = []
        times.reserveCapacity(Int(seconds * 100_000))
        let end = clock.now + .seconds(seconds)
        var start = clock.now
        while start < end, times.count < trips {
            guard buffer.send(socket, 64) == 64, buffer.receive(socket) == 64 else {
                throw Failure(call: "round trip to \(place)")
            }
            let now = clock.now
            times.append((now - start).seconds * 1e6)
            start = now
        }
        // The first ones meet cold caches.
        return Array(times.dropFirst(min(200, times.count / 10)))
    }

    /// Round trips per second of datagrams of 64 bytes, over 64 flows, one under way in each.
    static func datagrams(to place: Place, seconds: Double) throws -> Double {
        try DatagramLoad(to: place, flows: 64).run(seconds: seconds)
    }

    /// Sends one datagram to each of a row of ports and takes the answers.
    ///
    /// - Returns: how many answers came.
    static func touch(_ ports: Range<UInt16>, of address: String) throws -> Int {
        let socket = try Sockets.udp()
        defer { close(socket) }
        Sockets.setPatience(socket, milliseconds: 100)
        let buffer = Buffer(64)
        var answers = 0
        for port in ports {
            guard buffer.send(socket, 64, to: Place(address, port)) == 64 else {
                throw Failure(call: "sendto \(address):\(port)")
            }
            if buffer.receive(socket) == 64 { answers += 1 }
        }
        return answers
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
