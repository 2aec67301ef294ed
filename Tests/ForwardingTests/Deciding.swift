import Addressing
import Forwarding
import TestKit

extension ForwardingTable {
    /// A table of these, numbered from 1.
    init(_ drafts: [ForwardDraft]) {
        self.init()
        for (place, draft) in drafts.enumerated() {
            insert(Sample.forward(UInt16(place + 1), draft))
        }
    }

    /// Everything that can be asked of a table, to compare two of them.
    var contents: [Forward] { sorted }

    /// What a file that describes this table would say.
    var drafts: [ForwardDraft] { sorted.map(\.draft) }

    /// The outcome of a request of the operator.
    func deciding(
        _ request: Request, in surroundings: Surroundings = Sample.surroundings,
        at now: Timestamp = Sample.now
    ) -> Outcome {
        decide(
            request, by: Requester(name: "test", origin: .operator), table: self,
            surroundings: surroundings, now: now)
    }
}

extension Forward {
    var draft: ForwardDraft {
        ForwardDraft(
            name: name, transports: transports, external: external, target: target,
            sources: sources, hairpin: hairpin, sourceAddress: sourceAddress,
            translatesIPv6: translatesIPv6, ends: ends.map(EndTime.at) ?? .never,
            schedule: schedule, closing: closing, limits: limits, relay: relay,
            enabled: enabled, comment: comment)
    }
}

extension Outcome {
    var changes: [ForwardChange]? {
        guard case .accepted(let changes, _) = self else { return nil }
        return changes
    }

    var warnings: [Warning] {
        guard case .accepted(_, let warnings) = self else { return [] }
        return warnings
    }

    var refusals: [Refusal] {
        guard case .refused(let refusals) = self else { return [] }
        return refusals
    }

    var problems: [Problem] { refusals.map(\.problem) }
}

extension Sample {
    static func scope(at address: String) -> ExternalSide.Scope { .address(self.address(address)) }

    static func scope(on interface: String) -> ExternalSide.Scope {
        .interface(self.interface(interface))
    }

    static func host(_ text: String) -> TargetHost {
        guard let host = ForwardSpelling.host(text) else { preconditionFailure("no host") }
        return host
    }

    /// The sample network with followed targets that have been found.
    static func surroundings(
        resolved: [String: ResolvedTarget] = [:], listeners: [Listener] = []
    ) -> Surroundings {
        let resolved = resolved.map { (host($0.key), $0.value) }
        return Surroundings(
            network: network,
            resolved: Dictionary(resolved, uniquingKeysWith: { first, _ in first }),
            listeners: listeners)
    }

    static func resolved(_ v4: String?, _ v6: String?) -> ResolvedTarget {
        ResolvedTarget(v4: v4.flatMap { IPv4Address($0) }, v6: v6.flatMap { IPv6Address($0) })
    }
}
