import CPolling
import Glibc
import LinuxKit
import Synchronization

/// Answers on one port: what comes by datagrams and streams goes back.
///
/// It vanishes instead where it begins with `swallow`, or, in a stream, with `discard`: that is not even
/// copied out of the kernel, so that a measured forwarder has more of the processor.
struct EchoServer: ~Copyable {
    static let port: UInt16 = 7001
    static let swallow: UInt8 = 0xff
    static let discard: UInt8 = 0xfe

    private let listener: Int32
    private let datagrams: Int32
    private let buffer = Buffer(256 << 10)
    private let batch = DatagramBatch()
    private let tally: Tally
    /// By the number of the socket.
    private var streams = [Stream](repeating: .new, count: Sockets.mostNumbers)

    private enum Stream: UInt8 {
        case new, echoed, swallowed, discarded
    }

    /// How many datagrams were swallowed.
    final class Tally: Sendable {
        private let number = Atomic(0)
        var count: Int { number.load(ordering: .relaxed) }
        fileprivate func add(_ count: Int) { number.add(count, ordering: .relaxed) }
    }

    /// Starts it on a thread of its own, for as long as the program runs.
    static func start(in namespace: Namespace) throws -> Tally {
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
        let tally = Tally()
        try KernelThread.start {
            var server = EchoServer(listener, datagrams, tally)
            do { try server.run() } catch { say("the server has stopped: \(error)") }
        }
        return tally
    }

    private init(_ listener: Int32, _ datagrams: Int32, _ tally: Tally) {
        self.tally = tally
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
                case datagrams: takeDatagrams()
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

    /// A batch is of one kind, since one figure is measured at a time.
    private func takeDatagrams() {
        while true {
            let count = batch.receive(datagrams)
            guard count > 0 else { return }
            if batch.first == Self.swallow {
                tally.add(count)
            } else {
                batch.answer(datagrams, count)
            }
        }
    }

    private mutating func serve(_ socket: Int32) {
        let isDiscarded = streams[Int(socket)] == .discarded
        let count = isDiscarded ? buffer.discard(socket) : buffer.receive(socket)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { close(socket) }
            return
        }
        let place = Int(socket)
        if streams[place] == .new {
            streams[place] = Self.kind(of: buffer.first)
        }
        if streams[place] == .echoed { _ = buffer.send(socket, count) }
    }

    private static func kind(of first: UInt8) -> Stream {
        switch first {
        case swallow: .swallowed
        case discard: .discarded
        default: .echoed
        }
    }
}
