internal import CLinux
package import Netlink

/// Hears what a netlink family announces, on a thread of its own.
package final class NetlinkListener: Sendable {
    private let stop: Bell

    /// What is heard.
    package enum Event {
        case message(Message)
        /// The queue ran over: what was announced meanwhile is lost.
        case lost
    }

    /// Starts to listen in the network namespace of the calling thread, until `end`.
    ///
    /// - Parameter body: called on the listener's thread, one event after the other.
    package init(
        _ family: NetlinkSocket.Family, groups: [Int32],
        _ body: @escaping @Sendable (Event) -> Void
    ) throws(KernelError) {
        let stop = try Bell()
        self.stop = stop
        let ears = Ears(try NetlinkSocket(family, groups: groups))
        try KernelThread.start { ears.listen(until: stop, body) }
    }

    deinit { stop.ring() }

    package func end() { stop.ring() }

    // SAFETY: made by the initialiser, used by the one thread that it starts, and by nobody else.
    private final class Ears: @unchecked Sendable {
        private var socket: NetlinkSocket

        init(_ socket: consuming NetlinkSocket) { self.socket = socket }

        func listen(until stop: Bell, _ body: (Event) -> Void) {
            while true {
                let ready = clinux_wait_readable(socket.number, stop.number, -1)
                if ready < 0 || ready & 2 != 0 { return }
                do throws(KernelError) {
                    while try socket.receive(waiting: false, { body(.message($0)) }) {}
                } catch { body(.lost) }
            }
        }
    }
}
