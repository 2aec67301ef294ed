import LinuxKit
import Logging
import Relay
import ServiceLifecycle
import Synchronization

/// Giving the relay's listening sockets to the next daemon, and getting them from the last one.
///
/// Theory of operation. Every daemon has a door beside its control socket, which only its own user and
/// root can open. A daemon that is started with --take-over knocks there. The old one then ends as if it
/// had been told to, but keeps its listening sockets open; when its table is closed and the kernel's is
/// let go, it hands the sockets over and says that all is done. Connections that come meanwhile wait in
/// the kernel. The new daemon starts as it always does, except that it finds its sockets open already.
/// The old one goes on with the connections that it has, until they end or its patience does.
///
/// Where nobody is behind the door, sockets may come from systemd, which keeps them over a restart
/// (`sd_listen_fds(3)`, FileDescriptorStoreMax=).
enum Handover {
    /// What a message is about.
    enum Mark: UInt8 {
        case request = 1
        case sockets
        case done
    }

    /// The old daemon closes its table before it answers; in milliseconds.
    private static let patience: Int32 = 30_000

    static func door(beside socket: String) -> String { socket + ".handover" }

    /// The sockets of the daemon that runs, which ends now; nil when none does.
    static func request(at path: String) throws -> [Int32]? {
        guard let channel = DescriptorChannel(reaching: path) else { return nil }
        try channel.send([], mark: Mark.request.rawValue)
        var sockets: [Int32] = []
        while let message = try channel.receive(within: patience) {
            sockets += message.descriptors
            if message.mark == Mark.done.rawValue { return sockets }
        }
        throw Failure("the running daemon ended without handing its sockets over")
    }
}

/// The door of a running daemon.
final class HandoverDoor: Sendable {
    private let door: DescriptorDoor
    private let visitor = Mutex<DescriptorChannel?>(nil)
    private let isClosed = Atomic(false)

    /// How often the thread sees whether it is to end; in milliseconds.
    private static let interval: Int32 = 500

    init(at path: String) throws(KernelError) { door = try DescriptorDoor(at: path) }

    /// Waits for a visitor on a thread of its own; `knocked` is called once, for the first.
    func open(_ knocked: @escaping @Sendable () -> Void) throws(KernelError) {
        try KernelThread.start { [self] in
            while !isClosed.load(ordering: .relaxed) {
                guard let channel = door.visitor(within: Self.interval) else { continue }
                guard let message = try? channel.receive(within: Self.interval),
                    message.mark == Handover.Mark.request.rawValue
                else { continue }
                var first: DescriptorChannel? = channel
                visitor.withLock { swap(&$0, &first) }
                return knocked()
            }
        }
    }

    func close() { isClosed.store(true, ordering: .relaxed) }

    /// Whether somebody waits for the sockets.
    var isAsked: Bool {
        visitor.withLock { visitor in
            guard visitor != nil else { return false }
            return true
        }
    }

    /// Gives the sockets away and says that all is done.
    func handOver(_ sockets: [Int32]) throws(KernelError) {
        let channel = visitor.withLock { visitor in visitor.take() }
        guard let channel else { return }
        if !sockets.isEmpty { try channel.send(sockets, mark: Handover.Mark.sockets.rawValue) }
        try channel.send([], mark: Handover.Mark.done.rawValue)
    }
}
