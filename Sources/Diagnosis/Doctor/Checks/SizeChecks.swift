import Addressing
import Forwarding

/// The sizes of packets that links carry.
enum SizeChecks {
    /// The least that IPv6 works with (RFC 8200 section 5).
    private static let least6: UInt32 = 1280

    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let wans = seen.network.wans.compactMap { wan in
            seen.interfaces[wan].map { (wan, $0.mtu) }
        }
        return wans.compactMap { tooSmall($0, $1, seen) }
            + wans.compactMap { differs($0, $1, seen) }
    }

    private static func tooSmall(
        _ wan: InterfaceName, _ mtu: UInt32, _ seen: Observations
    ) -> Finding? {
        let has6 = seen.network.addresses(of: wan).contains { $0.family == .v6 }
        guard mtu < least6, mtu > 0, has6 else { return nil }
        return Finding(
            "mtu-too-small", .problem, wan.text,
            what: "the WAN \(wan) carries packets of \(mtu) bytes; IPv6 needs \(least6)",
            why: "the kernel takes IPv6 off such a link, and nothing larger gets through",
            remedy: "ip link set dev \(wan) mtu \(least6), or more if the line allows it")
    }

    private static func differs(
        _ wan: InterfaceName, _ mtu: UInt32, _ seen: Observations
    ) -> Finding? {
        let inside = seen.network.insideInterfaces.compactMap { name in
            seen.interfaces[name].map { (name, $0.mtu) }
        }
        guard let widest = inside.max(by: { $0.1 < $1.1 }), mtu > 0, widest.1 > mtu else {
            return nil
        }
        let datagrams = seen.carriedByKernel.contains { $0.active.transports.contains(.udp) }
        return Finding(
            "mtu-differs", .note, wan.text,
            what: "\(widest.0) carries packets of \(widest.1) bytes, the WAN \(wan) only \(mtu)",
            why: "TCP is told by the clamp of the segment size"
                + (datagrams
                    ? "; UDP forwards hang on ICMP \"too big\" getting back to the targets" : ""),
            remedy: "nothing, while targets accept ICMP \"fragmentation needed\"")
    }
}
