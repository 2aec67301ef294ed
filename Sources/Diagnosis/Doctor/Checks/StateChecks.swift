import Addressing
import Forwarding

/// Forwards that are on, and carry nothing.
enum StateChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.situation.table.sorted.compactMap { forward in
            guard forward.enabled, !forward.hasEnded(at: seen.situation.now) else { return nil }
            if seen.report.suspended.contains(forward.name) { return suspended(forward) }
            if seen.report.usedUp.contains(forward.name) { return usedUp(forward) }
            guard !forward.isException else { return nil }
            guard
                let active = forward.active(in: seen.situation.surroundings, at: seen.situation.now)
            else { return unknown(forward) }
            return nowhere(forward, active, seen)
        }
    }

    private static func suspended(_ forward: Forward) -> Finding {
        Finding(
            "forward-suspended", .problem, forward.name.text,
            what: "the engine would not take \(forward.name) over when the network changed",
            why: "it carries nothing; it is tried again at the next change",
            remedy: "see why: portcullis log \(forward.name); then portcullis disable"
                + " \(forward.name) and portcullis enable \(forward.name)")
    }

    private static func usedUp(_ forward: Forward) -> Finding {
        let most = forward.limits.monthly.map(ForwardSpelling.amountText) ?? ""
        return Finding(
            "month-used-up", .warning, forward.name.text,
            what: "the month's \(most) of \(forward.name) have gone through",
            why: "it carries nothing until the next month begins",
            remedy: "give it more: portcullis set \(forward.name) --monthly …")
    }

    private static func unknown(_ forward: Forward) -> Finding {
        let host = forward.target.host
        let (what, remedy): (String, String) =
            switch host {
            case .mac:
                (
                    "the device \(host) has not been seen",
                    "switch it on, or give its address: portcullis set \(forward.name) --to …"
                )
            case .name:
                (
                    "the name \(host) has no address",
                    "check it: getent hosts \(host); or give the address"
                )
            case .suffix:
                (
                    "no LAN has a prefix for the device \(host)",
                    "see what the provider gave: ip -6 address show"
                )
            case .address, .gateway, .unix:
                ("the target \(host) does not fit the external side", "use addresses of one family")
            }
        return Finding(
            "target-unknown", .problem, forward.name.text, what: what,
            why: "\(forward.name) carries nothing until it is found", remedy: remedy)
    }

    /// Pinned to an address or an interface that the gateway has not at the moment.
    private static func nowhere(
        _ forward: Forward, _ active: ActiveForward, _ seen: Observations
    ) -> Finding? {
        let asked = seen.askedAddresses(of: active)
        let own = asked.filter {
            seen.network.isOwn($0) || $0.isLoopback || active.isPinhole
        }
        guard own.isEmpty, !seen.network.wanAddresses.isEmpty else { return nil }
        let place =
            switch forward.external.scope {
            case .everyWAN: "any WAN, in the family of its target"
            case .interface(let name): "\(name)"
            case .address(let address): "\(address)"
            }
        return Finding(
            "forward-without-address", .problem, forward.name.text,
            what: "\(forward.name) is to be asked at \(place), and the gateway has no such address",
            why: "nobody can reach it there",
            remedy: "let it be asked everywhere: portcullis set \(forward.name) --every-wan")
    }
}
