import Addressing
import Forwarding

/// Which packets the forwards so far answer for, so that no two of a file claim the same.
struct Claims {
    private struct Key: Hashable {
        var transport: TransportProtocol
        var port: UInt16
    }

    private struct Claim {
        var external: ExternalSide
        var transports: Transports
        var family: AddressFamily?
        /// The device of a pinhole, which is asked at its own address.
        var pinhole: IPAddress?
        var line: Int
    }

    private var singles: [Key: [Claim]] = [:]
    private var ranges: [Claim] = []

    /// Notes what a forward answers for.
    ///
    /// - Returns: the line of a forward that answers for it already; then nothing is noted.
    mutating func claim(_ draft: ForwardDraft, _ line: Int) -> Int? {
        let claim = Self.claim(draft, line)
        if let earlier = rivals(of: claim).first(where: { Self.meet($0, claim) }) {
            return earlier.line
        }
        guard draft.external.ports.isSingle else {
            ranges.append(claim)
            return nil
        }
        for key in Self.keys(claim) { singles[key, default: []].append(claim) }
        return nil
    }

    private static func claim(_ draft: ForwardDraft, _ line: Int) -> Claim {
        var claim = Claim(
            external: draft.external, transports: draft.transports, line: line)
        guard case .address(let address) = draft.target.host else { return claim }
        claim.family = address.family
        if address.family == .v6, !draft.translatesIPv6 { claim.pinhole = address }
        return claim
    }

    private static func keys(_ claim: Claim) -> [Key] {
        claim.transports.all.map { Key(transport: $0, port: claim.external.ports.first) }
    }

    private func rivals(of claim: Claim) -> [Claim] {
        guard claim.external.ports.isSingle else { return singles.values.flatMap(\.self) + ranges }
        return Self.keys(claim).flatMap { singles[$0] ?? [] } + ranges
    }

    private static func meet(_ first: Claim, _ second: Claim) -> Bool {
        // What a whole address gets is what no port names.
        guard (first.transports == .everything) == (second.transports == .everything) else {
            return false
        }
        guard first.external.ports.overlaps(second.external.ports),
            !Set(first.transports.all).isDisjoint(with: second.transports.all)
        else { return false }
        guard first.pinhole == nil, second.pinhole == nil else {
            return first.pinhole == second.pinhole
        }
        if let family = first.family, let other = second.family, family != other { return false }
        switch (first.external.scope, second.external.scope) {
        case (.interface(let mine), .interface(let others)): return mine == others
        case (.address(let mine), .address(let others)): return mine == others
        default: return true
        }
    }
}
