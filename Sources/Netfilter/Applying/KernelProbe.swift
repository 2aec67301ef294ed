import Addressing
import Forwarding
import LinuxKit
import Netlink

/// Finds out whether this kernel can hold our table, by having it build and delete one in a single
/// transaction: nothing is left behind, whatever the answer (33 µs on Linux 6.18).
struct KernelProbe {
    let mask: MarkMask
    let wanMask: WANMask

    /// - Returns: whether tables can be owned and outlive their owner (Linux 6.9).
    func run(through socket: inout NetlinkSocket) throws(EngineError) -> Bool {
        try tryEverything(&socket)
        var batch = Batch(table: probeTable, firstSequence: socket.nextSequence())
        batch.operation(.newTable, .create) {
            $0.big32(2, NFTables.TableFlags.owner | NFTables.TableFlags.persist)
        }
        batch.operation(.deleteTable) { _ in }
        return try send(batch, &socket).isEmpty
    }

    private let probeTable = "portcullis_probe"

    /// Builds the whole skeleton, and names every part that the kernel refuses.
    private func tryEverything(_ socket: inout NetlinkSocket) throws(EngineError) {
        let wans = ["wan0", "wan1"].compactMap { InterfaceName($0) }
        let everything = EngineSettings(
            network: NetworkView(wans: wans, linksDiffer: true), guarded: true,
            now: Timestamp(seconds: 0))
        let skeleton = Skeleton(mask: mask, wanMask: wanMask, everything)
        var batch = Batch(table: probeTable, firstSequence: socket.nextSequence())
        var names: [UInt32: String] = [:]
        batch.operation(.newTable, .create) { $0.big32(2, 0) }
        batch.operation(.newObject, .create) {
            $0.string(2, Layout.guardCounter)
            $0.big32(3, 1)
            $0.nest(4) { _ in }
        }
        for set in Layout.staticSets {
            let id = batch.currentSequence
            names[batch.operation(.newSet, .create) { set.write(to: &$0, id: id) }] =
                "set \(set.name)"
        }
        for chain in skeleton.chains {
            names[batch.operation(.newChain, .create) { chain.write(to: &$0) }] =
                "chain \(chain.name)"
        }
        for (chain, rules) in skeleton.rules {
            for rule in rules {
                let sequence = batch.operation(.newRule, [.create, .append]) {
                    rule.write(to: &$0, chain: chain)
                }
                names[sequence] = "\(rule.purpose) (rule of chain \(chain))"
            }
        }
        batch.operation(.deleteTable) { _ in }
        let refusals = try send(batch, &socket)
        guard let first = refusals.first else { return }
        guard first.code != ErrorNumber.notPermitted else { throw .notPermitted }
        throw .unsupported(refusals.map { names[$0.sequence] ?? "nf_tables" })
    }

    private func send(
        _ batch: consuming Batch, _ socket: inout NetlinkSocket
    ) throws(EngineError) -> [Reply] {
        let (bytes, end) = batch.finish()
        do throws(KernelError) {
            let refusals = try socket.commit(bytes, end: end)
            socket.skipSequences(to: end)
            return refusals
        } catch { throw EngineError(error, .probe) }
    }
}
