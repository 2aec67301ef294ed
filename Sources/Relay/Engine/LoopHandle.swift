import CLinux
import Forwarding
import LinuxKit

/// A loop as the engine sees it: its mailbox.
final class LoopHandle: Sendable {
    let number: Int
    private let mailbox: Mailbox
    /// A loop that does not answer for so long is stuck in the kernel; in milliseconds.
    private static let patience: Int32 = 10_000

    init(
        _ number: Int, _ sizes: LoopSizes, _ clock: LoopClock,
        announce: @escaping @Sendable (RelayRemark) -> Void
    ) throws(RelayError) {
        self.number = number
        let mailbox = try Mailbox(announce: announce)
        self.mailbox = mailbox
        let outcome = try ReplyBox<RelayError?>.make()
        do throws(KernelError) {
            try KernelThread.start {
                // SAFETY: the name lives for the call.
                unsafe clinux_name_thread("relay-\(number)")
                clinux_block_broken_pipes()
                do throws(RelayError) {
                    // Made by the thread that owns it from the first to the last moment.
                    let loop = try RelayLoop(number, sizes, mailbox: mailbox, clock: clock)
                    outcome.fill(nil)
                    loop.run()
                } catch { outcome.fill(error) }
            }
        } catch { throw .system(code: error.code) }
        if let failure = outcome.wait(milliseconds: Self.patience) ?? nil { throw failure }
    }

    func post(_ orders: [LoopOrder]) { mailbox.post(orders) }

    /// Asks, and waits for the loop's turn.
    func ask(_ wish: ReportWish) throws(RelayError) -> LoopReport {
        let box = try ReplyBox<LoopReport>.make()
        mailbox.post([.report(wish, box)])
        guard let report = box.wait(milliseconds: Self.patience) else {
            throw .system(code: ErrorNumber.tryAgain)
        }
        return report
    }

    /// Takes the listening sockets away from the loop.
    func surrender() -> [Int32] {
        guard let box = try? ReplyBox<[Int32]>.make() else { return [] }
        mailbox.post([.surrender(box)])
        return box.wait(milliseconds: Self.patience) ?? []
    }

    /// Waits until the last connection has ended; false when that takes longer.
    func drain(within milliseconds: Int32) -> Bool {
        guard let box = try? ReplyBox<Bool>.make() else { return false }
        mailbox.post([.drain(box)])
        return box.wait(milliseconds: milliseconds) ?? false
    }

    /// Ends one flow; false when it is gone.
    func end(_ shape: FlowNumber.Shape, _ flow: FlowID) throws(RelayError) -> Bool {
        let box = try ReplyBox<Bool>.make()
        mailbox.post([.endOne(shape, flow, box)])
        guard let wasThere = box.wait(milliseconds: Self.patience) else {
            throw .system(code: ErrorNumber.tryAgain)
        }
        return wasThere
    }

    /// Ends every flow and the thread.
    func stop() {
        guard let box = try? ReplyBox<Bool>.make() else { return }
        mailbox.post([.stop(box)])
        _ = box.wait(milliseconds: Self.patience)
    }
}
