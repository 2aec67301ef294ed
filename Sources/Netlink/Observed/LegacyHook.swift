/// A built-in chain of a table of iptables' own module: where it hangs in the way of packets, and
/// where it lies among the entries.
struct LegacyHook {
    let number: UInt32
    let name: String
    /// Where its first entry begins, and where the one that is its policy does.
    let start: Int
    let policy: Int
    private let type: String
    private let priority: Int32

    /// The chains that a table has; nil for bytes that are no `struct ipt_getinfo`.
    ///
    /// Name (32 bytes), the valid hooks as bits, five entries, five underflows, count, size.
    static func all(of table: String, in info: [UInt8]) -> [LegacyHook]? {
        guard info.count >= 84 else { return nil }
        let valid = info.host32(32)
        var hooks: [LegacyHook] = []
        for (place, name) in names.enumerated() where valid & 1 << UInt32(place) != 0 {
            guard let priority = priority(of: table, place) else { return nil }
            hooks.append(
                LegacyHook(
                    number: UInt32(place), name: name,
                    start: Int(info.host32(36 + 4 * place)),
                    policy: Int(info.host32(56 + 4 * place)),
                    type: table == "nat" ? "nat" : "filter", priority: priority))
        }
        let isClear = Set(hooks.map(\.start)).count == hooks.count
        return hooks.isEmpty || !isClear ? nil : hooks
    }

    func base(drops: Bool) -> DumpedForeignChain.Base {
        DumpedForeignChain.Base(
            type: type, hook: number, priority: priority, dropsByPolicy: drops)
    }

    /// In the order of the kernel's numbers.
    private static let names = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]

    /// As the modules register themselves (`NF_IP_PRI_*`, include/uapi/linux/netfilter_ipv4.h).
    private static func priority(of table: String, _ hook: Int) -> Int32? {
        switch table {
        case "raw": -300
        case "mangle": -150
        case "nat": hook == 0 || hook == 3 ? -100 : 100
        case "filter": 0
        case "security": 50
        default: nil
        }
    }
}
