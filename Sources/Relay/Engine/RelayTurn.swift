import Forwarding
import LinuxKit

/// A change as the relay goes about it: what is different about each forward, whatever was said.
struct RelayTurn {
    /// Forwards that are different, or whose places may be, since the network is.
    let edits: [ActiveEdit]
    let settings: EngineSettings
    /// As it was before; nil before the first whole table.
    let formerNetwork: NetworkView?
    /// Whether everything was said, and how many forwards of that were found as wanted.
    let isWhole: Bool
    let adopted: Int

    init(
        _ change: EngineChange, _ carried: ByForward<ActiveForward>, _ former: EngineSettings?
    ) throws(EngineError) {
        formerNetwork = former?.network
        switch change {
        case .everything(let forwards, let settings):
            self.settings = settings
            isWhole = true
            let after = try Self.numbers(of: forwards)
            let isMoved = former.map { $0.network != settings.network } ?? false
            let gone = carried.filter { !after.contains($0.id) }
            let wanted = forwards.filter { isMoved || carried[$0.id] != $0 }
            adopted = forwards.count { carried[$0.id] == $0 }
            edits =
                gone.map { ActiveEdit(before: $0.value, after: nil) }
                + wanted.map { ActiveEdit(before: carried[$0.id], after: $0) }
        case .edits(let edits, let settings):
            // Before the first whole table there is nothing to edit.
            guard let former else { throw .system(code: ErrorNumber.invalid, during: .commit) }
            self.settings = settings
            (isWhole, adopted) = (false, 0)
            guard former.network != settings.network else {
                self.edits = edits
                return
            }
            let said = Set(edits.compactMap { ($0.before ?? $0.after)?.id })
            self.edits =
                edits
                + carried.filter { !said.contains($0.id) }.map {
                    ActiveEdit(before: $0.value, after: $0.value)
                }
        }
    }

    private static func numbers(
        of forwards: [ActiveForward]
    ) throws(EngineError) -> Set<ForwardID> {
        var numbers: Set<ForwardID> = []
        for forward in forwards where !numbers.insert(forward.id).inserted {
            throw .refused(forward.id, code: ErrorNumber.exists, detail: "")
        }
        return numbers
    }
}
