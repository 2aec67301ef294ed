import Addressing
import Forwarding
import Netlink

/// How many flows may come through a forward, as the kernel counts them: a chain behind the gate that
/// drops first packets beyond the bounds.
///
/// Theory of operation. Forwards with the same bounds share a chain, since the kernel looks through all
/// chains and jumps at each commit (one chain for each of 10,000 forwards took 21 s to load). What is
/// counted stands in sets that the packets fill, with the forward's mark in the key and an expression
/// in each element. Bounds for each source come before those in all, so that one source cannot use up
/// what is everybody's. A set that is full takes no more: who finds no place is dropped, not let by.
/// Of a flow only the first packet is asked: one that is known has been let in.
struct FlowLimits: Hashable {
    let limits: Limits

    /// Nil for forwards without such bounds.
    init?(_ forward: ActiveForward) {
        guard forward.limits.boundsNewFlows else { return nil }
        limits = Limits(
            connections: forward.limits.connections,
            connectionsPerSource: forward.limits.connectionsPerSource, rate: forward.limits.rate,
            ratePerSource: forward.limits.ratePerSource)
    }

    var chain: String { Layout.flowLimitPrefix + digits }

    private var digits: String {
        let terms: [String] = [
            limits.connections.map { "\($0)" } ?? "-",
            limits.connectionsPerSource.map { "\($0)" } ?? "-",
            limits.rate?.description ?? "-", limits.ratePerSource?.description ?? "-",
        ]
        return termsHash(terms.joined(separator: "|"))
    }

    /// What is counted in one set.
    private struct Bound {
        var purpose: String
        var set: SetDeclaration
        /// Loads the key into register 1 and behind it.
        var key: [Expression]
        var timeout: UInt64?
        var stateful: Stateful
    }

    /// In the order in which they are asked.
    private func bounds(_ match: Matching) -> [Bound] {
        let sources = [true, false]
        var bounds: [Bound] = []
        if let rate = limits.ratePerSource {
            bounds += sources.map { perSource("new flows of a source", "pace", $0, rate, match) }
        }
        if let most = limits.connectionsPerSource {
            bounds += sources.map { isV4 in
                Bound(
                    purpose: "flows of a source", set: source("flows", isV4, hasTimeouts: false),
                    key: match.markAndSource(isV4: isV4), timeout: nil,
                    stateful: .connections(most))
            }
        }
        if let rate = limits.rate {
            bounds.append(
                Bound(
                    purpose: "new flows", set: everybody("pace", hasTimeouts: true),
                    key: match.markLoaded, timeout: Self.memory(of: rate), stateful: rate.stateful))
        }
        if let most = limits.connections {
            bounds.append(
                Bound(
                    purpose: "flows", set: everybody("flows", hasTimeouts: false),
                    key: match.markLoaded, timeout: nil, stateful: .connections(most)))
        }
        return bounds
    }

    private func perSource(
        _ purpose: String, _ name: String, _ isV4: Bool, _ rate: ConnectionRate, _ match: Matching
    ) -> Bound {
        Bound(
            purpose: purpose, set: source(name, isV4, hasTimeouts: true),
            key: match.markAndSource(isV4: isV4), timeout: Self.memory(of: rate),
            stateful: rate.stateful)
    }

    /// Milliseconds after its last new flow in which a source is forgotten: longer than any unit of a
    /// rate would keep it from a fresh start.
    private static func memory(of rate: ConnectionRate) -> UInt64 {
        max(60, rate.per.rawValue) * 1000
    }

    private func source(_ what: String, _ isV4: Bool, hasTimeouts: Bool) -> SetDeclaration {
        SetDeclaration(
            "\(what)\(isV4 ? 4 : 6)_\(digits)", key: [.mark, isV4 ? .ipv4 : .ipv6],
            hasTimeouts: hasTimeouts, isFilledByPackets: true)
    }

    private func everybody(_ what: String, hasTimeouts: Bool) -> SetDeclaration {
        SetDeclaration(
            "\(what)_\(digits)", key: [.mark], hasTimeouts: hasTimeouts, isFilledByPackets: true)
    }

    /// Filled by the packets themselves.
    func sets(_ mask: MarkMask) -> [SetDeclaration] { bounds(Matching(mask: mask)).map(\.set) }

    func rules(_ mask: MarkMask) -> [Rule] {
        let match = Matching(mask: mask)
        let refuse = match.count(in: .limited) + [Matching.drop]
        let known = Rule("known flow", Matching.isConfirmed(true) + [Matching.return])
        return [known]
            + bounds(match).flatMap { bound in
                [
                    Rule(
                        bound.purpose,
                        bound.key + [
                            .perKey(
                                set: bound.set.name, key: 1, timeout: bound.timeout, bound.stateful)
                        ] + refuse),
                    Rule(
                        "no room for more",
                        bound.key + [.lookup(set: bound.set.name, key: 1, .lacks)] + refuse),
                ]
            }
    }
}

extension ConnectionRate {
    fileprivate var stateful: Stateful { .packets(count, seconds: per.rawValue) }
}
