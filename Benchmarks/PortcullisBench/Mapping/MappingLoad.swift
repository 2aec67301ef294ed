import Glibc

/// Devices that ask for ports by NAT-PMP (RFC 6886), and a host outside that uses them.
///
/// Every device asks for as many as one may have, and no more; all are addresses of one host.
struct MappingLoad {
    private let devices: [Int32]
    private let outside: Int32
    private let lab: Lab

    private static let devicePort: UInt16 = 5350
    static let addresses = (11...230).map { "192.168.7.\($0)" }

    init(_ lab: Lab) throws {
        self.lab = lab
        devices = try lab.server.inside {
            try Self.addresses.map { address in
                let socket = try Sockets.udp()
                Sockets.setPatience(socket, milliseconds: 10_000)
                // One drawn by the kernel could be that of a mapping to come.
                try Sockets.bind(socket, Place(address, Self.devicePort))
                guard Sockets.connect(socket, Place("192.168.7.1", 5351)) else {
                    throw Failure(call: "connect")
                }
                return socket
            }
        }
        outside = try lab.client.inside { try Sockets.udp() }
    }

    func end() { for number in devices + [outside] { close(number) } }

    private func device(of port: UInt16) -> Int32 { devices[Int(port) % devices.count] }

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
            try takeAnswer(first + UInt16(answered))
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
            try takeAnswer(port)
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
        guard request.send(device(of: port), request.count) == request.count else {
            throw Failure(call: "send")
        }
    }

    private func takeAnswer(_ port: UInt16) throws {
        let answer = Buffer(64)
        guard answer.receive(device(of: port)) == 16, answer[1] == 129 else {
            throw Failure("a request got no answer")
        }
        guard answer[3] == 0 else { throw Failure("a request was refused: \(answer[3])") }
    }
}
