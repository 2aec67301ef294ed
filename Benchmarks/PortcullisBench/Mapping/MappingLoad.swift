import Glibc

/// A device that asks for ports by NAT-PMP (RFC 6886), and a host outside that uses them.
struct MappingLoad {
    private let device: Int32
    private let outside: Int32
    private let lab: Lab

    init(_ lab: Lab) throws {
        self.lab = lab
        device = try lab.server.inside {
            let socket = try Sockets.udp()
            Sockets.setPatience(socket, milliseconds: 10_000)
            Sockets.option(socket, SOL_SOCKET, SO_RCVBUF, Int32(4 << 20))
            guard Sockets.connect(socket, Place("192.168.7.1", 5351)) else {
                throw Failure(call: "connect")
            }
            return socket
        }
        outside = try lab.client.inside { try Sockets.udp() }
    }

    /// How many requests are answered with success in a second.
    ///
    /// - Parameter first: the port of the first; the others follow.
    func perSecond(_ count: Int, from first: UInt16, atOnce: Int) throws -> Double {
        let begun = ContinuousClock.now
        var (sent, answered) = (0, 0)
        while answered < count {
            while sent < count, sent - answered < atOnce {
                try ask(first + UInt16(sent))
                sent += 1
            }
            try takeAnswer()
            answered += 1
        }
        return Double(count) / (ContinuousClock.now - begun).seconds
    }

    /// Milliseconds from a request until a packet from outside is at the device.
    func firstPackets(_ count: Int, from first: UInt16) throws -> [Double] {
        try (0..<count).map { number in
            let port = first + UInt16(number)
            let ear = try lab.server.inside {
                let socket = try Sockets.udp()
                Sockets.setPatience(socket, milliseconds: 5000)
                try Sockets.bind(socket, .anywhere(port))
                return socket
            }
            defer { close(ear) }
            let begun = ContinuousClock.now
            try ask(port)
            try takeAnswer()
            let buffer = Buffer(1)
            guard buffer.send(outside, 1, to: Place(Lab.external, port)) == 1 else {
                throw Failure(call: "send")
            }
            guard buffer.receive(ear) == 1 else { throw Failure("no packet came through \(port)") }
            return (ContinuousClock.now - begun).seconds * 1000
        }
    }

    private func ask(_ port: UInt16) throws {
        let (high, low) = (UInt8(port >> 8), UInt8(port & 0xff))
        // UDP, any lifetime up to two hours.
        let request = Buffer(of: [0, 1, 0, 0, high, low, high, low, 0, 0, 0x1c, 0x20])
        guard request.send(device, request.count) == request.count else {
            throw Failure(call: "send")
        }
    }

    private func takeAnswer() throws {
        let answer = Buffer(64)
        guard answer.receive(device) == 16, answer[1] == 129 else {
            throw Failure("a request got no answer")
        }
        guard answer[3] == 0 else { throw Failure("a request was refused: \(answer[3])") }
    }
}
