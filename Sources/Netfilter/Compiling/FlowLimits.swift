import Addressing
import Forwarding
import Netlink

/// How many flows may come through one forward, as the kernel counts them: a chain behind the gate
/// that drops first packets beyond the bounds.
///
/// Bounds for each source come before those in all, so that one source cannot use up what is
/// everybody's. The chain is the forward's own; other terms make another chain, and count anew.
struct FlowLimits: Hashable {
    let mark: UInt32
    let limits: Limits

    /// Nil for forwards without such bounds.
    init?(_ forward: ActiveForward, _ mask: MarkMask) {
        guard forward.limits.boundsNewFlows else { return nil }
        mark = mask.mark(of: forward.id)
        limits = Limits(
            connections: forward.limits.connections,
            connectionsPerSource: forward.limits.connectionsPerSource, rate: forward.limits.rate,
            ratePerSource: forward.limits.ratePerSource)
    }

    var chain: String { Layout.flowLimitPrefix + digits }

    private var digits: String { termsHash("\(mark)|\(limits)") }

    /// Milliseconds after its last new flow in which a source is forgotten: longer than any unit of a
    /// rate would keep it from a fresh start.
    private static func memory(of rate: ConnectionRate) -> UInt64 {
        max(60, rate.per.rawValue) * 1000
    }

    private func setName(_ what: String, isV4: Bool) -> String {
        "\(what)\(isV4 ? 4 : 6)_\(digits)"
    }

    private func source(_ what: String, isV4: Bool, hasTimeouts: Bool) -> SetDeclaration {
        SetDeclaration(
            setName(what, isV4: isV4), key: [isV4 ? .ipv4 : .ipv6], hasTimeouts: hasTimeouts,
            isFilledByPackets: true)
    }

    /// Filled by the packets themselves.
    var sets: [SetDeclaration] {
        [true, false].flatMap { isV4 in
            (limits.ratePerSource == nil
                ? [] : [source("pace", isV4: isV4, hasTimeouts: true)])
                + (limits.connectionsPerSource == nil
                    ? [] : [source("flows", isV4: isV4, hasTimeouts: false)])
        }
    }

    func rules(_ mask: MarkMask) -> [Rule] {
        let refuse = Matching(mask: mask).count(in: .limited) + [Matching.drop]
        var rules: [Rule] = []
        if let rate = limits.ratePerSource {
            rules += perSource("new flows of a source", refuse) {
                .perKey(
                    set: setName("pace", isV4: $0), key: 1, timeout: Self.memory(of: rate),
                    rate.stateful)
            }
        }
        if let most = limits.connectionsPerSource {
            rules += perSource("flows of a source", refuse) {
                .perKey(
                    set: setName("flows", isV4: $0), key: 1, timeout: nil, .connections(most))
            }
        }
        if let rate = limits.rate {
            rules.append(Rule("new flows", [.stateful(rate.stateful)] + refuse))
        }
        if let most = limits.connections {
            rules.append(Rule("flows", [.stateful(.connections(most))] + refuse))
        }
        return rules
    }

    private func perSource(
        _ what: String, _ refuse: [Expression], _ asked: (Bool) -> Expression
    ) -> [Rule] {
        [true, false].map { isV4 in
            Rule(what, Matching.sourceNetwork(isV4: isV4) + [asked(isV4)] + refuse)
        }
    }
}

extension ConnectionRate {
    fileprivate var stateful: Stateful { .packets(count, seconds: per.rawValue) }
}
