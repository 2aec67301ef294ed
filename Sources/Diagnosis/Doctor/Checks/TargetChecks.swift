import Addressing
import Forwarding
import LinuxKit

/// Targets that are not there, or do not listen.
enum TargetChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.carried.flatMap { item in
            item.targets.compactMap { finding(item, $0, seen) }
        }
    }

    private static func finding(
        _ item: Carried, _ target: Endpoint, _ seen: Observations
    ) -> Finding? {
        let address = target.address
        let answer = seen.answers[TargetProbe.Question(target)]
        if answer == .answered { return nil }
        // Of a whole address some port was asked: that it is closed says nothing.
        let isPort = !item.active.isWhole
        if answer == .refused { return isPort ? refused(item, target) : nil }
        if isAbsent(address, answer, seen) { return absent(item, address) }
        return answer == .silent && isPort ? silent(item, target) : nil
    }

    private static func isAbsent(
        _ address: IPAddress, _ answer: TCPProbe.Answer?, _ seen: Observations
    ) -> Bool {
        if let v4 = address.v4, let holders = seen.targetHolders[v4] { return holders.isEmpty }
        return answer == .unreachable
    }

    private static func absent(_ item: Carried, _ address: IPAddress) -> Finding {
        Finding(
            "target-absent", .problem, item.name,
            what: "nobody answers for the target \(address) of \(item.name)",
            why: "the device is off, unplugged, asleep, or has another address now",
            remedy: "look for it: ip neighbour show; let the forward follow it by name or hardware"
                + " address: portcullis set \(item.name) --to …")
    }

    private static func refused(_ item: Carried, _ target: Endpoint) -> Finding {
        Finding(
            "target-refuses", .warning, item.name,
            what: "the target of \(item.name) is there, and nothing listens at \(target)",
            why: "clients are refused: the service is stopped, or listens on another port or on"
                + " loopback only",
            remedy: "on the target: ss -ltn, and start the service; or: portcullis set"
                + " \(item.name) --to …")
    }

    private static func silent(_ item: Carried, _ target: Endpoint) -> Finding {
        Finding(
            "target-silent", .warning, item.name,
            what:
                "the target of \(item.name) does not answer at \(target), not even with a refusal",
            why: "a firewall on the device drops what it is asked, or the way there does not work",
            remedy: "let the device's own firewall accept \(target.port)/tcp from anywhere")
    }
}
