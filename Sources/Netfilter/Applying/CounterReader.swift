import LinuxKit
import Netlink
import Synchronization

/// Reads one set of counters through a socket of its own, so that sets can be read beside each other.
///
/// The kernel makes up a dump inside the reader's own call, 0.9 µs an element and never more than
/// 32 KiB at once: four sets of 10,000 one after the other took 29 ms, on two cores 14 ms.
final class CounterReader: Sendable {
    let set: Layout.Counted
    private let socket: Mutex<NetlinkSocket>

    init(_ set: Layout.Counted) throws(KernelError) {
        self.set = set
        socket = Mutex(try NetlinkSocket(.netfilter))
    }

    func read() -> Result<[CountedMark], KernelError> {
        Result { () throws(KernelError) in
            try socket.withLock { socket throws(KernelError) in
                try InstalledTable.counters(of: set, through: &socket)
            }
        }
    }
}
