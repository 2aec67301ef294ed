import Netlink

/// The names and shapes of everything in our table.
///
/// Theory of operation. The first packet of a flow is looked up by where it is sent (`any4` … `pin6`)
/// and the flow gets the forward's number as its mark; all that follows goes by the mark. So a forward
/// is a handful of elements, whatever the ports, and retargeting it touches one:
///
///     any4   proto . port          → mark     at every WAN address (the set wan4 follows them)
///     at4    address . proto . port → mark    at one address, or those of one interface
///     pin6   address . proto . port → mark    IPv6, at the device itself
///     dst4   mark → address . port            where it goes
///     dst4_same  mark → address               the port stays as it is, also over a range
///     shift  mark → chain                     a shifted range: a small map of its own
///     gate   mark → chain                     who may use it, only where somebody may not
///     peer4, peer6  mark . address . port     let in besides, from this port
///     leased, lease  mark                     has an end; the end has not come (kernel time-out)
///     rewrite  mark                           the target sees the gateway's address
///     whole4, whole6, open6  address → mark   all of an address, or device, that no other names
///     source4, source6  target . WAN → address  what such a target sends leaves as this address
///     leave4  source . proto . port → port    what such a target sends from there leaves from this port
///     open   mark                             a schedule that keeps flows lets new ones in (time-out)
///     budget, pace_in, pace_out  mark         bytes of the month, bytes a second: an expression each
///     acct_…, denied  mark → counter          filled by the packets themselves
///     cut4, cut6  address . port . port       connections ended by hand (time-out)
///
/// Exact ports are elements of hash maps; true ranges stand in interval maps, which cost fifty times
/// as much to load.
enum Layout {
    static let table = "portcullis"
    static let anchor = "portcullis_anchor"
    /// Tables that are there while a packet is traced.
    static let tracePrefix = "portcullis_trace_"

    /// Sets that hold what the settings and the network say.
    static let networkSets: [SetDeclaration] = [
        SetDeclaration("carried", key: [.transport]),
        SetDeclaration("wan_if", key: [.interface]),
        SetDeclaration("wan4", key: [.ipv4]),
        SetDeclaration("wan6", key: [.ipv6]),
        SetDeclaration("turn", key: [.interface, .interface]),
        SetDeclaration("same4", key: [.ipv4, .ipv4], isInterval: true),
        SetDeclaration("same6", key: [.ipv6, .ipv6], isInterval: true),
    ]

    /// Sets that hold forwards.
    static let forwardSets: [SetDeclaration] = [
        SetDeclaration("any4", key: [.transport, .port], data: .value([.mark])),
        SetDeclaration(
            "any4_range", key: [.transport, .port], data: .value([.mark]), isInterval: true),
        SetDeclaration("at4", key: [.ipv4, .transport, .port], data: .value([.mark])),
        SetDeclaration(
            "at4_range", key: [.ipv4, .transport, .port], data: .value([.mark]), isInterval: true),
        SetDeclaration("any6", key: [.transport, .port], data: .value([.mark])),
        SetDeclaration(
            "any6_range", key: [.transport, .port], data: .value([.mark]), isInterval: true),
        SetDeclaration("at6", key: [.ipv6, .transport, .port], data: .value([.mark])),
        SetDeclaration(
            "at6_range", key: [.ipv6, .transport, .port], data: .value([.mark]), isInterval: true),
        SetDeclaration("pin6", key: [.ipv6, .transport, .port], data: .value([.mark])),
        SetDeclaration(
            "pin6_range", key: [.ipv6, .transport, .port], data: .value([.mark]), isInterval: true),
        SetDeclaration("dst4", key: [.mark], data: .value([.ipv4, .port])),
        SetDeclaration("dst4_same", key: [.mark], data: .value([.ipv4])),
        SetDeclaration("dst6", key: [.mark], data: .value([.ipv6, .port])),
        SetDeclaration("dst6_same", key: [.mark], data: .value([.ipv6])),
        SetDeclaration("shift", key: [.mark], data: .verdict),
        SetDeclaration("gate", key: [.mark], data: .verdict),
        SetDeclaration("peer4", key: [.mark, .ipv4, .port]),
        SetDeclaration("peer6", key: [.mark, .ipv6, .port]),
        SetDeclaration("leased", key: [.mark]),
        SetDeclaration("lease", key: [.mark], hasTimeouts: true),
        SetDeclaration("rewrite", key: [.mark]),
        SetDeclaration("whole4", key: [.ipv4], data: .value([.mark])),
        SetDeclaration("whole6", key: [.ipv6], data: .value([.mark])),
        SetDeclaration("open6", key: [.ipv6], data: .value([.mark])),
        SetDeclaration("source4", key: [.ipv4, .interface], data: .value([.ipv4])),
        SetDeclaration("source6", key: [.ipv6, .interface], data: .value([.ipv6])),
        SetDeclaration(
            "leave4", key: [.ipv4, .transport, .port], data: .value([.port]), hasTimeouts: true),
        SetDeclaration("open", key: [.mark], hasTimeouts: true),
        SetDeclaration("budget", key: [.mark]),
        SetDeclaration("pace_in", key: [.mark]),
        SetDeclaration("pace_out", key: [.mark]),
    ]

    /// Sets that the packet path fills: counters by mark.
    static let counterSets: [SetDeclaration] = Counted.allCases.map {
        SetDeclaration($0.rawValue, key: [.mark], countsPerElement: true)
    }

    enum Counted: String, CaseIterable {
        case inbound = "acct_in"
        case outbound = "acct_out"
        case flows = "acct_new"
        case denied
        /// What limits did not let through.
        case limited
    }

    /// Connections that were ended by hand: address and port of the sender, port that is asked.
    static let cutSets: [SetDeclaration] = [
        SetDeclaration("cut4", key: [.ipv4, .port, .port], hasTimeouts: true),
        SetDeclaration("cut6", key: [.ipv6, .port, .port], hasTimeouts: true),
    ]

    static let guardCounter = "guard"

    static let staticSets = networkSets + forwardSets + counterSets + cutSets

    // Chains that come and go with forwards; the rest of the name is a hash of what they do.
    static let admissionPrefix = "who_"
    static let shiftPrefix = "shift_"
    static let flowLimitPrefix = "cap_"
}
