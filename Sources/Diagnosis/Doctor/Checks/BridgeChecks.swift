import Addressing
import Forwarding
import Netfilter
import Netlink

/// br_netfilter: packets between two ports of a bridge pass the IP rules without being routed.
enum BridgeChecks {
    @Sendable static func findings(_ seen: Observations) -> [Finding] {
        let paths: [(AddressFamily, String)] = [
            (.v4, "net/bridge/bridge-nf-call-iptables"),
            (.v6, "net/bridge/bridge-nf-call-ip6tables"),
        ]
        let on = paths.filter { seen.setting($0.1) == 1 }
        guard !on.isEmpty else { return [] }
        let affected = seen.carriedByKernel.filter { item in
            item.active.hairpin
                && item.targets.map(\.address).contains { address in
                    on.contains { $0.0 == address.family }
                        && seen.network.interface(towards: address).map {
                            seen.interfaces[$0]?.isBridge ?? false
                        } ?? false
                }
        }
        let names = Observations.list(affected.map(\.name))
        let containers = seen.foreign.chains.contains {
            $0.name.hasPrefix("DOCKER") || $0.name.hasPrefix("KUBE-")
        }
        let off = on.map { SettingChange($0.1, "0") }
        return [
            Finding(
                "bridge-netfilter", affected.isEmpty ? .note : .warning, "",
                what: "packets inside a bridge pass the rules for routed ones (br_netfilter)",
                why: affected.isEmpty
                    ? "no forward leads to a bridge at the moment"
                    : "a target on a bridge does not reach itself at the external address"
                        + " (\(names)), and rules of others may drop traffic inside the bridge",
                remedy: containers
                    ? "Docker or Kubernetes on this machine needs it; name the targets by their"
                        + " inside addresses in the LAN's DNS"
                    : off.remedy)
        ]
    }
}
