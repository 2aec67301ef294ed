package import Forwarding
package import LinuxKit
import Netlink
import Synchronization

/// Notices when another program changes our table.
///
/// Theory of operation. For each commit the kernel announces what it touched, then a new generation
/// with the thread and name of who committed (nftables, group 7). Announcements with the port of our
/// command socket are our own. Where the table has an owner (Linux 6.9) others cannot change it and
/// nothing is ever heard; where it has none, a flush is heard within a millisecond. When the queue
/// ran over nobody knows what happened, so that counts as a disturbance, too. What ends by itself in
/// the kernel (a lease) is not announced.
package final class TableWatch: Sendable {
    private let listener: NetlinkListener
    /// Each change by somebody else; only the newest waits.
    package let disturbances: AsyncStream<TableDisturbance>

    /// The group of nftables' announcements (NFNLGRP_NFTABLES).
    private static let group: Int32 = 7

    /// Starts to watch in the network namespace of the calling thread.
    ///
    /// - Parameter port: the port of the socket whose changes are our own.
    package init(ignoring port: UInt32) throws(KernelError) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: TableDisturbance.self, bufferingPolicy: .bufferingNewest(1))
        disturbances = stream
        let isTouched = Mutex(false)
        listener = try NetlinkListener(.netfilter, groups: [Self.group]) { event in
            guard case .message(let message) = event else {
                continuation.yield(TableDisturbance())
                return
            }
            isTouched.withLock { isTouched in
                guard let culprit = Self.culprit(message, port, &isTouched) else { return }
                continuation.yield(culprit)
            }
        }
    }

    package func end() { listener.end() }

    /// - Returns: who, at the end of a foreign commit that touched our table.
    private static func culprit(
        _ message: Message, _ port: UInt32, _ isTouched: inout Bool
    ) -> TableDisturbance? {
        guard message.port != port, message.type >> 8 == NFTables.subsystem else { return nil }
        let attributes = message.attributes(after: 4)
        guard message.type == NFTables.Operation.newGeneration.type else {
            isTouched =
                isTouched
                || message.netfilterFamily == NFTables.inet
                    && attributes[1]?.string == Layout.table
            return nil
        }
        defer { isTouched = false }
        guard isTouched else { return nil }
        return TableDisturbance(program: attributes[3]?.string, thread: attributes[2]?.big32)
    }
}

extension KernelEngine {
    /// Watches the table that this engine holds.
    package func watch() throws(EngineError) -> TableWatch {
        do throws(KernelError) { return try TableWatch(ignoring: command.port) } catch {
            throw EngineError(error, .open)
        }
    }
}
