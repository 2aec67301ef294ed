/// A target of iptables, as far as it is understood.
package enum CompatTarget: Hashable, Sendable {
    /// Refused with an answer.
    case reject
    /// Sent to another address than it asked for.
    case destinationNAT(CompatNAT)
    case redirect(CompatNAT)
    case sourceNAT
    /// mark = (mark & ~mask) ^ value.
    case setMark(CompatMatch.Masked)
    /// Changes the flow's mark, or copies it to the packet's.
    case changeMarks
    case notrack
    /// A program decides, or another part of the kernel.
    case handOver
    /// Looks, or changes what no rule asks for; the next rule follows.
    case goOn
    case unknown

    package init(_ target: CompatExtension) {
        switch target.name {
        case "REJECT": self = .reject
        case "DNAT": self = .destinationNAT(CompatNAT(target))
        case "NETMAP", "DNPT": self = .destinationNAT(CompatNAT())
        case "REDIRECT": self = .redirect(CompatNAT(target))
        case "SNAT", "MASQUERADE", "SNPT": self = .sourceNAT
        case "MARK" where target.revision == 2 && target.info.count >= 8:
            self = .setMark(
                CompatMatch.Masked(value: target.info.host32(0), mask: target.info.host32(4)))
        case "MARK", "CONNMARK", "HMARK", "CONNSECMARK": self = .changeMarks
        case "NOTRACK": self = .notrack
        case "CT" where target.info.count >= 2:
            self = target.info.host16(0) & 1 != 0 ? .notrack : .goOn
        case "NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY": self = .handOver
        case "LOG", "NFLOG", "ULOG", "TRACE", "AUDIT", "TCPMSS", "CHECKSUM", "CLASSIFY", "TOS",
            "DSCP", "TTL", "HL", "ECN", "SET", "TEE", "LED", "IDLETIMER", "RATEEST", "SECMARK",
            "TCPOPTSTRIP":
            self = .goOn
        default: self = .unknown
        }
    }
}

/// Where a target of iptables sends a packet; parts that are nil stay, or are one of several.
package struct CompatNAT: Hashable, Sendable {
    /// 4 octets, or 16 of which an IPv4 address takes the first four.
    package var address: [UInt8]?
    package var port: UInt16?

    init() {}

    /// `nf_nat_ipv4_multi_range_compat` in revision 0, `nf_nat_range` or `nf_nat_range2` after it.
    init(_ target: CompatExtension) {
        let info = target.info
        let width = target.revision == 0 ? 4 : 16
        let flags = target.revision == 0 ? 4 : 0
        let first = flags + 4
        let ports = first + 2 * width
        guard info.count >= ports + 4 else { return }
        let asked = info.host32(flags)
        let low = Array(info[first..<first + width])
        if asked & 1 != 0, low == Array(info[first + width..<ports]) { address = low }
        if asked & 2 != 0, info.big16(ports) == info.big16(ports + 2) { port = info.big16(ports) }
    }
}
