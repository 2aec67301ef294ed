import Addressing
package import Forwarding

/// The flows of forwards, living and ended, whatever engine carries them.
extension Gateway {
    package func flows(of name: ForwardName?) throws -> [(ForwardName, LiveFlow)]? {
        guard isThere(name) else { return nil }
        return try engine.flows(of: id(of: name)).compactMap { flow in
            table[flow.forward].map { ($0.name, flow) }
        }
    }

    /// Ends a flow of a forward, and puts on record who did.
    ///
    /// - Returns: the flow as it was last seen; nil when there is none of the number.
    package func endFlow(
        _ number: FlowNumber, by requester: Requester
    ) throws -> (ForwardName, LiveFlow)? {
        let found = try flows(of: nil)?.first { $0.1.number == number }
        guard let (name, flow) = found, try engine.end(number) else { return nil }
        noteEnded(flow, of: name, by: requester)
        return (name, flow)
    }

    /// The flows that ended last, the newest first; nil when there is no such forward.
    ///
    /// What a number's former holder carried is none of the forward that has it now. An engine's clock
    /// may be a second behind ours.
    package func endedFlows(
        of name: ForwardName?, limit: Int
    ) throws -> [(ForwardName, EndedFlowRecord)]? {
        guard isThere(name) else { return nil }
        let ended = try engine.endedFlows(of: id(of: name), limit: limit)
        return ended.compactMap { flow in
            guard let forward = table[flow.forward], forward.created <= flow.started + 1 else {
                return nil
            }
            return (forward.name, flow)
        }
    }

    private func isThere(_ name: ForwardName?) -> Bool { name.map { table[$0] != nil } ?? true }

    private func id(of name: ForwardName?) -> ForwardID? { name.flatMap { table[$0]?.id } }
}
