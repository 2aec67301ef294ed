import Glibc
import LinuxKit
import Synchronization

/// Opens a thousand connections a second, whatever becomes of those before: connect, one byte there, one
/// byte back, close.
final class PacedLoad: Sendable {
    struct Figures {
        var good = 0
        var failed = 0
        /// Took longer than a second, or had no answer at the end.
        var slow = 0
    }

    private let place: Place
    private let isStopped = Mutex(false)
    private let figures = Mutex<Figures?>(nil)

    init(to place: Place) { self.place = place }

    /// Starts it in the network namespace of the calling thread.
    func start() throws {
        let worker = Worker(place, try Poller())
        try KernelThread.start { [self] in
            while isStopped.withLock({ !$0 }) { worker.step() }
            figures.withLock { $0 = worker.result }
        }
        usleep(1000)
    }

    /// Ends it, and says what became of the connections.
    func stop() -> Figures {
        isStopped.withLock { $0 = true }
        while true {
            if let figures = figures.withLock(\.self) { return figures }
            usleep(1000)
        }
    }

    // SAFETY: made by `start`, used by the one thread that it starts, and by nobody else.
    private final class Worker: @unchecked Sendable {
        private let place: Place
        private let poller: Poller
        private let buffer = Buffer(64)
        private var begun: [Int32: ContinuousClock.Instant] = [:]
        private var asked: Set<Int32> = []
        private var next = ContinuousClock.now
        private var figures = Figures()

        init(_ place: Place, _ poller: consuming Poller) {
            self.place = place
            self.poller = poller
        }

        var result: Figures {
            var result = figures
            result.slow += begun.count
            return result
        }

        func step() {
            while next <= .now {
                next += .milliseconds(1)
                begin()
            }
            poller.wait(milliseconds: 1) { socket, events in advance(socket, events) }
        }

        private func begin() {
            guard let socket = try? Sockets.tcp() else { return }
            Sockets.setNonBlocking(socket)
            Sockets.setAbortive(socket)
            begun[socket] = .now
            guard Sockets.connect(socket, place) else { return end(socket, isGood: false) }
            poller.watch(socket, Poller.readable | Poller.writable | Poller.edges)
        }

        private func advance(_ socket: Int32, _ events: UInt32) {
            if events & Poller.broken != 0 { return end(socket, isGood: false) }
            if events & Poller.writable != 0, asked.insert(socket).inserted {
                guard buffer.send(socket, 1) == 1 else { return end(socket, isGood: false) }
            }
            guard events & Poller.readable != 0 else { return }
            end(socket, isGood: buffer.receive(socket) == 1)
        }

        private func end(_ socket: Int32, isGood: Bool) {
            close(socket)
            asked.remove(socket)
            guard let start = begun.removeValue(forKey: socket) else { return }
            guard isGood else {
                figures.failed += 1
                return
            }
            if .now - start > .seconds(1) { figures.slow += 1 } else { figures.good += 1 }
        }
    }
}
