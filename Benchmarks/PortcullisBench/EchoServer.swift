import CPolling
import Glibc
import LinuxKit

/// Answers on one port: every datagram comes back; a stream comes back too, or, when its first byte
/// is `swallow`, vanishes.
struct EchoServer: ~Copyable {
    static let port: UInt16 = 7001
    static let swallow: UInt8 = 0xff

    private let listener: Int32
    private let datagrams: Int32
    private let buffer = Buffer(256 << 10)
    /// By the number of the socket.
    private var streams = [Stream](repeating: .new, count: 4096)

    private enum Stream: UInt8 {
        case new, echoed, swallowed
    }

    /// Starts it on a thread of its own, for as long as the program runs.
    static func start(in namespace: Namespace) throws {
        let (listener, datagrams) = try namespace.inside {
            let listener = try Sockets.tcp()
            Sockets.option(listener, SOL_SOCKET, SO_REUSEADDR, Int32(1))
            try Sockets.bind(listener, .anywhere(port))
            guard listen(listener, 4096) == 0 else { throw Failure(call: "listen") }
            let datagrams = try Sockets.udp()
            try Sockets.bind(datagrams, .anywhere(port))
            Sockets.option(datagrams, SOL_SOCKET, SO_RCVBUF, Int32(4 << 20))
            return (listener, datagrams)
        }
        for number in [listener, datagrams] { Sockets.setNonBlocking(number) }
        try KernelThread.start {
            var server = EchoServer(listener, datagrams)
            do { try server.run() } catch { say("the server has stopped: \(error)") }
        }
    }

    private init(_ listener: Int32, _ datagrams: Int32) {
        self.listener = listener
        self.datagrams = datagrams
    }

    private mutating func run() throws(Failure) {
        let poller = try Poller()
        poller.watch(listener, Poller.readable)
        poller.watch(datagrams, Poller.readable)
        while true {
            poller.wait(milliseconds: -1) { socket, _ in
                switch socket {
                case listener: accept(poller)
                case datagrams: while buffer.echoDatagram(datagrams) {}
                default: serve(socket)
                }
            }
        }
    }

    private mutating func accept(_ poller: borrowing Poller) {
        while true {
            let socket = accept4(
                listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            guard socket >= 0 else { return }
            Sockets.setNoDelay(socket)
            guard Int(socket) < streams.count else {
                close(socket)
                continue
            }
            streams[Int(socket)] = .new
            poller.watch(socket, Poller.readable)
        }
    }

    private mutating func serve(_ socket: Int32) {
        let count = buffer.receive(socket)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { close(socket) }
            return
        }
        let place = Int(socket)
        if streams[place] == .new {
            streams[place] = buffer.first == Self.swallow ? .swallowed : .echoed
        }
        if streams[place] == .echoed { _ = buffer.send(socket, count) }
    }
}
