import Addressing
import Forwarding
import LinuxKit

/// Targets whose answers do not come back through this gateway.
///
/// Asked from the gateway's address in its own network a target answers directly. Asked from a WAN
/// address it answers as it would answer a client: over its default route.
enum ReturnChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.carried.compactMap { item in
            guard item.keepsSource,
                let target = item.targets.first(where: { $0.address.family == .v4 })
            else { return nil }
            guard answers(seen.answers[TargetProbe.Question(target)]),
                let wan = outside(.v4, seen),
                seen.answers[TargetProbe.Question(target, from: wan)] == .silent
            else { return nil }
            return finding(item, target)
        }
    }

    /// The address from which targets are asked as a client of the internet would.
    static func outside(_ family: AddressFamily, _ seen: Observations) -> IPAddress? {
        seen.network.wanAddresses.filter { $0.family == family }.min()
    }

    private static func answers(_ answer: TCPProbe.Answer?) -> Bool {
        answer == .answered || answer == .refused
    }

    private static func finding(_ item: Carried, _ target: Endpoint) -> Finding {
        Finding(
            "answers-elsewhere", .problem, item.name,
            what: "\(target) answers its own network, and not addresses outside it",
            why: "its default route does not lead to this gateway, or its firewall lets only its"
                + " own network in: clients of \(item.name) get no answer",
            remedy: "set the target's default route to this gateway; or let it see the gateway as"
                + " the client: portcullis set \(item.name) --source rewritten",
            fix: .rewriteSource(item.forward.name))
    }
}
