package import Forwarding
import LinuxKit
import Synchronization

/// How a loop is spoken to from other threads.
final class Mailbox: Sendable {
    let bell: Bell
    private let letters = Mutex<[LoopOrder]>([])
    /// Called from the loop's thread, rarely, for what an operator should know.
    private let announce: @Sendable (RelayRemark) -> Void

    init(announce: @escaping @Sendable (RelayRemark) -> Void) throws(RelayError) {
        do throws(KernelError) { bell = try Bell() } catch { throw .system(code: error.code) }
        self.announce = announce
    }

    /// Orders are carried out in this order, soon.
    func post(_ orders: [LoopOrder]) {
        guard !orders.isEmpty else { return }
        letters.withLock { $0.append(contentsOf: orders) }
        bell.ring()
    }

    func drain() -> [LoopOrder] {
        letters.withLock { letters in
            let all = letters
            letters = []
            return all
        }
    }

    func note(_ remark: RelayRemark) { announce(remark) }
}

/// Something that the relay noticed and that is no answer to anything.
package enum RelayRemark: Hashable, Sendable {
    /// Connections wait, since no more descriptors are to be had.
    case shortage(loop: Int, inUse: Int)
    /// A target's health has changed.
    case targetIsDown(RelayTarget)
    case targetIsUp(RelayTarget)
}

/// Why a relay could not be set up.
enum RelayError: Error, Hashable {
    case noMemory
    case system(code: Int32)
}

/// What a loop is told.
enum LoopOrder: Sendable {
    /// Serve a forward by this plan, from now on; flows go on by the plan that they began with.
    case serve(Int32, ServicePlan)
    /// Take connections for it at this socket, which is the loop's from now on.
    case listen(Int32, descriptor: Int32, port: UInt16, listener: ListenerID)
    /// The same for datagrams.
    case listenForDatagrams(Int32, descriptor: Int32, listener: ListenerID)
    /// What comes at the socket is for another forward now.
    case assign(ListenerID, Int32)
    /// Close the socket, which is known by this number.
    ///
    /// A place that moves is served by another loop from now on: what waits here is taken in before.
    case deafen(ListenerID, isMoved: Bool)
    /// The forward is gone; flows that still live count for nobody.
    case forget(Int32)
    case end([FlowID], EndReason)
    case endDatagrams([FlowID], EndReason)
    case setDown(TargetHealth)
    /// Give all listening sockets away, and take no more connections.
    case surrender(ReplyBox<[Int32]>)
    /// Answer when the last flow has ended.
    case drain(ReplyBox<Bool>)
    /// End one, and tell whether it was there.
    case endOne(FlowNumber.Shape, FlowID, ReplyBox<Bool>)
    /// Answer with what there is.
    case report(ReportWish, ReplyBox<LoopReport>)
    /// Everything before this has been done.
    case stop(ReplyBox<Bool>)
}

/// The number of a listening socket, unique for the life of the relay.
typealias ListenerID = UInt32

/// A place for an answer from another thread.
final class ReplyBox<Answer: Sendable>: Sendable {
    private let answer = Mutex<Answer?>(nil)
    private let bell: Bell

    private init() throws(KernelError) { bell = try Bell() }

    static func make() throws(RelayError) -> ReplyBox {
        do throws(KernelError) { return try ReplyBox() } catch { throw .system(code: error.code) }
    }

    func fill(_ value: Answer) {
        answer.withLock { $0 = value }
        bell.ring()
    }

    /// Waits for it; nil when it did not come in time.
    func wait(milliseconds: Int32) -> Answer? {
        guard bell.isRung(within: milliseconds) else { return nil }
        return answer.withLock { $0 }
    }
}
