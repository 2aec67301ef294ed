import Addressing
package import Forwarding
import LinuxKit
import Netlink

extension KernelEngine {
    package func end(_ flow: FlowNumber) throws(EngineError) -> Bool {
        guard case .kernel = flow, let entry = try entry(flow) else { return false }
        if entry.original.transport == TransportProtocol.tcp.rawValue { try cut(entry) }
        do throws(KernelError) { return try flowTable.delete(entry) } catch {
            throw EngineError(error, .flows)
        }
    }

    private func entry(_ flow: FlowNumber) throws(EngineError) -> ConntrackEntry? {
        do throws(KernelError) { return try flowTable.entry(flow) } catch {
            throw EngineError(error, .flows)
        }
    }

    /// Before the flow is forgotten: what its sides send next must find it here.
    private func cut(_ entry: ConntrackEntry) throws(EngineError) {
        guard settings != nil else { return }
        var transaction = Transaction(firstSequence: command.nextSequence())
        for placed in Cut(entry).elements { transaction.add(placed.element, to: placed.set) }
        try commit(transaction)
    }

    /// The kernel tells nobody why a flow ended, so nothing is remembered of it.
    package func endedFlows(
        of forward: ForwardID?, limit: Int
    ) throws(EngineError) -> [EndedFlowRecord] { [] }
}
