import Addressing
import Forwarding

/// Whether the kernel routes at all.
enum RoutingChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let carried = seen.carriedByKernel
        let uses4 = carried.contains { $0.active.target4 != nil }
        let uses6 = carried.contains { $0.active.target6 != nil }
        return [
            off(.v4, "net/ipv4/ip_forward", uses4, seen),
            off(.v6, "net/ipv6/conf/all/forwarding", uses6, seen),
        ].compactMap(\.self) + perInterface(carried, seen) + advertisements(seen)
    }

    private static func off(
        _ family: AddressFamily, _ path: String, _ isUsed: Bool, _ seen: Observations
    ) -> Finding? {
        guard seen.setting(path) == 0 else { return nil }
        let name = family == .v4 ? "IPv4" : "IPv6"
        let change = (family == .v6 ? acceptance(seen) : []) + [SettingChange(path, "1")]
        return Finding(
            "routing-off", isUsed ? .problem : .note, name,
            what: "the kernel does not route \(name) (\(path) is 0)",
            why: isUsed
                ? "no \(name) forward carries anything"
                : "no forward needs it at the moment",
            remedy: change.remedy, fix: isUsed ? .settings(change) : nil)
    }

    /// Before routing is on: the kernel would take away routes that were advertised by then.
    private static func acceptance(_ seen: Observations) -> [SettingChange] {
        seen.network.wans.map { "net/ipv6/conf/\($0)/accept_ra" }
            .filter { seen.setting($0) == 1 }.map { SettingChange($0, "2") }
    }

    /// `ip_forward` is on, and one interface that forwards need has its own switch off.
    private static func perInterface(_ carried: [Carried], _ seen: Observations) -> [Finding] {
        guard seen.setting("net/ipv4/ip_forward") == 1 else { return [] }
        let inside = carried.compactMap { item in
            item.active.target4.flatMap { seen.network.interface(towards: .v4($0)) }
        }
        let needed = Set(inside + (inside.isEmpty ? [] : seen.network.wans)).sorted()
        return needed.compactMap { interface in
            let path = "net/ipv4/conf/\(interface)/forwarding"
            guard seen.setting(path) == 0 else { return nil }
            let change = [SettingChange(path, "1")]
            return Finding(
                "interface-routing-off", .problem, interface.text,
                what: "the kernel does not route what comes in by \(interface) (\(path) is 0)",
                why: "requests, or the answers of targets, end there",
                remedy: change.remedy, fix: .settings(change))
        }
    }

    /// A router does not listen to router advertisements unless told twice.
    private static func advertisements(_ seen: Observations) -> [Finding] {
        guard seen.setting("net/ipv6/conf/all/forwarding") == 1 else { return [] }
        return seen.network.wans.compactMap { wan in
            let path = "net/ipv6/conf/\(wan)/accept_ra"
            guard seen.setting(path) == 1, hasAutomatic6(wan, seen) else { return nil }
            let change = [SettingChange(path, "2")]
            return Finding(
                "advertisements-ignored", .warning, wan.text,
                what: "the WAN \(wan) ignores router advertisements, since this machine is a"
                    + " router (\(path) is 1)",
                why: "its IPv6 address and default route run out and are not renewed",
                remedy: change.remedy, fix: .settings(change))
        }
    }

    /// A machine without IPv6 has nothing to lose.
    private static func hasAutomatic6(_ wan: InterfaceName, _ seen: Observations) -> Bool {
        seen.network.addresses(of: wan).contains { $0.family == .v6 }
            || seen.defaultRoutes.contains { $0.interface == wan && $0.family == .v6 }
    }
}
