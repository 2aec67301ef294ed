import LinuxKit
import Netlink

/// Keeps the kernel translating while our table is gone.
///
/// Theory of operation. The kernel translates and tracks flows only while some table asks it to. When
/// another program flushes all tables, the flows that live lose their translation with ours: a packet
/// that comes before the table is put back is for the gateway itself, which answers with a reset, and
/// the flow is cut (64 of 64 busy ones; with this, none). So where our table cannot be protected, a
/// second one that can stands beside it. It decides nothing: one chain of the kind that translates,
/// with one rule that only looks. Since Linux 5.12 nobody but its owner can flush or delete it, and it
/// goes with the owner's socket, so nothing is left behind.
enum TranslationAnchor {
    /// - Returns: false where the kernel does not know owners (before 5.12).
    static func hold(through socket: inout NetlinkSocket) -> Bool {
        var batch = Batch(table: Layout.anchor, firstSequence: socket.nextSequence())
        batch.operation(.newTable, .create) { $0.big32(2, NFTables.TableFlags.owner) }
        let chain = ChainDeclaration("hold", hook: .init(isNAT: true, .prerouting, priority: -90))
        batch.operation(.newChain, .create) { chain.write(to: &$0) }
        let rule = Rule("keeps flows tracked", Matching.state(.new))
        batch.operation(.newRule, [.create, .append]) { rule.write(to: &$0, chain: chain.name) }
        let (bytes, end) = batch.finish()
        guard let refusals = try? socket.commit(bytes, end: end) else { return false }
        socket.skipSequences(to: end)
        return refusals.isEmpty
    }
}
