import Addressing
import Forwarding

/// How a STUN server outside sees the WAN addresses.
enum MirrorChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        seen.mirrors.compactMap { mirror in
            guard let outside = mirror.seen else { return silent(mirror) }
            return outside == mirror.address ? nil : differs(mirror, outside)
        }
    }

    private static func silent(_ mirror: Observations.Mirror) -> Finding {
        Finding(
            "stun-silent", .note, mirror.interface.text,
            what: "the STUN server did not answer \(mirror.address) of \(mirror.interface)",
            why: "whether the internet sees this address is not known",
            remedy: "check network.stun in the configuration, and whether UDP gets out")
    }

    private static func differs(_ mirror: Observations.Mirror, _ outside: IPAddress) -> Finding {
        let isCarrier = outside.kind.isTranslated
        let after = isCarrier ? ", which is not public either" : ""
        return Finding(
            "wan-seen-differently", .problem, mirror.interface.text,
            what: "the internet sees \(outside)\(after) where the WAN \(mirror.interface) has"
                + " \(mirror.address)",
            why: "something in front translates: clients ask \(outside), and what is forwarded"
                + " there is not decided here",
            remedy: "forward the ports at the device that has \(outside); if that is the"
                + " provider's, ask for a public address or use IPv6. If two uplinks are mixed up,"
                + " check: ip route get 1.1.1.1 from \(mirror.address)")
    }
}
