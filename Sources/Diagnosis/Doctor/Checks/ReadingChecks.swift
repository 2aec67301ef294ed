/// What the doctor could not look at.
enum ReadingChecks {
    /// EPERM.
    private static let notPermitted: Int32 = 1

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        // A relay may run without any right; what it is refused then is no news.
        let unread = seen.unread.filter { seen.usesKernel || $0.code != notPermitted }
        var findings = unread.map { finding($0) }
        if seen.unaskedTargets > 0 {
            findings.append(
                Finding(
                    "targets-not-asked", .note,
                    what: "the targets of \(seen.unaskedTargets) forwards were not asked",
                    why: "there are too many to ask in two seconds",
                    remedy: "ask for one: portcullis trace from outside to it"))
        }
        return findings
    }

    private static func finding(_ unread: Observations.Unread) -> Finding {
        let reason = unread.code.map { " (error \($0))" } ?? ""
        let (what, remedy): (String, String) =
            switch unread.source {
            case .network: ("the interfaces could not be read", "try again")
            case .foreignTables:
                ("the tables of other programs could not be read", "try again; run it as root")
            case .listeners: ("the programs that listen could not be read", "try again")
            case .clock:
                ("whether a time server keeps the clock is not known", "ask: timedatectl")
            case .arp:
                (
                    "the devices could not be asked by ARP",
                    "allow the daemon CAP_NET_RAW and AF_PACKET in its unit"
                )
            case .stun:
                ("the STUN server could not be asked", "check network.stun in the configuration")
            case .probes: ("targets could not be asked", "try again")
            }
        return Finding(
            "not-looked-at", .note, unread.source.rawValue, what: what + reason,
            why: "what is wrong there does not show here", remedy: remedy)
    }
}
