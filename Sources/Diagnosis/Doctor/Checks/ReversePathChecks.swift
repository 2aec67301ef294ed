import Addressing
import Forwarding

/// The kernel's check that a packet came in by the interface that leads back to its sender (RFC 3704).
///
/// Strict on a WAN that does not hold the best default route, it drops every request that comes in
/// there, without a word.
enum ReversePathChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let best = seen.defaultRoutes.first { $0.family == .v4 }?.interface
        let wans = seen.network.wans.filter { wan in
            seen.network.addresses(of: wan).contains { $0.family == .v4 }
        }
        return wans.filter { $0 != best && isStrict($0, seen) }.map { finding($0, best) }
    }

    /// The larger of the two numbers counts; 1 is strict, 2 loose
    /// (Documentation/networking/ip-sysctl).
    static func isStrict(_ interface: InterfaceName, _ seen: Observations) -> Bool {
        let paths = ["all", interface.text].map { "net/ipv4/conf/\($0)/rp_filter" }
        return paths.compactMap { seen.setting($0) }.max() == 1
    }

    private static func finding(_ wan: InterfaceName, _ best: InterfaceName?) -> Finding {
        let change = [SettingChange("net/ipv4/conf/\(wan)/rp_filter", "2")]
        let route = best.map { "the best default route leads over \($0)" } ?? "no default route"
        return Finding(
            "reverse-path-strict", .problem, wan.text,
            what: "the kernel drops what comes in by the WAN \(wan) (rp_filter is strict, and"
                + " \(route))",
            why: "clients from the internet get no answer at the addresses of \(wan)",
            remedy: change.remedy, fix: .settings(change))
    }
}
