import Addressing
import Netlink

/// Values of registers in words.
enum ValueText {
    enum Kind {
        case address, port, interface, transport, family, state, status, mark, addressType, plain
    }

    static func meta(_ key: UInt32) -> (phrase: String, kind: Kind) {
        switch key {
        case 1: ("meta protocol", .plain)
        case 3: ("meta mark", .mark)
        case 4: ("iif", .mark)
        case 5: ("oif", .mark)
        case 6: ("iifname", .interface)
        case 7: ("oifname", .interface)
        case 15: ("meta nfproto", .family)
        case 16: ("meta l4proto", .transport)
        default: ("meta \(key)", .plain)
        }
    }

    /// Asks the routing table: result 1 is the interface's number, 2 its name, 3 the type; the flags say
    /// what is looked up (`NFT_FIB_RESULT_*`, `NFTA_FIB_F_*`).
    static func fib(_ result: UInt32, _ flags: UInt32) -> (phrase: String, kind: Kind) {
        let parts = [(1, "saddr"), (2, "daddr"), (4, "mark"), (8, "iif"), (16, "oif")]
            .filter { flags & UInt32($0.0) != 0 }.map(\.1)
        let asked = "fib " + parts.joined(separator: " . ")
        return switch result {
        case 1: (asked + " oif", .mark)
        case 2: (asked + " oifname", .interface)
        default: (asked + " type", .addressType)
        }
    }

    static func conntrack(_ key: UInt32, _ direction: UInt8?) -> (phrase: String, kind: Kind) {
        let side = direction.map { $0 == 0 ? "original " : "reply " } ?? ""
        return switch key {
        case 0: ("ct state", .state)
        case 1: ("ct direction", .plain)
        case 2: ("ct status", .status)
        case 3: ("ct mark", .mark)
        case 8, 19, 21: ("ct \(side)saddr", .address)
        case 9, 20, 22: ("ct \(side)daddr", .address)
        case 11: ("ct \(side)proto-src", .port)
        case 12: ("ct \(side)proto-dst", .port)
        default: ("ct \(key)", .plain)
        }
    }

    /// `needs` is the word that the phrase already says.
    static func payload(
        _ piece: DumpedPayload, transport: String?
    ) -> (phrase: String, kind: Kind, needs: String?) {
        let isShort = piece.length <= 4
        switch (piece.base, piece.offset) {
        case (1, 12) where isShort: return ("ip saddr", .address, "ipv4")
        case (1, 16) where isShort: return ("ip daddr", .address, "ipv4")
        case (1, 8) where piece.length > 1: return ("ip6 saddr", .address, "ipv6")
        case (1, 24): return ("ip6 daddr", .address, "ipv6")
        case (1, 9): return ("ip protocol", .transport, nil)
        case (2, 0) where piece.length == 2: return port("sport", transport)
        case (2, 2) where piece.length == 2: return port("dport", transport)
        case (2, 13): return ("tcp flags", .plain, "tcp")
        default:
            let bits = (UInt64(piece.offset) * 8, UInt64(piece.length) * 8)
            return ("@\(piece.base),\(bits.0),\(bits.1)", .plain, nil)
        }
    }

    private static func port(
        _ side: String, _ transport: String?
    ) -> (phrase: String, kind: Kind, needs: String?) {
        guard let transport, ["tcp", "udp", "sctp"].contains(transport) else {
            return ("th \(side)", .port, nil)
        }
        return ("\(transport) \(side)", .port, transport)
    }

    /// The right side of a comparison.
    static func text(
        _ bytes: [UInt8], _ kind: Kind, mask: [UInt8]?, _ comparison: DumpedComparison
    ) -> String {
        let sign = ["", "!= ", "< ", "<= ", "> ", ">= "][Int(comparison.rawValue)]
        guard let mask else { return sign + text(bytes, kind) }
        let isZero = bytes.allSatisfy { $0 == 0 }
        switch kind {
        // "not zero" behind a mask: one of these.
        case .state where isZero && comparison == .notEqual, .status where isZero:
            return (comparison == .equal ? "! " : "") + text(mask, kind)
        case .address:
            let length = mask.reduce(0) { $0 + $1.nonzeroBitCount }
            return "\(sign)\(text(bytes, kind))/\(length)"
        default:
            let shown = sign.isEmpty ? "== " : sign
            return "& \(text(mask, kind)) \(shown)\(text(bytes, kind))"
        }
    }

    static func text(_ bytes: [UInt8], _ kind: Kind) -> String {
        switch kind {
        case .address: address(bytes)
        case .port where bytes.count == 2: "\(bytes.big16(0))"
        case .interface: interface(bytes)
        case .transport where bytes.count == 1:
            [1: "icmp", 6: "tcp", 17: "udp", 58: "ipv6-icmp", 132: "sctp"][bytes[0]]
                ?? "\(bytes[0])"
        case .family where bytes.count == 1: bytes[0] == 2 ? "ipv4" : "ipv6"
        case .state where bytes.count == 4: names(bytes.host32(0), states)
        case .status where bytes.count == 4: names(bytes.host32(0), statuses)
        case .mark where bytes.count == 4: hex(bytes.reversed())
        case .addressType where bytes.count == 4: bytes.host32(0) == 2 ? "local" : "\(bytes[0])"
        default: hex(bytes)
        }
    }

    private static let states: [(UInt32, String)] = [
        (1, "invalid"), (2, "established"), (4, "related"), (8, "new"), (0x40, "untracked"),
    ]
    private static let statuses: [(UInt32, String)] = [
        (1, "expected"), (2, "seen-reply"), (4, "assured"), (8, "confirmed"), (0x10, "snat"),
        (0x20, "dnat"), (0x200, "dying"),
    ]

    private static func names(_ word: UInt32, _ names: [(UInt32, String)]) -> String {
        let found = names.filter { word & $0.0 != 0 }.map(\.1)
        return found.isEmpty ? "\(word)" : found.joined(separator: ",")
    }

    /// Fewer bytes than an address has are the beginning of one.
    private static func address(_ bytes: [UInt8]) -> String {
        let width = bytes.count > 4 ? 16 : 4
        let padded = bytes + [UInt8](repeating: 0, count: max(0, width - bytes.count))
        guard let address = IPAddress(octets: padded) else { return hex(bytes) }
        let isWhole = bytes.count == width
        return isWhole ? address.description : "\(address)/\(bytes.count * 8)"
    }

    /// Without a zero byte it is the beginning of a name.
    private static func interface(_ bytes: [UInt8]) -> String {
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        return bytes.contains(0) || bytes.count == 16 ? "\"\(name)\"" : "\"\(name)*\""
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let short = digits.drop { $0 == "0" }
        return "0x" + (short.isEmpty ? "0" : short)
    }
}
