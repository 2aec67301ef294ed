internal import CLinux
import Netlink

/// Tells of every change of the machine's network.
///
/// Theory of operation: one thread waits for notifications of rtnetlink. They only ring the bell:
/// after each burst everything is read anew, so a notification that got lost (ENOBUFS) or came in the
/// middle of a change cannot leave a wrong picture behind.
package final class NetworkWatch: Sendable {
    private let stop: Bell
    package let changes: AsyncStream<MachineNetwork>

    /// Links, IPv4 and IPv6 addresses, routes and rules, neighbours (RTNLGRP_*).
    private static let groups: [Int32] = [1, 5, 9, 7, 11, 8, 19, 3]
    /// Milliseconds of silence that end a burst: an interface that comes up sends a dozen messages
    /// within a few milliseconds.
    private static let quiet: Int32 = 15

    /// Starts to watch the network namespace of the calling thread.
    package init() throws(KernelError) {
        let stop = try Bell()
        let events = try NetlinkSocket(.route, groups: Self.groups)
        let reader = try NetlinkSocket(.route)
        let (stream, continuation) = AsyncStream.makeStream(
            of: MachineNetwork.self, bufferingPolicy: .bufferingNewest(1))
        self.stop = stop
        changes = stream
        let sockets = Sockets(events: events, reader: reader)
        try KernelThread.start {
            sockets.watch(until: stop, continuation)
            continuation.finish()
        }
    }

    deinit { stop.ring() }

    /// Ends the watch; `changes` finishes.
    package func end() { stop.ring() }

    // SAFETY: made by the initialiser, used by the one thread that it starts, and by nobody else.
    private final class Sockets: @unchecked Sendable {
        private var events: NetlinkSocket
        private var reader: NetlinkSocket

        init(events: consuming NetlinkSocket, reader: consuming NetlinkSocket) {
            self.events = events
            self.reader = reader
        }

        func watch(until stop: Bell, _ changes: AsyncStream<MachineNetwork>.Continuation) {
            var last: MachineNetwork?
            while true {
                if let network = try? MachineNetwork.read(through: &reader), network != last {
                    last = network
                    changes.yield(network)
                }
                guard waitForBurst(until: stop) else { return }
            }
        }

        /// - Returns: false when the watch is to end.
        private func waitForBurst(until stop: Bell) -> Bool {
            var patience: Int32 = -1
            while true {
                let ready = clinux_wait_readable(events.number, stop.number, patience)
                if ready < 0 || ready & 2 != 0 { return false }
                if ready == 0 { return true }
                // A full queue is news, too: everything is read anew in either case.
                while (try? events.receive(waiting: false) { _ in }) == true {}
                patience = NetworkWatch.quiet
            }
        }
    }
}
